//! Where random numbers come from.
//!
//! A number is a function of (seed, stream, neuron, step, draw), so it is the same however neurons are split among calls and threads,
//! whatever is recorded, and when a step is computed again. It is found in two stages: once a step, [`keys`] makes two keys of
//! everything but the neuron; then, in the kernel, [`elementary::normal`](crate::elementary::normal) and
//! [`elementary::uniform`](crate::elementary::uniform) make a number of the neuron and the keys. Within one step and draw
//! all neurons have different words; between steps, draws, streams and seeds nothing but chance connects them.
//!
//! Single and double precision have numbers of their own, of 32 and of 64 bits.

/// One random number of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Draw {
    /// What it belongs to: a noise of the model, in the order of the text, and behind them the test for a spike.
    pub stream: u32,
    /// Its number in this stream.
    pub number: u32,
}

/// 2⁶⁴ over the golden ratio.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Every bit of the word reaches every bit of the result (J. Maiga's `mx3`, github.com/jonmaiga/mx3).
fn mixed(mut x: u64) -> u64 {
    const FACTOR: u64 = 0xbea2_25f9_eb34_556d;
    for shift in [32, 29, 32] {
        x = (x ^ (x >> shift)).wrapping_mul(FACTOR);
    }
    x ^ (x >> 29)
}

/// The two keys of a draw in a step; single precision uses the lower half of each.
#[must_use]
pub fn keys(seed: u64, draw: Draw, step: u64) -> [u64; 2] {
    let place = u64::from(draw.stream) << 32 | u64::from(draw.number);
    let mut state = mixed(seed.wrapping_add(STRIDE));
    for word in [place, step] {
        state = mixed(state.wrapping_add(STRIDE) ^ mixed(word.wrapping_add(STRIDE)));
    }
    [1, 2].map(|at: u64| mixed(state.wrapping_add(at.wrapping_mul(STRIDE))))
}
