//! What happens at events: `on` blocks, the refractory period, and the statements of all blocks.

use alif_grammar::{Code, Diagnostic, Span, ast, print_expr};
use ast::{AssignOp, ItemKind};

use crate::dimension::Dimension;
use crate::ids::PortId;
use crate::model::{Assign, ExprKind, Model, OnBlock, Refractory};
use crate::units;

use super::declarations::Entity;
use super::expressions::Place;
use super::{Checker, Type};

impl Checker<'_> {
    /// Reads `on`, `spike` and `refractory`.
    pub(super) fn events(&mut self, model: &mut Model) {
        let source = self.source;
        let mut first_spike: Option<Span> = None;
        let mut first_refractory: Option<Span> = None;
        for item in &source.items {
            match &item.kind {
                ItemKind::On {
                    port,
                    weight,
                    after,
                    body,
                } => {
                    let port = self.port_named(port);
                    let kind = port.map_or(Type::Unknown, |p| self.names.ports[p.index()]);
                    if let Some((_, declared)) = self.names.by_name.get(&weight.name) {
                        let declared = *declared;
                        let message = format!("the weight `{}` has the name of something else", weight.name);
                        self.report(
                            Diagnostic::new(Code::DeclaredTwice, weight.span, message)
                                .also(declared, "declared here")
                                .help("choose another name for the weight, such as `w`"),
                        );
                    }
                    self.names.weight = Some((weight.name.clone(), kind));
                    let body = self.assignments(body, Place::On);
                    self.names.weight = None;
                    if let Some(port) = port {
                        model.on_blocks.push(OnBlock {
                            port,
                            weight: weight.name.clone(),
                            after: *after,
                            body,
                            span: item.span,
                        });
                    }
                }
                ItemKind::Kernel { .. } => model.on_blocks.extend(self.kernel_block(item.span)),
                ItemKind::Spike { trigger, delayed, body } => {
                    if let Some(first) = first_spike {
                        let message = "a model has one spike condition";
                        self.report(
                            Diagnostic::new(Code::SpikeTwice, item.span, message)
                                .also(first, "the first one")
                                .help("join the conditions with `or`"),
                        );
                        continue;
                    }
                    first_spike = Some(item.span);
                    model.spike = Some(self.spike(trigger, *delayed, body, item.span));
                }
                ItemKind::Refractory { duration, hold, accept } => {
                    if let Some(first) = first_refractory {
                        let message = "a model has one refractory period";
                        self.report(Diagnostic::new(Code::SpikeTwice, item.span, message).also(first, "the first one"));
                        continue;
                    }
                    first_refractory = Some(item.span);
                    model.refractory = self.refractory(duration, hold, accept, item.span);
                }
                ItemKind::Event {
                    name,
                    rising,
                    condition,
                    body,
                } => {
                    let event = self.event(name, *rising, condition, body, item.span);
                    model.events.push(event);
                }
                _ => {}
            }
        }
        if let (Some(span), None) = (first_refractory, first_spike) {
            let message = "a refractory period follows a spike, but this model has no spike condition";
            self.report(
                Diagnostic::new(Code::RefractoryWithoutSpike, span, message)
                    .help("say when it spikes: `spike when V > V_th { V = V_reset; }`"),
            );
        }
        for (index, port) in model.ports.iter().enumerate() {
            let received = model.on_blocks.iter().any(|on| on.port.index() == index);
            if !received && !self.names.used.contains(&port.name) {
                let message = format!("nothing receives the events of `{}`", port.name);
                self.diagnostics.push(
                    Diagnostic::new(Code::PortNeverUsed, port.span, message)
                        .help(format!("say what they do: `on {}(w) {{ V += w; }}`", port.name)),
                );
            }
        }
    }

    pub(super) fn port_named(&mut self, port: &ast::Ident) -> Option<PortId> {
        self.names.used.insert(port.name.clone());
        let message = match self.entity(&port.name) {
            Some(Entity::Port(id)) => return Some(id),
            Some(Entity::Unsupported) => return None,
            Some(other) => format!("`{}` is {}, not an event port", port.name, other.noun()),
            None => format!("there is no event port `{}`", port.name),
        };
        let ports: Vec<String> = self
            .names
            .by_name
            .iter()
            .filter(|(_, (entity, _))| matches!(entity, Entity::Port(_)))
            .map(|(name, _)| name.clone())
            .collect();
        let mut diagnostic = Diagnostic::new(Code::UnknownPort, port.span, message);
        diagnostic = match alif_core::nearest(&port.name, ports.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("declare it: `input {} : event(mV);`", port.name)),
        };
        self.report(diagnostic);
        None
    }

    fn refractory(
        &mut self,
        duration: &ast::Expr,
        hold_names: &[ast::Ident],
        accept: &[ast::Ident],
        span: Span,
    ) -> Option<Refractory> {
        let (id, of) = self.number(duration, Place::Duration);
        if let Some(of) = of.filter(|d| *d != Dimension::TIME) {
            let message = format!("a refractory period is a time, but this is {}", units::name_of(of));
            self.report(
                Diagnostic::new(Code::AnnotationUnits, duration.span, message)
                    .help("give it in ms: `refractory 2 ms;`"),
            );
        }
        let hold: Vec<_> = hold_names
            .iter()
            .filter_map(|name| {
                self.names.used.insert(name.name.clone());
                self.state_named(name, Code::HoldNonState, "`hold`")
            })
            .collect();
        if let (true, Some(first)) = (hold.is_empty(), accept.first()) {
            let message = "`accept` names ports that still reach held states, but no state is held";
            self.report(
                Diagnostic::new(Code::AcceptWithoutHold, first.span, message)
                    .help("write `hold V accept …`, or leave `accept` out: without `hold` every event is received"),
            );
        }
        let names = |word: &str, names: &[ast::Ident]| {
            let names: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
            if names.is_empty() {
                String::new()
            } else {
                format!(" {word} {}", names.join(", "))
            }
        };
        let text = format!(
            "refractory {}{}{}",
            print_expr(duration),
            names("hold", hold_names),
            names("accept", accept)
        );
        let accept = accept.iter().filter_map(|port| self.port_named(port)).collect();
        Some(Refractory {
            duration: id,
            text,
            hold,
            accept,
            span,
        })
    }

    pub(super) fn assignments(&mut self, body: &[ast::Assign], place: Place) -> Vec<Assign> {
        body.iter()
            .filter_map(|assign| self.assignment(assign, place))
            .collect()
    }

    fn assignment(&mut self, assign: &ast::Assign, place: Place) -> Option<Assign> {
        let is_weight = self
            .names
            .weight
            .as_ref()
            .is_some_and(|(name, _)| *name == assign.target.name);
        let target = if is_weight {
            let message = format!(
                "`{}` is the weight of the event and cannot be assigned",
                assign.target.name
            );
            self.error(Code::AssignToConstant, assign.target.span, message);
            None
        } else {
            self.state_named(&assign.target, Code::AssignToConstant, "cannot assign to")
        };
        let (value, of) = self.number(&assign.value, place);
        let state = target?;
        self.names.assigned[state.index()] = true;
        if let (Type::Number(wanted), Some(found)) = (self.names.states[state.index()], of) {
            let fits = match assign.op {
                AssignOp::Set | AssignOp::Add | AssignOp::Sub => wanted == found,
                AssignOp::Mul | AssignOp::Div => found == Dimension::DIMENSIONLESS,
            };
            if !fits {
                self.assignment_units(assign, wanted, found);
            }
        }
        let span = assign.span;
        let old = self.push(ExprKind::State(state), assign.target.span);
        let (value, sign) = match assign.op {
            AssignOp::Set => (value, "="),
            AssignOp::Add => (self.push(ExprKind::Add(old, value), span), "+="),
            AssignOp::Sub => (self.push(ExprKind::Sub(old, value), span), "-="),
            AssignOp::Mul => (self.push(ExprKind::Mul(old, value), span), "*="),
            AssignOp::Div => (self.push(ExprKind::Div(old, value), span), "/="),
        };
        let text = format!("{} {sign} {}", assign.target.name, print_expr(&assign.value));
        Some(Assign {
            target: state,
            value,
            span,
            text,
        })
    }

    fn assignment_units(&mut self, assign: &ast::Assign, wanted: Dimension, found: Dimension) {
        let name = &assign.target.name;
        let x = self
            .declared_units
            .get(name)
            .map_or_else(|| units::name_of(wanted), |unit| unit.text.clone());
        let y = self.unit_shown(&assign.value, found);
        let message = match assign.op {
            AssignOp::Set => format!("`{name}` is {x} and cannot become {y}"),
            AssignOp::Add => format!("cannot add {y} to `{name}`, which is {x}"),
            AssignOp::Sub => format!("cannot subtract {y} from `{name}`, which is {x}"),
            AssignOp::Mul => format!("multiplying `{name}` with {y} would change its unit, {x}"),
            AssignOp::Div => format!("dividing `{name}` by {y} would change its unit, {x}"),
        };
        let mut diagnostic =
            Diagnostic::new(Code::AssignUnits, assign.value.span, message).label(format!("this is {y}"));
        let literal = matches!(&assign.value.kind, ast::ExprKind::Number { unit: None, .. });
        if literal && !matches!(assign.op, AssignOp::Mul | AssignOp::Div) {
            diagnostic = diagnostic.help(format!("give the number its unit: `{} {x}`", print_expr(&assign.value)));
        } else if let Some(help) = self.missing_factor_help(wanted, found, &assign.value) {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
    }
}
