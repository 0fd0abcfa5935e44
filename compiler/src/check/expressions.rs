//! Expressions: names become ids, literals become numbers of the coherent set, dimensions are compared.

use alif_grammar::{Code, Diagnostic, Span, ast};
use ast::{CompareOp, ExprKind as Syntax, ProductOp, SumOp};

use crate::dimension::Dimension;
use crate::functions::{self, DimensionRule, Function};
use crate::ids::ExprId;
use crate::model::ExprKind;
use crate::units::{self, LiteralError};

use super::declarations::{Entity, Reads};
use super::{Checker, Type, Typed};

/// Where an expression stands; it decides which names may be read there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Default,
    Condition,
    Let,
    Initial,
    Rhs,
    Left,
    On,
    Spike,
    Duration,
    Assert,
    Learn,
}

impl Place {
    fn allowed(self) -> Reads {
        let (states, inputs, previous) = match self {
            Self::Default | Self::Condition | Self::Duration | Self::Assert | Self::Left => (false, false, false),
            Self::Initial => (true, false, false),
            Self::Rhs => (true, true, false),
            Self::On | Self::Spike | Self::Let | Self::Learn => (true, true, true),
        };
        Reads {
            states,
            inputs,
            previous,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Default => "the default of a parameter",
            Self::Condition => "the condition of a parameter",
            Self::Let => "a definition",
            Self::Initial => "an initial value",
            Self::Rhs => "an equation",
            Self::Left => "the factor of a derivative",
            Self::On => "an event block",
            Self::Spike => "a spike condition or reset",
            Self::Duration => "the refractory period",
            Self::Assert => "an assertion",
            Self::Learn => "a learn block",
        }
    }
}

/// What kind of value a place wants.
const NUMBER: &str = "a number";
const TRUTH: &str = "a condition";

impl Checker<'_> {
    /// Reads an expression whose value is a number.
    pub(super) fn number(&mut self, expr: &ast::Expr, place: Place) -> (ExprId, Option<Dimension>) {
        let typed = self.expression(expr, place);
        let dimension = self.expect_number(typed, expr.span);
        (typed.id, dimension)
    }

    /// Reads an expression whose value is a truth value.
    pub(super) fn condition(&mut self, expr: &ast::Expr, place: Place) -> ExprId {
        let typed = self.expression(expr, place);
        if let Type::Number(_) = typed.kind {
            self.wrong_kind(expr.span, TRUTH, NUMBER);
        }
        typed.id
    }

    fn expect_number(&mut self, typed: Typed, span: Span) -> Option<Dimension> {
        match typed.kind {
            Type::Number(dimension) => Some(dimension),
            Type::Truth => {
                self.wrong_kind(span, NUMBER, TRUTH);
                None
            }
            Type::Unknown => None,
        }
    }

    fn wrong_kind(&mut self, span: Span, wanted: &str, found: &str) {
        let help = if wanted == NUMBER {
            "`if condition { 1 } else { 0 }` makes a number of a condition"
        } else {
            "compare the number with something: `x > 0`"
        };
        self.report(
            Diagnostic::new(
                Code::NotAValue,
                span,
                format!("{wanted} is needed here, but this is {found}"),
            )
            .help(help),
        );
    }

    fn typed(&mut self, kind: ExprKind, span: Span, of: Option<Dimension>) -> Typed {
        Typed {
            id: self.push(kind, span),
            kind: of.map_or(Type::Unknown, Type::Number),
        }
    }

    fn unknown(&mut self, span: Span) -> Typed {
        self.typed(ExprKind::Number(f64::NAN), span, None)
    }

    /// Reads any expression. The tree is at most as deep as the brackets of the text are nested.
    pub(super) fn expression(&mut self, expr: &ast::Expr, place: Place) -> Typed {
        let span = expr.span;
        match &expr.kind {
            Syntax::Number { text, unit } => self.literal(text, unit.as_ref(), span),
            Syntax::Name(name) => self.name(name, span, place),
            Syntax::Call { function, arguments } => self.call(function, arguments, span, place),
            Syntax::Paren(inner) => self.expression(inner, place),
            Syntax::Neg(inner) => {
                let (id, dimension) = self.number(inner, place);
                self.typed(ExprKind::Neg(id), span, dimension)
            }
            Syntax::Sum { first, rest } => self.sum(first, rest, place),
            Syntax::Product { first, rest } => self.product(first, rest, place),
            Syntax::Power { base, exponent } => self.power(base, exponent, span, place),
            Syntax::If {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.condition(condition, place);
                let (a, b) = (self.expression(then, place), self.expression(otherwise, place));
                let kind = self.same_branches(a, then.span, b, otherwise.span);
                let id = self.push(ExprKind::If(condition, a.id, b.id), span);
                Typed { id, kind }
            }
            Syntax::Compare { first, rest } => self.comparison(first, rest, span, place),
            Syntax::Not(inner) => {
                let id = self.condition(inner, place);
                self.truth(ExprKind::Not(id), span)
            }
            Syntax::And(all) => self.joined(all, ExprKind::And, place),
            Syntax::Or(all) => self.joined(all, ExprKind::Or, place),
        }
    }

    fn truth(&mut self, kind: ExprKind, span: Span) -> Typed {
        Typed {
            id: self.push(kind, span),
            kind: Type::Truth,
        }
    }

    fn joined(&mut self, all: &[ast::Expr], join: fn(ExprId, ExprId) -> ExprKind, place: Place) -> Typed {
        let mut result = self.condition(&all[0], place);
        let mut span = all[0].span;
        for expr in &all[1..] {
            let next = self.condition(expr, place);
            span = span.to(expr.span);
            result = self.push(join(result, next), span);
        }
        Typed {
            id: result,
            kind: Type::Truth,
        }
    }

    fn same_branches(&mut self, a: Typed, a_span: Span, b: Typed, b_span: Span) -> Type {
        match (a.kind, b.kind) {
            (Type::Number(x), Type::Number(y)) if x != y => {
                self.mismatch("the branches of an `if` are", x, a_span, y, b_span);
                Type::Unknown
            }
            (Type::Number(_), Type::Truth) | (Type::Truth, Type::Number(_)) => {
                self.wrong_kind(b_span, NUMBER, TRUTH);
                Type::Unknown
            }
            (Type::Unknown, other) | (other, _) => other,
        }
    }

    /// Reports two dimensions that ought to be one.
    fn mismatch(&mut self, what: &str, a: Dimension, a_span: Span, b: Dimension, b_span: Span) {
        let (x, y) = (units::name_of(a), units::name_of(b));
        self.report(
            Diagnostic::new(Code::UnitMismatch, b_span, format!("{what} {x} and {y}"))
                .label(format!("this is {y}"))
                .also(a_span, format!("this is {x}")),
        );
    }

    /// A literal in the coherent set, rounded once.
    fn literal(&mut self, text: &str, unit: Option<&ast::Unit>, span: Span) -> Typed {
        let Some(unit) = unit.map_or(Some(units::UnitValue::ONE), |unit| self.unit(unit)) else {
            return self.unknown(span);
        };
        match units::literal(text, unit) {
            Ok(value) => self.typed(ExprKind::Number(value), span, Some(unit.dimension)),
            Err(LiteralError::Underflow) => {
                let message = format!("`{text}` is too small for a 64-bit float and becomes 0");
                self.report(Diagnostic::new(Code::NumberUnderflow, span, message));
                self.typed(ExprKind::Number(0.0), span, Some(unit.dimension))
            }
            Err(LiteralError::NotANumber) => {
                self.error(Code::NumberForm, span, format!("`{text}` is not a number"));
                self.unknown(span)
            }
            Err(LiteralError::Overflow) => {
                let message = format!("`{text}` does not fit in a 64-bit float");
                self.error(Code::NumberRange, span, message);
                self.unknown(span)
            }
        }
    }

    /// A unit by the table; reports what is unknown.
    pub(super) fn unit(&mut self, unit: &ast::Unit) -> Option<units::UnitValue> {
        let mut known = true;
        for factor in &unit.factors {
            if let Err(unknown) = units::lookup(&factor.name.name) {
                known = false;
                let message = format!("unknown unit `{}`", factor.name.name);
                let mut diagnostic = Diagnostic::new(Code::UnknownUnit, factor.name.span, message);
                if let Some(reason) = unknown.reason {
                    diagnostic = diagnostic.help(reason);
                } else if let Some(near) = unknown.suggestion {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                } else {
                    diagnostic = diagnostic.help("right after a number stands a unit; a product needs `*`");
                }
                self.report(diagnostic);
            }
        }
        if !known {
            return None;
        }
        let factors: Vec<(&str, i32, i32)> = unit
            .factors
            .iter()
            .map(|f| (f.name.name.as_str(), f.numerator, f.denominator))
            .collect();
        match units::combine(&factors) {
            Ok(value) => Some(value),
            Err(_) => {
                let message = "the powers of this unit are out of range: exponents are halves up to 63";
                self.error(Code::ExponentUnits, unit.span, message);
                None
            }
        }
    }

    fn name(&mut self, name: &str, span: Span, place: Place) -> Typed {
        if let Some((weight, kind)) = self.names.weight.clone()
            && weight == name
        {
            return Typed {
                id: self.push(ExprKind::Weight, span),
                kind,
            };
        }
        if name == "dt" {
            let time = Dimension::TIME;
            return self.typed(ExprKind::Dt, span, Some(time));
        }
        if name == "t" {
            self.unsupported(span, "the time `t` in an expression");
            return self.unknown(span);
        }
        if let Some(value) = functions::constant(name) {
            return self.typed(ExprKind::Number(value), span, Some(Dimension::DIMENSIONLESS));
        }
        let Some(entity) = self.entity(name) else {
            return self.undeclared(name, span, place);
        };
        self.names.used.insert(name.to_owned());
        let (kind, reads, of) = match entity {
            Entity::Param(p) => (ExprKind::Param(p), Reads::default(), self.names.params[p.index()]),
            Entity::Let(l) => (
                ExprKind::Let(l),
                self.names.let_reads[l.index()],
                self.names.lets[l.index()],
            ),
            Entity::State(s) => {
                let reads = Reads {
                    states: true,
                    ..Reads::default()
                };
                (ExprKind::State(s), reads, self.names.states[s.index()])
            }
            Entity::Input(i) => {
                let reads = Reads {
                    inputs: true,
                    ..Reads::default()
                };
                (ExprKind::Input(i), reads, self.names.inputs[i.index()])
            }
            Entity::Port(_) => {
                let message = format!("`{name}` is an event port and has no value");
                self.report(
                    Diagnostic::new(Code::Misplaced, span, message)
                        .help(format!("say what its events do: `on {name}(w) {{ V += w; }}`")),
                );
                return self.unknown(span);
            }
            Entity::Unsupported => return self.unknown(span),
        };
        if self.readable(name, reads, span, place) {
            Typed {
                id: self.push(kind, span),
                kind: of,
            }
        } else {
            self.unknown(span)
        }
    }

    /// Whether what a name reads may be read in this place; reports it if not.
    fn readable(&mut self, name: &str, reads: Reads, span: Span, place: Place) -> bool {
        let allowed = place.allowed();
        let forbidden = if reads.states && !allowed.states {
            "the state of a neuron"
        } else if reads.inputs && !allowed.inputs {
            "an input"
        } else if reads.previous && !allowed.previous {
            "a state at the start of the step"
        } else {
            return true;
        };
        let code = if place == Place::Left {
            Code::LeftFactor
        } else {
            Code::Misplaced
        };
        let message = format!("{} cannot depend on {forbidden}, as `{name}` does", place.noun());
        self.error(code, span, message);
        false
    }

    fn undeclared(&mut self, name: &str, span: Span, place: Place) -> Typed {
        let derivative = name
            .strip_prefix('d')
            .filter(|state| matches!(self.entity(state), Some(Entity::State(_))));
        if let (Some(state), Place::Rhs | Place::Left) = (derivative, place) {
            let message = format!("the derivative of `{state}` stands where its value is computed");
            self.report(Diagnostic::new(Code::RhsDerivative, span, message).help(format!(
                "an equation has one derivative, on the left: `d{state}/dt = …;`"
            )));
        } else if let Some(function) = Function::named(name) {
            let count = function.arity();
            let plural = if count == 1 { "" } else { "s" };
            let message = format!("`{name}` is a function; it needs {count} argument{plural}");
            self.error(Code::NotAFunction, span, message);
        } else {
            self.unknown_name(name, span);
        }
        self.unknown(span)
    }

    fn sum(&mut self, first: &ast::Expr, rest: &[(SumOp, ast::Expr)], place: Place) -> Typed {
        let (mut id, mut dimension) = self.number(first, place);
        let mut span = first.span;
        let mut known_at = first.span;
        for (op, term) in rest {
            let (next, of) = self.number(term, place);
            match (dimension, of) {
                (Some(a), Some(b)) if a != b => {
                    let (x, y) = (units::name_of(a), units::name_of(b));
                    let message = match op {
                        SumOp::Add => format!("cannot add {y} to {x}"),
                        SumOp::Sub => format!("cannot subtract {y} from {x}"),
                    };
                    let mut diagnostic = Diagnostic::new(Code::UnitMismatch, term.span, message)
                        .label(format!("this is {y}"))
                        .also(known_at, format!("this is {x}"));
                    if let Some(help) = self.missing_factor_help(a, b, term) {
                        diagnostic = diagnostic.help(help);
                    }
                    self.report(diagnostic);
                }
                (None, Some(_)) => {
                    dimension = of;
                    known_at = term.span;
                }
                _ => {}
            }
            span = span.to(term.span);
            id = self.push(
                match op {
                    SumOp::Add => ExprKind::Add(id, next),
                    SumOp::Sub => ExprKind::Sub(id, next),
                },
                span,
            );
        }
        Typed {
            id,
            kind: dimension.map_or(Type::Unknown, Type::Number),
        }
    }

    /// `R * I`, when some parameter turns the dimension of `term` into the one wanted.
    pub(super) fn missing_factor_help(&self, wanted: Dimension, found: Dimension, term: &ast::Expr) -> Option<String> {
        if matches!(term.kind, Syntax::Number { .. }) {
            return None;
        }
        let text = alif_grammar::print_expr(term);
        let text = if matches!(term.kind, Syntax::Name(_) | Syntax::Call { .. } | Syntax::Paren(_)) {
            text
        } else {
            format!("({text})")
        };
        let factor = wanted.checked_div(found)?;
        if let Some(name) = self.parameter_of(factor) {
            return Some(format!("`{name} * {text}` is {}", units::name_of(wanted)));
        }
        let divisor = found.checked_div(wanted)?;
        let name = self.parameter_of(divisor)?;
        Some(format!("`{text} / {name}` is {}", units::name_of(wanted)))
    }

    /// The first parameter of a dimension, in the order of the names.
    pub(super) fn parameter_of(&self, dimension: Dimension) -> Option<&str> {
        self.names.by_name.iter().find_map(|(name, (entity, _))| match entity {
            Entity::Param(p) if self.names.params[p.index()] == Type::Number(dimension) => Some(name.as_str()),
            _ => None,
        })
    }

    fn product(&mut self, first: &ast::Expr, rest: &[(ProductOp, ast::Expr)], place: Place) -> Typed {
        let (mut id, mut dimension) = self.number(first, place);
        let mut span = first.span;
        for (op, factor) in rest {
            let (next, of) = self.number(factor, place);
            span = span.to(factor.span);
            if *op == ProductOp::Div && self.exprs[next.index()].kind == ExprKind::Number(0.0) {
                self.error(Code::DivisionByZero, factor.span, "division by zero");
            }
            dimension = match (dimension, of) {
                (Some(a), Some(b)) => {
                    let result = match op {
                        ProductOp::Mul => a.checked_mul(b),
                        ProductOp::Div => a.checked_div(b),
                    };
                    if result.is_none() {
                        self.error(
                            Code::ExponentUnits,
                            span,
                            "the powers of units in this product are out of range",
                        );
                    }
                    result
                }
                _ => None,
            };
            id = self.push(
                match op {
                    ProductOp::Mul => ExprKind::Mul(id, next),
                    ProductOp::Div => ExprKind::Div(id, next),
                },
                span,
            );
        }
        Typed {
            id,
            kind: dimension.map_or(Type::Unknown, Type::Number),
        }
    }

    fn comparison(&mut self, first: &ast::Expr, rest: &[(CompareOp, ast::Expr)], span: Span, place: Place) -> Typed {
        let mut left = self.number(first, place);
        let mut left_expr = first;
        let mut result = None;
        for (op, right_expr) in rest {
            let right = self.number(right_expr, place);
            if let (Some(a), Some(b)) = (left.1, right.1)
                && a != b
                && !is_plain_zero(left_expr)
                && !is_plain_zero(right_expr)
            {
                let (x, y) = (units::name_of(a), units::name_of(b));
                self.report(
                    Diagnostic::new(
                        Code::UnitMismatch,
                        right_expr.span,
                        format!("cannot compare {x} with {y}"),
                    )
                    .label(format!("this is {y}"))
                    .also(left_expr.span, format!("this is {x}")),
                );
            }
            if matches!(op, CompareOp::Eq | CompareOp::Ne) {
                let message = "two floating-point numbers are rarely equal";
                self.report(
                    Diagnostic::new(Code::FloatEquality, left_expr.span.to(right_expr.span), message)
                        .help("compare with `<` or `>`, or with a tolerance: `abs(a - b) < eps`"),
                );
            }
            let pair = self.push(
                ExprKind::Compare(*op, left.0, right.0),
                left_expr.span.to(right_expr.span),
            );
            result = Some(match result {
                None => pair,
                Some(before) => self.push(ExprKind::And(before, pair), span),
            });
            left = right;
            left_expr = right_expr;
        }
        let id = result.unwrap_or(left.0);
        Typed { id, kind: Type::Truth }
    }

    fn call(&mut self, function: &ast::Ident, arguments: &[ast::Expr], span: Span, place: Place) -> Typed {
        if function.name == "prev" {
            return self.previous(function, arguments, span, place);
        }
        let Some(row) = Function::named(&function.name) else {
            self.not_a_function(function, arguments);
            for argument in arguments {
                self.expression(argument, place);
            }
            return self.unknown(span);
        };
        let read: Vec<(ExprId, Option<Dimension>)> = arguments.iter().map(|a| self.number(a, place)).collect();
        if arguments.len() != row.arity() {
            let plural = if row.arity() == 1 { "" } else { "s" };
            let message = format!(
                "`{}` takes {} argument{plural}, {} given",
                function.name,
                row.arity(),
                arguments.len()
            );
            self.error(Code::ArgumentCount, span, message);
            return self.unknown(span);
        }
        let dimension = match row.dimensions() {
            DimensionRule::Pure => {
                for (argument, (_, of)) in arguments.iter().zip(&read) {
                    if let Some(of) = of.filter(|d| !d.is_dimensionless()) {
                        let message = format!(
                            "the argument of `{}` must be a pure number, but this is {}",
                            function.name,
                            units::name_of(of)
                        );
                        self.report(
                            Diagnostic::new(Code::ArgumentUnits, argument.span, message)
                                .help(format!("divide it by a scale in {}", units::name_of(of))),
                        );
                    }
                }
                Some(Dimension::DIMENSIONLESS)
            }
            DimensionRule::ToPure => read[0].1.map(|_| Dimension::DIMENSIONLESS),
            DimensionRule::SquareRoot => read[0].1.and_then(|of| {
                let root = of.sqrt();
                if root.is_none() {
                    let message = format!("the square root of {} has no unit", units::name_of(of));
                    self.error(Code::ExponentUnits, span, message);
                }
                root
            }),
            DimensionRule::Same => {
                for i in 1..read.len() {
                    if let (Some(a), Some(b)) = (read[0].1, read[i].1)
                        && a != b
                    {
                        let what = format!("the arguments of `{}` are", function.name);
                        self.mismatch(&what, a, arguments[0].span, b, arguments[i].span);
                    }
                }
                read.iter().find_map(|r| r.1)
            }
            DimensionRule::Power => return self.power(&arguments[0], &arguments[1], span, place),
        };
        let ids = read.into_iter().map(|r| r.0).collect();
        self.typed(ExprKind::Call(row, ids), span, dimension)
    }

    fn not_a_function(&mut self, function: &ast::Ident, arguments: &[ast::Expr]) {
        let name = &function.name;
        match self.entity(name) {
            Some(Entity::Unsupported) => {}
            Some(entity) => {
                let message = format!("`{name}` is {}, not a function", entity.noun());
                let mut diagnostic = Diagnostic::new(Code::NotAFunction, function.span, message);
                if let [argument] = arguments {
                    let argument = alif_grammar::print_expr(argument);
                    diagnostic = diagnostic.help(format!("for a product write `{name} * {argument}`"));
                }
                self.report(diagnostic);
            }
            None => {
                let message = format!("there is no function `{name}`");
                let mut diagnostic = Diagnostic::new(Code::UnknownName, function.span, message);
                let known = Function::ALL.iter().map(|f| f.name());
                if name == "log" {
                    diagnostic = diagnostic.help("the natural logarithm is `ln`, the decimal one `log10`");
                } else if let Some(near) = alif_core::nearest(name, known) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                self.report(diagnostic);
            }
        }
    }

    fn previous(&mut self, function: &ast::Ident, arguments: &[ast::Expr], span: Span, place: Place) -> Typed {
        let [
            ast::Expr {
                kind: Syntax::Name(name),
                span: at,
            },
        ] = arguments
        else {
            let message = "`prev` takes the name of a state: `prev(V)`";
            self.error(Code::ArgumentCount, span, message);
            return self.unknown(span);
        };
        let name = ast::Ident {
            name: name.clone(),
            span: *at,
        };
        self.names.used.insert(name.name.clone());
        let Some(state) = self.state_named(&name, Code::Misplaced, "`prev` of") else {
            return self.unknown(span);
        };
        let reads = Reads {
            previous: true,
            ..Reads::default()
        };
        if !self.readable(&function.name, reads, span, place) {
            return self.unknown(span);
        }
        let kind = self.names.states[state.index()];
        Typed {
            id: self.push(ExprKind::Prev(state), span),
            kind,
        }
    }

    fn power(&mut self, base: &ast::Expr, exponent: &ast::Expr, span: Span, place: Place) -> Typed {
        let (id, of) = self.number(base, place);
        let (exponent_id, exponent_of) = self.number(exponent, place);
        if let Some(unit) = exponent_of.filter(|d| !d.is_dimensionless()) {
            let message = format!(
                "an exponent must be a pure number, but this is {}",
                units::name_of(unit)
            );
            self.error(Code::ExponentUnits, exponent.span, message);
            return self.unknown(span);
        }
        let constant = self.constants[exponent_id.index()];
        if let Some(whole) = constant.filter(|c| c.fract() == 0.0 && c.abs() <= 1024.0) {
            let whole = whole as i32;
            let dimension = of.and_then(|of| {
                let power = of.pow(whole, 1);
                if power.is_none() {
                    self.error(Code::ExponentUnits, span, "the powers of units are out of range");
                }
                power
            });
            return self.typed(ExprKind::Power(id, whole), span, dimension);
        }
        let Some(of) = of else {
            return self.unknown(span);
        };
        if of.is_dimensionless() {
            let kind = match constant {
                Some(0.5) => ExprKind::Call(Function::Sqrt, vec![id]),
                _ => ExprKind::Call(Function::Pow, vec![id, exponent_id]),
            };
            return self.typed(kind, span, Some(of));
        }
        // A base with a unit: halves are the only fractions of dimensions there are.
        let twice = constant
            .map(|c| c * 2.0)
            .filter(|c| c.fract() == 0.0 && c.abs() <= 64.0);
        match twice.and_then(|twice| Some((twice as i32, of.pow(twice as i32, 2)?))) {
            Some((twice, dimension)) => {
                let root = self.push(ExprKind::Call(Function::Sqrt, vec![id]), span);
                self.typed(ExprKind::Power(root, twice), span, Some(dimension))
            }
            None => {
                let message = format!(
                    "{} can only be raised to a constant power whose exponents are halves",
                    units::name_of(of)
                );
                self.report(
                    Diagnostic::new(Code::ExponentUnits, exponent.span, message)
                        .also(base.span, format!("this is {}", units::name_of(of))),
                );
                self.unknown(span)
            }
        }
    }
}

/// A literal zero without a unit: it fits any dimension in a comparison.
pub(super) fn is_plain_zero(expr: &ast::Expr) -> bool {
    match &expr.kind {
        Syntax::Number { text, unit: None } => text.parse::<f64>() == Ok(0.0),
        Syntax::Paren(inner) | Syntax::Neg(inner) => is_plain_zero(inner),
        _ => false,
    }
}
