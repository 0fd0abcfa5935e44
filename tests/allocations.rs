//! Does the loop over the steps allocate?
//!
//! A run may: for what it gives back, and before the first step. So a long run must allocate as often as a short one. This is a
//! binary of its own, since its allocator counts.

#![allow(
    deprecated,
    reason = "that is how `alif_model!` warns of a block that runs once an event, which is meant here"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use alif::prelude::*;
use alif::{Builder, alif_model};

alif_model!(pub "../models/alif.alif");

/// A model as a text and as a type.
macro_rules! both {
    ($text:ident $name:ident $body:tt) => {
        const $text: &str = concat!("model ", stringify!($name), stringify!($body));
        alif_model! { pub model $name $body }
    };
}

// Takes the events of one port one by one, and those of the other as a sum.
both! {
    PORTS Ports {
        param tau = 20 ms;
        state V = 0;
        state q = 0;
        input I;
        input J;
        input p : event;
        input r : event;
        tau * dV/dt = -V + I + J;
        on p(w) { q += w * w; }
        on r(w) { V += w; }
        spike when V > 1 + q { V = 0; q = 0; }
        refractory 1 ms;
    }
}

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, with a count of what each thread asked it for.
struct Counting;

fn count() {
    ALLOCATIONS.with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator as it came. Counting allocates nothing: the count is made at compile
// time and has nothing to drop.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of this function, which is that of the one called.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(old, layout, size) }
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocates.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const NEURONS: usize = 300;
const SHORT: u64 = 10;
const LONG: u64 = 1000;
/// Buffers grow to what some steps in a row need in the first run.
const ALL: usize = (SHORT + 2 * LONG) as usize;

/// How often a short and a long run allocate, after one that is not counted.
fn short_and_long(mut run: impl FnMut(u64)) -> [usize; 2] {
    run(LONG);
    [SHORT, LONG].map(|steps| allocations(|| run(steps)))
}

#[test]
fn what_is_allocated_is_counted() {
    let mut numbers: Vec<u8> = Vec::new();
    assert_eq!(allocations(|| numbers.reserve_exact(1)), 1);
    assert_eq!(allocations(|| numbers.push(1)), 0);
    assert_eq!(allocations(|| numbers.reserve_exact(100)), 1);
    assert_eq!(allocations(|| drop(vec![0_u64; 100])), 1);
}

#[test]
fn a_closure_that_writes_inputs_runs_without_allocations() {
    fn check<T: alif::private::Real>() {
        let mut population = Alif::population(NEURONS)
            .beta_with(|i| mV(i as f64 / 100.0))
            .build::<T>()
            .expect("a population");
        let mut spikes = 0;
        let found = short_and_long(|steps| {
            let recording = population.run_with(steps, |step, inputs| {
                inputs
                    .I
                    .fill_with(|neuron| nA(20.0 + (step % 7) as f64 + neuron as f64 / 10.0));
            });
            spikes += recording.expect("a run").spike_count;
        });
        assert_eq!(found[0], found[1], "{}", T::PRECISION);
        assert!(spikes > 0);
    }
    check::<f32>();
    check::<f64>();
}

/// Inputs of each kind, and in every step as many events.
fn driven(builder: Builder, kind: usize) -> Builder {
    let events = |per_neuron: u32| -> Vec<Event> {
        let events = |step| {
            (0..10 * per_neuron).map(move |at| Event {
                step,
                neuron: (7 * at) % 10,
                weight: 0.125,
            })
        };
        (0..ALL as u64).flat_map(events).collect()
    };
    let source: Source = match kind {
        0 => 2.0.into(),
        1 => vec![2.0; NEURONS].into(),
        2 => Source::Course(vec![2.0; ALL]),
        3 => Source::Stream(vec![2.0; ALL * NEURONS]),
        _ => Source::Callback(Box::new(|step, row: &mut [f64]| row.fill(step as f64 / 100.0))),
    };
    builder.input("I", source).events("p", events(3)).events("r", events(2))
}

#[test]
fn inputs_and_events_of_every_kind_run_without_allocations() {
    let loaded = Model::from_text(PORTS).expect("a model");
    for kind in 0..5 {
        for precision in [Precision::F32, Precision::F64] {
            for (name, builder) in [
                ("macro", Ports.population(NEURONS)),
                ("text", loaded.population(NEURONS)),
            ] {
                let builder = driven(builder, kind).precision(precision).block(128);
                let mut population = builder.build().expect("a population");
                let found = short_and_long(|steps| {
                    population.run_for(steps as f64 / 10.0).expect("a run");
                });
                assert_eq!(found[0], found[1], "{name}, input of kind {kind}, {precision}");
            }
        }
    }
}

/// What is recorded grows by doubling.
#[test]
fn recordings_grow_in_few_allocations() {
    let mut population = Alif::population(NEURONS)
        .I(nA(30.0))
        .record_spikes()
        .record(Monitor::of("V"))
        .build::<f32>()
        .expect("a population");
    let [short, long] = short_and_long(|steps| {
        population.run(steps).expect("a run");
    });
    assert!(long <= short + 40, "{short} and {long}");
}
