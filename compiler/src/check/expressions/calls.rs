//! Function calls.

use alif_grammar::{Code, Diagnostic, Span, ast};

use crate::dimension::Dimension;
use crate::functions::{DimensionRule, Function};
use crate::ids::ExprId;
use crate::model::ExprKind;
use crate::units;

use super::super::declarations::Entity;
use super::super::{Checker, Typed};
use super::Place;

impl Checker<'_> {
    pub(super) fn call(&mut self, function: &ast::Ident, arguments: &[ast::Expr], span: Span, place: Place) -> Typed {
        if function.name == "prev" {
            return self.previous(function, arguments, span, place);
        }
        if let Some(index) = self.function_named(&function.name) {
            return self.inline(index, arguments, span, place);
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
                            self.unit_shown(argument, of)
                        );
                        self.report(
                            Diagnostic::new(Code::ArgumentUnits, argument.span, message)
                                .help(format!("divide it by a scale in {}", self.unit_shown(argument, of))),
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
                        self.mismatch(&what, (a, &arguments[0]), (b, &arguments[i]));
                    }
                }
                read.iter().find_map(|r| r.1)
            }
            DimensionRule::Power => return self.power(&arguments[0], &arguments[1], span, place),
        };
        let ids = read.into_iter().map(|r| r.0).collect();
        self.typed(ExprKind::Call(row, ids), span, dimension)
    }

    pub(super) fn not_a_function(&mut self, function: &ast::Ident, arguments: &[ast::Expr]) {
        let name = &function.name;
        if self.argument(name).is_some() {
            let message = format!("`{name}` is an argument, not a function");
            self.error(Code::NotAFunction, function.span, message);
            return;
        }
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
                let known = self.functions.iter().map(|f| f.name());
                let known = Function::ALL.iter().map(|f| f.name()).chain(known);
                if name == "log" {
                    diagnostic = diagnostic.help("the natural logarithm is `ln`, the decimal one `log10`");
                } else if let Some(near) = alif_core::nearest(name, known) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                self.report(diagnostic);
            }
        }
    }
}
