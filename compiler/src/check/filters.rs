//! What kernels stand for: a shape that every event of a port adds to a quantity, spelled out as equations and an `on` block.
//!
//! All shapes but `delta` have the height 1, so a weight is the height of what it brings about. `alpha` and `biexp` are two states in a
//! row, the second of which follows the first: `tau_d dI/dt = y - I`, `tau_r dy/dt = -y`. What `y` starts with for a height of 1 is
//! (tau_r/tau_d)^(-1/(1 - tau_r/tau_d)), which is exp(1 / exprel(ln(tau_r / tau_d))): nothing is 0/0 where the time constants are equal,
//! and the value there is the one of `alpha`, e.

use alif_grammar::{Code, Span, ast, print_expr};

use crate::dimension::Dimension;
use crate::functions::Function;
use crate::ids::{ExprId, StateId};
use crate::model::{Assert, Assign, CompareOp, Equation, ExprKind, Model, OnBlock};
use crate::units;

use super::Checker;
use super::expressions::Place;
use super::kernels::{Kernel, Shape};

impl Checker<'_> {
    /// Reads the time constants of kernels and writes their equations.
    pub(super) fn kernel_equations(&mut self, model: &mut Model) {
        for index in 0..self.kernels.len() {
            let Kernel { arguments, shape, .. } = self.kernels[index];
            let taus: Vec<(ExprId, String)> = arguments
                .iter()
                .map(|tau| self.time_constant(model, index, tau))
                .collect();
            let (decay, rise) = match (shape, &taus[..]) {
                (Some(Shape::Exp), [tau]) => (tau, None),
                (Some(Shape::Alpha), [tau]) => (tau, Some(tau)),
                (Some(Shape::Biexp), [rise, decay]) => (decay, Some(rise)),
                _ => continue,
            };
            let kernel = &self.kernels[index];
            let (span, name, states) = (kernel.span, kernel.name.name.clone(), kernel.states.clone());
            let value = self.push(ExprKind::State(states[0]), span);
            let mut equations = vec![];
            match (rise, states.get(1)) {
                (Some(rise), Some(&hidden)) => {
                    let other = self.kernels[index].rise_name();
                    let follows = self.push(ExprKind::State(hidden), span);
                    let right = self.push(ExprKind::Sub(follows, value), span);
                    equations.push((states[0], decay, right, format!("d{name}/dt = {other} - {name}")));
                    let right = self.push(ExprKind::Neg(follows), span);
                    equations.push((hidden, rise, right, format!("d{other}/dt = -{other}")));
                    self.kernels[index].scale = Some(self.scale(shape == Some(Shape::Biexp), rise, decay, span));
                }
                _ => {
                    let right = self.push(ExprKind::Neg(value), span);
                    equations.push((states[0], decay, right, format!("d{name}/dt = -{name}")));
                }
            }
            for (state, (left, tau), rhs, text) in equations {
                if let Some(place) = model.states.get_mut(state.index()) {
                    place.equation = Some(Equation {
                        left: Some(*left),
                        rhs,
                        span,
                        text: format!("{tau} * {text}"),
                    });
                }
            }
        }
    }

    /// A time constant, and how it is written as a factor. It must be above zero when parameters are bound.
    fn time_constant(&mut self, model: &mut Model, kernel: usize, tau: &ast::Expr) -> (ExprId, String) {
        let (id, of) = self.number(tau, Place::TimeConstant);
        let name = &self.kernels[kernel].name.name;
        if let Some(of) = of.filter(|d| *d != Dimension::TIME) {
            let message = format!(
                "a time constant of `{name}` is a time, but this is {}",
                units::name_of(of)
            );
            self.error(Code::AnnotationUnits, tau.span, message);
        }
        if self.constants[id.index()].is_some_and(|tau| tau <= 0.0) {
            let message = format!("a time constant of `{name}` is not above zero");
            self.error(Code::ParameterRange, tau.span, message);
        }
        let zero = self.push(ExprKind::Number(0.0), tau.span);
        let condition = self.push(ExprKind::Compare(CompareOp::Gt, id, zero), tau.span);
        let written = print_expr(tau);
        model.asserts.push(Assert {
            condition,
            text: format!("{written} > 0 ms"),
            span: tau.span,
        });
        use ast::ExprKind::{Call, Name, Number, Paren};
        let simple = matches!(tau.kind, Name(_) | Number { .. } | Call { .. } | Paren(_));
        (id, if simple { written } else { format!("({written})") })
    }

    /// What the state behind a filtered quantity starts with for a height of 1.
    fn scale(&mut self, two: bool, rise: &(ExprId, String), decay: &(ExprId, String), span: Span) -> (ExprId, String) {
        if !two {
            return (
                self.push(ExprKind::Number(std::f64::consts::E), span),
                "exp(1)".to_owned(),
            );
        }
        let ratio = self.push(ExprKind::Div(rise.0, decay.0), span);
        let logarithm = self.push(ExprKind::Call(Function::Ln, vec![ratio]), span);
        let mean = self.push(ExprKind::Call(Function::Exprel, vec![logarithm]), span);
        let one = self.push(ExprKind::Number(1.0), span);
        let exponent = self.push(ExprKind::Div(one, mean), span);
        let scale = self.push(ExprKind::Call(Function::Exp, vec![exponent]), span);
        (scale, format!("exp(1 / exprel(ln({} / {})))", rise.1, decay.1))
    }

    /// What events do to a kernel, as an `on` block.
    pub(super) fn kernel_block(&mut self, span: Span) -> Option<OnBlock> {
        let index = self.kernels.iter().position(|kernel| kernel.span == span)?;
        let port = self.port_named(self.kernels[index].port)?;
        let kernel = &self.kernels[index];
        let (scale, jumps) = (kernel.scale.clone(), kernel.jumps.clone());
        let mut body = Vec::new();
        match (kernel.shape?, kernel.states.last()) {
            (Shape::Delta, _) => {
                for (state, jump) in jumps {
                    body.push(self.increment(state, Some(jump), String::new(), span));
                }
            }
            (shape, Some(&state)) => {
                let name = match shape {
                    Shape::Exp => kernel.name.name.clone(),
                    _ => kernel.rise_name(),
                };
                let (scale, text) = match scale {
                    Some((scale, text)) => (Some(scale), format!("{name} += {text} * w")),
                    None => (None, format!("{name} += w")),
                };
                body.push(self.increment(state, scale, text, span));
            }
            _ => return None,
        }
        Some(OnBlock {
            port,
            weight: "w".to_owned(),
            after: false,
            body,
            span,
        })
    }

    /// `state += factor * w`
    fn increment(&mut self, state: StateId, factor: Option<ExprId>, text: String, span: Span) -> Assign {
        let old = self.push(ExprKind::State(state), span);
        let weight = self.push(ExprKind::Weight, span);
        let change = factor.map_or(weight, |factor| self.push(ExprKind::Mul(factor, weight), span));
        Assign {
            target: state,
            value: self.push(ExprKind::Add(old, change), span),
            span,
            text,
        }
    }
}
