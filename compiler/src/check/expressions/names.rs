//! Names in expressions, and where each may be read.

use alif_grammar::{Code, Diagnostic, Span, ast};
use ast::ExprKind as Syntax;

use crate::dimension::Dimension;
use crate::functions::{self, Function};
use crate::model::ExprKind;

use super::super::declarations::{Entity, Reads};
use super::super::{Checker, Type, Typed};
use super::Place;

/// A noise is in 1/√time.
fn white_noise() -> Type {
    Dimension::TIME.pow(-1, 2).map_or(Type::Unknown, Type::Number)
}

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, span: Span, place: Place) -> Typed {
        if let Some(argument) = self.argument(name) {
            return argument;
        }
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
            return self.time(span, place);
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
            Entity::Let(l) if self.names.let_reads[l.index()].time && !place.allowed().time => {
                return self.time_misplaced(name, span, place);
            }
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
            Entity::Noise(noise) => {
                let reads = Reads {
                    noise: true,
                    ..Reads::default()
                };
                (ExprKind::Noise(noise), reads, white_noise())
            }
            Entity::Port(_) => {
                let message = format!("`{name}` is an event port and has no value");
                self.report(
                    Diagnostic::new(Code::Misplaced, span, message)
                        .help(format!("say what its events do: `on {name}(w) {{ V += w; }}`")),
                );
                return self.unknown(span);
            }
            Entity::Function(index) => {
                let arity = self.functions[index].arity();
                return self.function_as_value(name, arity, span);
            }
            Entity::Event => {
                let message = format!("`{name}` is an event and has no value");
                self.report(
                    Diagnostic::new(Code::Misplaced, span, message)
                        .help("let it write a state, such as a count of events, and read that"),
                );
                return self.unknown(span);
            }
            Entity::Delta(kernel) => return self.delta(kernel, span, place),
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

    /// The time.
    fn time(&mut self, span: Span, place: Place) -> Typed {
        if !place.allowed().time {
            return self.time_misplaced("t", span, place);
        }
        self.typed(ExprKind::Time, span, Some(Dimension::TIME))
    }

    fn time_misplaced(&mut self, name: &str, span: Span, place: Place) -> Typed {
        let message = format!("{} cannot depend on the time, as `{name}` does", place.noun());
        let code = if place == Place::Left {
            Code::LeftFactor
        } else {
            Code::Misplaced
        };
        self.error(code, span, message);
        self.unknown(span)
    }

    /// Whether what a name reads may be read in this place; reports it if not.
    pub(super) fn readable(&mut self, name: &str, reads: Reads, span: Span, place: Place) -> bool {
        let allowed = place.allowed();
        let forbidden = if reads.states && !allowed.states {
            "the state of a neuron"
        } else if reads.inputs && !allowed.inputs {
            "an input"
        } else if reads.previous && !allowed.previous {
            "a state at the start of the step"
        } else if reads.noise && !allowed.noise {
            "a noise"
        } else {
            return true;
        };
        let of_noise = reads.noise && !allowed.noise;
        let code = match place {
            Place::Left => Code::LeftFactor,
            Place::Test if of_noise => Code::NoiseInCondition,
            Place::Rising if of_noise => Code::RisingRandom,
            _ => Code::Misplaced,
        };
        let message = format!("{} cannot depend on {forbidden}, as `{name}` does", place.noun());
        let mut diagnostic = Diagnostic::new(code, span, message);
        if matches!(code, Code::NoiseInCondition | Code::RisingRandom) {
            diagnostic = diagnostic.help(
                "let the noise drive a state and test that, or let chance decide: `spike rate r { … }` with a rate in 1/ms",
            );
        }
        self.report(diagnostic);
        false
    }

    pub(super) fn undeclared(&mut self, name: &str, span: Span, place: Place) -> Typed {
        let derivative = name
            .strip_prefix('d')
            .filter(|state| matches!(self.entity(state), Some(Entity::State(_))));
        if let (Some(state), Place::Rhs | Place::Left) = (derivative, place) {
            let message = format!("the derivative of `{state}` stands where its value is computed");
            self.report(Diagnostic::new(Code::RhsDerivative, span, message).help(format!(
                "an equation has one derivative, on the left: `d{state}/dt = …;`"
            )));
        } else if let Some(function) = Function::named(name) {
            return self.function_as_value(name, function.arity(), span);
        } else {
            self.unknown_name(name, span);
        }
        self.unknown(span)
    }

    pub(super) fn previous(
        &mut self,
        function: &ast::Ident,
        arguments: &[ast::Expr],
        span: Span,
        place: Place,
    ) -> Typed {
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
        if self.argument(&name.name).is_some() {
            let message = format!("`prev` of `{}`, which is an argument, not a state", name.name);
            self.error(Code::Misplaced, name.span, message);
            return self.unknown(span);
        }
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
}
