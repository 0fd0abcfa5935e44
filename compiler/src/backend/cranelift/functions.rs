//! Vectors of intermediate code to compute with: what functions expand into.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Sub};

use alif_core::Real;
use alif_core::elementary::Arithmetic;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{InstBuilder, Value as Clif};
use cranelift_frontend::FunctionBuilder;

use super::emit::Lanes;
use crate::functions::Function;
use crate::ir::Distribution;

/// The code of a function of these vectors.
///
/// # Panics
/// When the function has no expansion, which `verify` keeps out of steps.
pub(super) fn call<T: Real>(
    b: &mut FunctionBuilder<'_>,
    lanes: &Lanes,
    function: Function,
    arguments: &[Clif],
) -> Clif {
    let code = Code {
        builder: RefCell::new(b),
        lanes,
    };
    let arguments: Vec<Vector<'_, '_, '_, T>> = arguments.iter().map(|&value| code.vector(value)).collect();
    let Some(result) = function.expansion(&arguments) else {
        unreachable!("`verify` admits to steps what has an expansion")
    };
    result.value
}

/// The code of a random number.
pub(super) fn random<T: Real>(
    b: &mut FunctionBuilder<'_>,
    lanes: &Lanes,
    distribution: Distribution,
    arguments: [Clif; 3],
) -> Clif {
    let code = Code {
        builder: RefCell::new(b),
        lanes,
    };
    let arguments: [Vector<'_, '_, '_, T>; 3] = arguments.map(|value| code.vector(value));
    distribution.expansion(arguments).value
}

/// Where instructions go.
struct Code<'m, 'b, 'l> {
    builder: RefCell<&'m mut FunctionBuilder<'b>>,
    lanes: &'l Lanes,
}

impl<'m, 'b> Code<'m, 'b, '_> {
    fn vector<T>(&self, value: Clif) -> Vector<'_, 'm, 'b, T> {
        Vector {
            code: self,
            value,
            precision: PhantomData,
        }
    }
}

/// A vector of numbers.
struct Vector<'c, 'm, 'b, T> {
    code: &'c Code<'m, 'b, 'c>,
    value: Clif,
    precision: PhantomData<T>,
}

/// A vector of truth values.
struct Truth<'c, 'm, 'b> {
    code: &'c Code<'m, 'b, 'c>,
    value: Clif,
}

impl<T> Clone for Vector<'_, '_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Vector<'_, '_, '_, T> {}

impl Clone for Truth<'_, '_, '_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for Truth<'_, '_, '_> {}

impl<T> Vector<'_, '_, '_, T> {
    /// A vector that comes of this one.
    fn then(self, write: impl FnOnce(&mut FunctionBuilder<'_>, &Lanes) -> Clif) -> Self {
        let value = write(&mut self.code.builder.borrow_mut(), self.code.lanes);
        Self { value, ..self }
    }

    /// One that comes of the bits of this one and, if there is one, of another one.
    fn of_bits(self, other: Option<Self>, write: impl FnOnce(&mut FunctionBuilder<'_>, Clif, Clif) -> Clif) -> Self {
        self.then(|b, lanes| {
            let x = lanes.to_bits(b, self.value);
            let y = other.map_or(x, |other| lanes.to_bits(b, other.value));
            let result = write(b, x, y);
            lanes.to_real(b, result)
        })
    }
}

impl<'c, 'm, 'b, T> Vector<'c, 'm, 'b, T> {
    fn compare(self, condition: FloatCC, other: Self) -> Truth<'c, 'm, 'b> {
        Truth {
            code: self.code,
            value: self
                .code
                .builder
                .borrow_mut()
                .ins()
                .fcmp(condition, self.value, other.value),
        }
    }
}

macro_rules! operators {
    ($($operator:ident $name:ident $inst:ident)*) => {
        $(impl<T> $operator for Vector<'_, '_, '_, T> {
            type Output = Self;
            fn $name(self, other: Self) -> Self {
                self.then(|b, _| b.ins().$inst(self.value, other.value))
            }
        })*
    };
}

operators! { Add add fadd Sub sub fsub Mul mul fmul Div div fdiv }

impl<T> Neg for Vector<'_, '_, '_, T> {
    type Output = Self;
    fn neg(self) -> Self {
        self.then(|b, _| b.ins().fneg(self.value))
    }
}

macro_rules! truths {
    ($($operator:ident $name:ident $inst:ident)*) => {
        $(impl $operator for Truth<'_, '_, '_> {
            type Output = Self;
            fn $name(self, other: Self) -> Self {
                let value = self.code.builder.borrow_mut().ins().$inst(self.value, other.value);
                Self { value, ..self }
            }
        })*
    };
}

truths! { BitAnd bitand band BitOr bitor bor }

impl<'c, 'm, 'b, T: Real> Arithmetic for Vector<'c, 'm, 'b, T> {
    type Real = T;
    type Truth = Truth<'c, 'm, 'b>;

    fn constant(self, value: f64) -> Self {
        self.then(|b, lanes| lanes.number::<T>(b, T::from_f64(value)))
    }
    fn constant_bits(self, bits: u64) -> Self {
        self.then(|b, lanes| lanes.number::<T>(b, T::from_bits(T::count_bits(bits.cast_signed()))))
    }
    fn fma(self, factor: Self, summand: Self) -> Self {
        self.then(|b, _| b.ins().fma(self.value, factor.value, summand.value))
    }
    fn magnitude(self) -> Self {
        self.then(|b, _| b.ins().fabs(self.value))
    }
    fn round_down(self) -> Self {
        self.then(|b, _| b.ins().floor(self.value))
    }
    fn square_root(self) -> Self {
        self.then(|b, _| b.ins().sqrt(self.value))
    }
    fn less(self, other: Self) -> Self::Truth {
        self.compare(FloatCC::LessThan, other)
    }
    fn equal(self, other: Self) -> Self::Truth {
        self.compare(FloatCC::Equal, other)
    }
    fn select(truth: Self::Truth, a: Self, b: Self) -> Self {
        a.then(|code, lanes| lanes.pick(code, truth.value, a.value, b.value))
    }
    fn add_bits(self, other: Self) -> Self {
        self.of_bits(Some(other), |b, x, y| b.ins().iadd(x, y))
    }
    fn multiply_bits(self, other: Self) -> Self {
        self.of_bits(Some(other), |b, x, y| b.ins().imul(x, y))
    }
    fn exclusive_or_bits(self, other: Self) -> Self {
        self.of_bits(Some(other), |b, x, y| b.ins().bxor(x, y))
    }
    fn and_bits(self, other: Self) -> Self {
        self.of_bits(Some(other), |b, x, y| b.ins().band(x, y))
    }
    fn or_bits(self, other: Self) -> Self {
        self.of_bits(Some(other), |b, x, y| b.ins().bor(x, y))
    }
    fn shift_left(self, by: u32) -> Self {
        self.of_bits(None, |b, x, _| b.ins().ishl_imm_u(x, i64::from(by)))
    }
    fn shift_right(self, by: u32) -> Self {
        self.of_bits(None, |b, x, _| b.ins().ushr_imm_u(x, i64::from(by)))
    }
}
