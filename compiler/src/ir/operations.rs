//! What instructions cost: how many operations of a processor each of them is.

use std::cell::RefCell;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Sub};

use alif_core::elementary::Arithmetic;

use super::Inst;
use crate::functions::Function;

/// A kind of operation. What only brings a number to where it is needed is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// A product and a sum, rounded once.
    MultiplyAdd,
    /// A product.
    Multiply,
    /// A quotient.
    Divide,
    /// A sum or a difference.
    AddOrSubtract,
    /// A change of sign.
    Sign,
    /// A square root.
    SquareRoot,
    /// Rounding to an integer.
    Round,
    /// A comparison.
    Compare,
    /// A truth value of others.
    Logic,
    /// A choice between numbers.
    Select,
    /// Counting.
    Count,
    /// Arithmetic on the bits of a number.
    Bits,
}

impl Operation {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MultiplyAdd => "multiply-add",
            Self::Multiply => "multiply",
            Self::Divide => "divide",
            Self::AddOrSubtract => "add or subtract",
            Self::Sign => "sign",
            Self::SquareRoot => "square root",
            Self::Round => "round",
            Self::Compare => "compare",
            Self::Logic => "logic",
            Self::Select => "select",
            Self::Count => "count",
            Self::Bits => "bits",
        }
    }
}

/// How often each operation occurs, in the order of first occurrence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operations(Vec<(Operation, usize)>);

impl Operations {
    /// Counts some more.
    pub fn add(&mut self, operation: Operation, more: usize) {
        match self.0.iter_mut().find(|known| known.0 == operation) {
            Some(known) => known.1 += more,
            None => self.0.push((operation, more)),
        }
    }

    /// Each with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Operation, usize)> {
        self.0.iter().copied()
    }

    /// All of them together.
    #[must_use]
    pub fn total(&self) -> usize {
        self.iter().map(|(_, count)| count).sum()
    }
}

impl Inst {
    /// The operations that it is.
    #[must_use]
    pub fn operations(&self) -> Operations {
        let one = match self {
            Self::Call(function, _) => return function.operations().unwrap_or_default(),
            Self::Random(distribution, _) => {
                let found = RefCell::default();
                let _counted = distribution.expansion([Counted(&found); 3]);
                return found.into_inner();
            }
            Self::Fma(..) => Operation::MultiplyAdd,
            Self::Mul(..) => Operation::Multiply,
            Self::Div(..) => Operation::Divide,
            Self::Add(..) | Self::Sub(..) => Operation::AddOrSubtract,
            Self::Neg(_) | Self::Abs(_) => Operation::Sign,
            Self::Sqrt(_) => Operation::SquareRoot,
            Self::Floor(_) => Operation::Round,
            Self::Compare(..) | Self::Positive(_) => Operation::Compare,
            Self::Not(_) | Self::And(..) | Self::Or(..) => Operation::Logic,
            Self::Select(..) | Self::Masked(..) => Operation::Select,
            Self::CountDown(..) | Self::CountUp(..) => Operation::Count,
            Self::Number(_)
            | Self::Truth(_)
            | Self::Param(_)
            | Self::Dt
            | Self::Propagator(_)
            | Self::P { .. }
            | Self::Q { .. }
            | Self::L { .. }
            | Self::Coefficient(_)
            | Self::Steps(_)
            | Self::State(_)
            | Self::Input(_)
            | Self::Weight(..)
            | Self::Arrived(..)
            | Self::Counter
            | Self::Copy(_)
            | Self::Carry(_) => return Operations::default(),
        };
        Operations(vec![(one, 1)])
    }

    /// How much code it is: one for what is no operation too.
    #[must_use]
    pub fn size(&self) -> usize {
        self.operations().total().max(1)
    }
}

impl Function {
    /// The operations that its expansion has, those of double precision; nothing where it has no expansion.
    #[must_use]
    pub fn operations(self) -> Option<Operations> {
        let found = RefCell::default();
        self.expansion(&vec![Counted(&found); self.arity()])?;
        Some(found.into_inner())
    }
}

/// A number, or a truth value, that counts what is done with it.
#[derive(Clone, Copy)]
struct Counted<'a>(&'a RefCell<Operations>);

impl Counted<'_> {
    fn count(self, operation: Operation) -> Self {
        self.0.borrow_mut().add(operation, 1);
        self
    }
}

macro_rules! operators {
    ($($operator:ident $name:ident $operation:ident)*) => {
        $(impl $operator for Counted<'_> {
            type Output = Self;
            fn $name(self, _: Self) -> Self {
                self.count(Operation::$operation)
            }
        })*
    };
}

operators! {
    Add add AddOrSubtract
    Sub sub AddOrSubtract
    Mul mul Multiply
    Div div Divide
    BitAnd bitand Logic
    BitOr bitor Logic
}

impl Neg for Counted<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.count(Operation::Sign)
    }
}

impl Arithmetic for Counted<'_> {
    type Real = f64;
    type Truth = Self;

    fn constant(self, _: f64) -> Self {
        self
    }
    fn constant_bits(self, _: u64) -> Self {
        self
    }
    fn fma(self, _: Self, _: Self) -> Self {
        self.count(Operation::MultiplyAdd)
    }
    fn magnitude(self) -> Self {
        self.count(Operation::Sign)
    }
    fn round_down(self) -> Self {
        self.count(Operation::Round)
    }
    fn square_root(self) -> Self {
        self.count(Operation::SquareRoot)
    }
    fn less(self, _: Self) -> Self {
        self.count(Operation::Compare)
    }
    fn equal(self, _: Self) -> Self {
        self.count(Operation::Compare)
    }
    fn select(truth: Self, _: Self, _: Self) -> Self {
        truth.count(Operation::Select)
    }
    fn add_bits(self, _: Self) -> Self {
        self.count(Operation::Bits)
    }
    fn multiply_bits(self, _: Self) -> Self {
        self.count(Operation::Bits)
    }
    fn exclusive_or_bits(self, _: Self) -> Self {
        self.count(Operation::Bits)
    }
    fn and_bits(self, _: Self) -> Self {
        self.count(Operation::Bits)
    }
    fn or_bits(self, _: Self) -> Self {
        self.count(Operation::Bits)
    }
    fn shift_left(self, _: u32) -> Self {
        self.count(Operation::Bits)
    }
    fn shift_right(self, _: u32) -> Self {
        self.count(Operation::Bits)
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;
    use crate::functions::Function;

    #[test]
    fn functions_are_as_many_operations_as_their_expansions_have() {
        let exp = Function::Exp.operations().expect("an expansion");
        let count = |operation| exp.iter().find(|found| found.0 == operation).map(|found| found.1);
        // Reduction has four multiply-adds, the two polynomials five and four.
        assert_eq!(count(Operation::MultiplyAdd), Some(13));
        assert_eq!(count(Operation::Divide), None);
        assert_eq!(
            Function::Tanh
                .operations()
                .and_then(|found| found.iter().find(|f| f.0 == Operation::Divide)),
            Some((Operation::Divide, 1))
        );
        assert_eq!(Function::Sqrt.operations(), None);
        for &function in Function::ALL {
            if let Some(found) = function.operations() {
                let total = found.total();
                assert!((20..200).contains(&total), "{}: {total}", function.name());
            }
        }
    }
}
