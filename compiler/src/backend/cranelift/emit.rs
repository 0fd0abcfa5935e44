//! From a step program to Cranelift's intermediate code.

use alif_core::{Place, Places, Precision, Real, WORD};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::V128Imm;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, Endianness, Function, InstBuilder, MemFlagsData, Signature, Type, Value as Clif, types,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::JITModule;
use cranelift_module::Module;

use super::functions;
use crate::ids::Value;
use crate::ir::{Inst, Loop, Program};
use crate::model::CompareOp;

/// Bytes of a vector.
const VECTOR: i64 = 16;

/// The signature of a step: see `Entry` in `kernel.rs`.
pub(super) fn signature(module: &JITModule) -> Signature {
    let pointer = module.target_config().pointer_type();
    let mut signature = module.make_signature();
    signature.params = vec![AbiParam::new(pointer); 5];
    signature
}

/// The types of a precision's vectors.
pub(super) struct Lanes {
    real: Type,
    scalar: Type,
    mask: Type,
    count: i64,
    bytes: i64,
}

fn lanes<T: Real>() -> Lanes {
    match T::PRECISION {
        Precision::F32 => Lanes {
            real: types::F32X4,
            scalar: types::F32,
            mask: types::I32X4,
            count: 4,
            bytes: 4,
        },
        Precision::F64 => Lanes {
            real: types::F64X2,
            scalar: types::F64,
            mask: types::I64X2,
            count: 2,
            bytes: 8,
        },
    }
}

impl Lanes {
    pub(super) fn to_bits(&self, b: &mut FunctionBuilder<'_>, value: Clif) -> Clif {
        b.ins().bitcast(
            self.mask,
            MemFlagsData::new().with_endianness(Endianness::Little),
            value,
        )
    }

    pub(super) fn to_real(&self, b: &mut FunctionBuilder<'_>, value: Clif) -> Clif {
        b.ins().bitcast(
            self.real,
            MemFlagsData::new().with_endianness(Endianness::Little),
            value,
        )
    }

    /// A vector with the same bits in every lane.
    fn constant(&self, b: &mut FunctionBuilder<'_>, kind: Type, lane: &[u8]) -> Clif {
        let bytes: Vec<u8> = lane.iter().copied().cycle().take(VECTOR as usize).collect();
        let handle = b.func.dfg.constants.insert(V128Imm::from(&bytes[..]).0.to_vec().into());
        b.ins().vconst(kind, handle)
    }

    /// Selection on integers: Cranelift turns it into one blend only where the mask is a comparison itself.
    pub(super) fn pick(&self, b: &mut FunctionBuilder<'_>, mask: Clif, x: Clif, y: Clif) -> Clif {
        let (x, y) = (self.to_bits(b, x), self.to_bits(b, y));
        let picked = b.ins().bitselect(mask, x, y);
        self.to_real(b, picked)
    }

    /// The same number in every lane.
    pub(super) fn number<T: Real>(&self, b: &mut FunctionBuilder<'_>, value: T) -> Clif {
        self.constant(b, self.real, bytemuck::bytes_of(&value.bits()))
    }
}

/// Writes the step of a program into a function.
pub(super) fn step<T: Real>(
    program: &Program,
    places: &Places,
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) {
    let lanes = lanes::<T>();
    let pointer = target.pointer_type();
    let mut b = FunctionBuilder::new(function, context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[starts, uniforms, spikes, first, end] = b.block_params(entry) else {
        unreachable!("the signature has five parameters")
    };
    let mut e = Emitter {
        program,
        places,
        lanes,
        bases: vec![None; places.arrays()],
        splats: vec![None; places.uniforms()],
        values: vec![],
        offset: first,
        pass: None,
    };
    e.preload(&mut b, starts, uniforms, pointer);

    let (words, groups, after_word, done) = (b.create_block(), b.create_block(), b.create_block(), b.create_block());
    let word = b.append_block_param(words, pointer);
    let offset = b.append_block_param(groups, pointer);
    let bits = b.append_block_param(groups, types::I64);

    b.ins().jump(words, &[first.into()]);

    // One word of 64 neurons.
    b.switch_to_block(words);
    let word_bytes = WORD as i64 * e.lanes.bytes;
    let start = b.ins().imul_imm_u(word, word_bytes);
    let no_bits = b.ins().iconst(types::I64, 0);
    b.ins().jump(groups, &[start.into(), no_bits.into()]);

    // One vector of neurons. Its spike bits go to the bottom of the word, which is then rotated: after 64 neurons all bits are in
    // their places. (A shift to each side and an `or` would become `shld`, which is slow on many machines.)
    b.switch_to_block(groups);
    e.offset = offset;
    e.body::<T>(&mut b);
    let bits = match program.spikes {
        None => bits,
        Some(value) => {
            let mask = e.values[value.index()];
            let high = b.ins().vhigh_bits(types::I64, mask);
            let joined = b.ins().bor(bits, high);
            b.ins().rotr_imm_u(joined, e.lanes.count)
        }
    };
    // Words begin at multiples of their length, which is a power of two.
    let next = b.ins().iadd_imm_u(offset, VECTOR);
    let more = b.ins().band_imm_u(next, word_bytes - 1);
    b.ins().brif(more, groups, &[next.into(), bits.into()], after_word, &[]);

    b.switch_to_block(after_word);
    if program.spikes.is_some() {
        let at = b.ins().imul_imm_u(word, 8);
        let at = b.ins().iadd(spikes, at);
        b.ins().store(flags(), bits, at, 0);
    }
    let next = b.ins().iadd_imm_u(word, 1);
    let more = b.ins().icmp(IntCC::UnsignedLessThan, next, end);
    b.ins().brif(more, words, &[next.into()], done, &[]);

    b.switch_to_block(done);
    b.ins().return_(&[]);
    b.seal_all_blocks();
    b.finalize(target);
}

/// Memory accesses of kernels: within bounds by construction, so they do not trap.
fn flags() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

struct Emitter<'a> {
    program: &'a Program,
    places: &'a Places,
    lanes: Lanes,
    /// Where each array that is used starts.
    bases: Vec<Option<Clif>>,
    /// Uniform values, in every lane of a vector.
    splats: Vec<Option<Clif>>,
    /// The value of each instruction.
    values: Vec<Clif>,
    /// Byte offset of the vector in its array.
    offset: Clif,
    /// The block of the loop that is being written.
    pass: Option<Block>,
}

impl Emitter<'_> {
    /// Computes before the loops what does not change in them.
    fn preload(&mut self, b: &mut FunctionBuilder<'_>, starts: Clif, uniforms: Clif, pointer: Type) {
        let mut used = vec![false; self.places.arrays()];
        for state in 0..self.places.states() {
            used[self.places.state(state)] = true;
        }
        if let Some(counter) = self.places.counter() {
            used[counter] = true;
        }
        let insts: Vec<&Inst> = self.program.insts().collect();
        for inst in insts {
            match self.place_of(inst) {
                Some((Place::Array(array), _)) => used[array] = true,
                Some((Place::Uniform(index), count)) if self.splats[index].is_none() => {
                    let kind = if count {
                        self.lanes.mask.lane_type()
                    } else {
                        self.lanes.scalar
                    };
                    let at = i32::try_from(index as i64 * self.lanes.bytes).expect("few uniform values");
                    let scalar = b.ins().load(kind, flags(), uniforms, at);
                    let vector = if count { self.lanes.mask } else { self.lanes.real };
                    self.splats[index] = Some(b.ins().splat(vector, scalar));
                }
                Some((Place::Uniform(_), _)) | None => {}
            }
        }
        for (array, _) in used.into_iter().enumerate().filter(|u| u.1) {
            let at = i32::try_from(array * pointer.bytes() as usize).expect("few arrays");
            self.bases[array] = Some(b.ins().load(pointer, flags(), starts, at));
        }
    }

    /// Where a leaf is found, and whether it is a count.
    fn place_of(&self, inst: &Inst) -> Option<(Place, bool)> {
        Some(match inst {
            Inst::Coefficient(c) => (self.places.coefficient(c.index()), false),
            Inst::Steps(c) => (self.places.coefficient(c.index()), true),
            Inst::State(s) => (Place::Array(self.places.state(s.index())), false),
            Inst::Input(i) => (self.places.input(i.index()), false),
            Inst::Weight(p, slot) => (self.places.weight(p.index(), *slot as usize), false),
            Inst::Arrived(p, slot) => (self.places.arrival(p.index(), *slot as usize)?, true),
            Inst::Counter => (Place::Array(self.places.counter()?), true),
            _ => return None,
        })
    }

    fn address(&self, b: &mut FunctionBuilder<'_>, array: usize) -> Clif {
        let base = self.bases[array].expect("`preload` computes the start of every array that is used");
        b.ins().iadd(base, self.offset)
    }

    fn leaf(&self, b: &mut FunctionBuilder<'_>, place: Place, count: bool) -> Clif {
        match place {
            Place::Uniform(index) => self.splats[index].expect("`preload` loads every uniform value that is used"),
            Place::Array(array) => {
                let kind = if count { self.lanes.mask } else { self.lanes.real };
                let at = self.address(b, array);
                b.ins().load(kind, flags(), at, 0)
            }
        }
    }

    /// Whether this is the weight of events at a port where none arrive.
    fn never_comes(&self, value: Value) -> bool {
        match self.program.inst(value) {
            Inst::Weight(port, slot) => {
                matches!(self.places.weight(port.index(), *slot as usize), Place::Uniform(_))
            }
            _ => false,
        }
    }

    /// One vector of neurons: all instructions, then the stores.
    fn body<T: Real>(&mut self, b: &mut FunctionBuilder<'_>) {
        let program = self.program;
        for (at, inst) in program.insts().enumerate() {
            if let Some(of) = program.loops.iter().find(|of| of.carried().contains(&at)) {
                if at == of.start {
                    self.enter(b, of);
                }
                continue;
            }
            let value = self.inst::<T>(b, inst);
            self.values.push(value);
            if let Some(of) = program.loops.iter().find(|of| of.end == at + 1) {
                self.leave(b, of);
            }
        }
        for (state, value) in program.states.iter().enumerate() {
            if !matches!(program.inst(*value), Inst::State(s) if s.index() == state) {
                let at = self.address(b, self.places.state(state));
                b.ins().store(flags(), self.values[value.index()], at, 0);
            }
        }
        if let (Some(value), Some(array)) = (program.counter, self.places.counter()) {
            let at = self.address(b, array);
            b.ins().store(flags(), self.values[value.index()], at, 0);
        }
    }

    /// Begins a pass of a loop, whose carried numbers are the parameters of its block.
    fn enter(&mut self, b: &mut FunctionBuilder<'_>, of: &Loop) {
        let pass = b.create_block();
        let initial: Vec<BlockArg> = of
            .carried()
            .map(|at| match self.program.step[at] {
                Inst::Carry(initial) => self.values[initial.index()].into(),
                _ => unreachable!("`verify` has a loop begin with what it carries"),
            })
            .collect();
        b.ins().jump(pass, &initial);
        for _ in of.carried() {
            let value = b.append_block_param(pass, self.lanes.real);
            self.values.push(value);
        }
        b.switch_to_block(pass);
        self.pass = Some(pass);
    }

    /// Ends it: there is another one while any neuron of the vector needs it.
    fn leave(&mut self, b: &mut FunctionBuilder<'_>, of: &Loop) {
        let pass = self.pass.take().expect("a loop is entered before it is left");
        let behind = b.create_block();
        let after: Vec<BlockArg> = of.after.iter().map(|value| self.values[value.index()].into()).collect();
        let again = b.ins().vany_true(self.values[of.again.index()]);
        b.ins().brif(again, pass, &after, behind, &[]);
        b.switch_to_block(behind);
    }

    fn inst<T: Real>(&self, b: &mut FunctionBuilder<'_>, inst: &Inst) -> Clif {
        if let Some((place, count)) = self.place_of(inst) {
            let value = self.leaf(b, place, count);
            return match inst {
                Inst::Arrived(..) => {
                    let zero = self.lanes.constant(b, self.lanes.mask, &[0]);
                    b.ins().icmp(IntCC::NotEqual, value, zero)
                }
                _ => value,
            };
        }
        let of = |v: &Value| self.values[v.index()];
        match inst {
            Inst::Number(bits) => {
                let number = T::from_f64(f64::from_bits(*bits));
                self.lanes.number(b, number)
            }
            Inst::Call(function, arguments) => {
                let arguments: Vec<Clif> = arguments.iter().map(of).collect();
                functions::call::<T>(b, &self.lanes, *function, &arguments)
            }
            Inst::Random(distribution, arguments) => {
                functions::random::<T>(b, &self.lanes, *distribution, arguments.map(|a| of(&a)))
            }
            Inst::Truth(value) => self
                .lanes
                .constant(b, self.lanes.mask, &[if *value { 0xff } else { 0 }]),
            Inst::Copy(a) => of(a),
            Inst::Carry(_) => unreachable!("`enter` has what loops carry"),
            Inst::Neg(a) => b.ins().fneg(of(a)),
            // What does not come is -0, and adding it changes no bit.
            Inst::Add(x, y) if self.never_comes(*y) => of(x),
            Inst::Add(x, y) if self.never_comes(*x) => of(y),
            Inst::Add(x, y) => b.ins().fadd(of(x), of(y)),
            Inst::Sub(x, y) => b.ins().fsub(of(x), of(y)),
            Inst::Mul(x, y) => b.ins().fmul(of(x), of(y)),
            Inst::Div(x, y) => b.ins().fdiv(of(x), of(y)),
            Inst::Fma(x, y, z) => b.ins().fma(of(x), of(y), of(z)),
            Inst::Sqrt(a) => b.ins().sqrt(of(a)),
            Inst::Abs(a) => b.ins().fabs(of(a)),
            Inst::Floor(a) => b.ins().floor(of(a)),
            Inst::Compare(op, x, y) => {
                let condition = match op {
                    CompareOp::Lt => FloatCC::LessThan,
                    CompareOp::Le => FloatCC::LessThanOrEqual,
                    CompareOp::Gt => FloatCC::GreaterThan,
                    CompareOp::Ge => FloatCC::GreaterThanOrEqual,
                    CompareOp::Eq => FloatCC::Equal,
                    CompareOp::Ne => FloatCC::NotEqual,
                };
                b.ins().fcmp(condition, of(x), of(y))
            }
            Inst::Not(a) => b.ins().bnot(of(a)),
            Inst::And(x, y) => b.ins().band(of(x), of(y)),
            Inst::Or(x, y) => b.ins().bor(of(x), of(y)),
            Inst::Select(c, x, y) => self.lanes.pick(b, of(c), of(x), of(y)),
            Inst::Masked(c, x) => {
                let bits = self.lanes.to_bits(b, of(x));
                let masked = b.ins().band(of(c), bits);
                self.lanes.to_real(b, masked)
            }
            Inst::Positive(a) => {
                let zero = self.lanes.constant(b, self.lanes.mask, &[0]);
                b.ins().icmp(IntCC::SignedGreaterThan, of(a), zero)
            }
            // A true lane is -1.
            Inst::CountDown(a, c) => b.ins().iadd(of(a), of(c)),
            Inst::CountUp(x, c, y) => {
                let more = b.ins().band(of(c), of(y));
                b.ins().iadd(of(x), more)
            }
            Inst::Param(_)
            | Inst::Dt
            | Inst::Propagator(_)
            | Inst::P { .. }
            | Inst::Q { .. }
            | Inst::L { .. }
            | Inst::Coefficient(_)
            | Inst::Steps(_)
            | Inst::State(_)
            | Inst::Input(_)
            | Inst::Weight(..)
            | Inst::Arrived(..)
            | Inst::Counter => unreachable!("leaves have a place, and `verify` keeps the rest out of steps"),
        }
    }
}
