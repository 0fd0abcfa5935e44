//! Kernels as they are declared: shapes, ports, and the states that come with them. `filters` writes their equations.

use alif_grammar::{Code, Diagnostic, Span, ast};

use crate::ids::{ExprId, PortId, StateId};
use crate::model::{State, Unit};

use super::declarations::Entity;
use super::{Checker, Type, docs};

/// The shapes of kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Delta,
    Exp,
    Alpha,
    Biexp,
}

/// Names and numbers of time constants, in the order of the page on the language.
const SHAPES: [(&str, Shape, usize); 4] = [
    ("exp", Shape::Exp, 1),
    ("alpha", Shape::Alpha, 1),
    ("biexp", Shape::Biexp, 2),
    ("delta", Shape::Delta, 0),
];

/// A kernel as declared, and what is known of it.
pub(super) struct Kernel<'a> {
    pub(super) name: &'a ast::Ident,
    docs: Vec<String>,
    pub(super) arguments: &'a [ast::Expr],
    pub(super) port: &'a ast::Ident,
    pub(super) span: Span,
    /// Nothing where the declaration was wrong, which has been reported.
    pub(super) shape: Option<Shape>,
    /// The filtered quantity, and the state that it follows.
    pub(super) states: Vec<StateId>,
    /// Of `alpha` and `biexp`, what a weight is multiplied with, and how that is written.
    pub(super) scale: Option<(ExprId, String)>,
    /// Of `delta`, by how much a weight of 1 changes each state.
    pub(super) jumps: Vec<(StateId, ExprId)>,
}

impl<'a> Kernel<'a> {
    /// How many states it brings with it.
    pub(super) fn states(&self) -> usize {
        self.states.len()
    }

    /// The name of the state behind the filtered quantity.
    pub(super) fn rise_name(&self) -> String {
        format!("{}_rise", self.name.name)
    }
}

impl<'a> Checker<'a> {
    /// Notes a kernel and its states; gives what its name stands for.
    pub(super) fn declare_kernel(
        &mut self,
        item: &'a ast::Item,
        (name, shape, port): (&'a ast::Ident, &ast::Ident, &'a ast::Ident),
        arguments: &'a [ast::Expr],
    ) -> Entity {
        let mut kernel = Kernel {
            name,
            docs: docs(&item.docs),
            arguments,
            port,
            span: item.span,
            shape: self.shape(shape, arguments.len()),
            states: vec![],
            scale: None,
            jumps: vec![],
        };
        let states = match kernel.shape {
            None | Some(Shape::Delta) => 0,
            Some(Shape::Exp) => 1,
            Some(Shape::Alpha | Shape::Biexp) => 2,
        };
        for _ in 0..states {
            self.names.states.push(Type::Unknown);
            self.names.assigned.push(true);
            kernel.states.push(StateId::new(self.names.states.len() - 1));
        }
        let entity = match (kernel.shape, kernel.states.first()) {
            (None, _) => Entity::Unsupported,
            (Some(_), Some(state)) => Entity::State(*state),
            (Some(_), None) => Entity::Delta(self.kernels.len()),
        };
        self.kernels.push(kernel);
        entity
    }

    fn shape(&mut self, shape: &ast::Ident, arguments: usize) -> Option<Shape> {
        let Some(&(name, found, wanted)) = SHAPES.iter().find(|(name, ..)| *name == shape.name) else {
            let message = format!("there is no kernel `{}`", shape.name);
            let help = match alif_core::nearest(&shape.name, SHAPES.iter().map(|s| s.0)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the kernels are `exp(tau)`, `alpha(tau)`, `biexp(tau_r, tau_d)` and `delta`".to_owned(),
            };
            self.report(Diagnostic::new(Code::UnknownName, shape.span, message).help(help));
            return None;
        };
        if arguments != wanted {
            let takes = match wanted {
                0 => "no time constant".to_owned(),
                1 => "one time constant".to_owned(),
                _ => "two time constants, of rise and decay".to_owned(),
            };
            let message = format!("the kernel `{name}` takes {takes}, {arguments} given");
            self.error(Code::ArgumentCount, shape.span, message);
            return None;
        }
        Some(found)
    }

    /// Gives the states behind filtered quantities their names, when all names of the text are known.
    pub(super) fn declare_hidden_states(&mut self) {
        for index in 0..self.kernels.len() {
            let kernel = &self.kernels[index];
            let (name, span, hidden) = (kernel.name, kernel.name.span, kernel.rise_name());
            // A name that is declared twice has been reported.
            let own = self.names.by_name.get(&name.name).is_some_and(|found| found.1 == span);
            let Some(&state) = kernel.states.get(1).filter(|_| own) else {
                continue;
            };
            if let Some((_, first)) = self.names.by_name.get(&hidden) {
                let first = *first;
                let message = format!(
                    "the kernel `{}` makes a state `{hidden}`, but that name is taken",
                    name.name
                );
                self.report(Diagnostic::new(Code::DeclaredTwice, span, message).also(first, "declared here"));
                continue;
            }
            self.names.by_name.insert(hidden, (Entity::State(state), span));
        }
    }

    /// The states that kernels bring with them.
    pub(super) fn kernel_states(&mut self) -> Vec<(StateId, State)> {
        let mut found = Vec::new();
        for index in 0..self.kernels.len() {
            let kernel = &self.kernels[index];
            let unit = match self.entity(&kernel.port.name) {
                Some(Entity::Port(_)) => self.declared_units.get(&kernel.port.name).cloned(),
                _ => None,
            };
            let unit = unit.unwrap_or(Unit {
                known: None,
                ..Unit::one()
            });
            let names = [kernel.name.name.clone(), kernel.rise_name()];
            let rising = vec![format!("what the kernel `{}` follows", kernel.name.name)];
            let docs = [kernel.docs.clone(), rising];
            for ((&id, name), docs) in kernel.states.iter().zip(names).zip(docs) {
                self.names.states[id.index()] = unit.known.map_or(Type::Unknown, Type::Number);
                self.declared_units.insert(name.clone(), unit.clone());
                let (span, unit, initial, equation) = (kernel.name.span, unit.clone(), None, None);
                found.push((
                    id,
                    State {
                        name,
                        docs,
                        span,
                        unit,
                        initial,
                        initial_text: None,
                        equation,
                    },
                ));
            }
        }
        found
    }

    /// The name, the port and the declaration of a kernel.
    pub(super) fn kernel_names(&self, kernel: usize) -> (&'a str, Option<PortId>, Span) {
        let Kernel { name, port, .. } = self.kernels[kernel];
        let port = match self.entity(&port.name) {
            Some(Entity::Port(port)) => Some(port),
            _ => None,
        };
        (&name.name, port, name.span)
    }
}
