//! Parameters, definitions, states, inputs and ports: their units and values.

use std::collections::BTreeSet;

use alif_grammar::{Code, Diagnostic, ast, print_expr};
use ast::{InputKind, ItemKind};

use crate::dimension::Dimension;
use crate::ids::{ExprId, LetId, ParamId, StateId};
use crate::model::{ExprKind, Input, Let, Model, Noise, Param, Port, State, Unit};
use crate::units;

use super::declarations::{Entity, Reads};
use super::expressions::{Place, is_plain_zero};
use super::order::ItemIndex;
use super::{Checker, Type, docs};

/// What the definitions of a model come to, in the order of their ids.
pub(super) struct Definitions {
    pub(super) params: Vec<Param>,
    pub(super) param_order: Vec<ParamId>,
    pub(super) lets: Vec<Let>,
    pub(super) states: Vec<State>,
    pub(super) state_order: Vec<StateId>,
    pub(super) inputs: Vec<Input>,
    pub(super) ports: Vec<Port>,
    pub(super) noises: Vec<Noise>,
}

/// The unit and the value of one definition.
struct Defined {
    unit: Unit,
    value: Option<ExprId>,
}

impl Checker<'_> {
    /// Reads all definitions in an order in which each needs only earlier ones.
    pub(super) fn definitions(&mut self, order: &[ItemIndex]) -> Definitions {
        let source = self.source;
        let inputs_and_ports = self.inputs_and_ports();
        let mut params: Vec<Option<Param>> = vec![None; self.names.params.len()];
        let mut lets: Vec<Option<Let>> = vec![None; self.names.lets.len()];
        let mut states: Vec<Option<State>> = vec![None; self.names.states.len()];
        let (mut param_order, mut state_order) = (vec![], vec![]);
        let ids = self.ids_of_items();
        let made = self.kernel_states().into_iter().chain(self.spiked_state());
        for (id, state) in made.collect::<Vec<_>>() {
            state_order.push(id);
            states[id.index()] = Some(state);
        }
        for &index in order {
            let item = &source.items[index];
            let docs = docs(&item.docs);
            match (&item.kind, ids[index]) {
                (
                    ItemKind::Param {
                        name,
                        unit,
                        value,
                        condition,
                    },
                    Some(Entity::Param(id)),
                ) => {
                    let defined = self.define(name, unit.as_ref(), value.as_ref(), Place::Default);
                    if unit.is_none() && value.is_none() {
                        let message = format!("parameter `{}` has neither a unit nor a value", name.name);
                        self.report(
                            Diagnostic::new(Code::AnnotationUnits, name.span, message)
                                .help(format!("write `param {0} : mV;` or `param {0} = 1 mV;`", name.name)),
                        );
                    }
                    self.names.params[id.index()] = self.last_type(&defined);
                    param_order.push(id);
                    params[id.index()] = Some(Param {
                        name: name.name.clone(),
                        docs,
                        span: name.span,
                        unit: defined.unit,
                        default: defined.value,
                        default_text: value.as_ref().map(print_expr),
                        condition: None,
                        condition_text: condition.as_ref().map(print_expr),
                    });
                }
                (ItemKind::Let { name, unit, value }, Some(Entity::Let(id))) => {
                    let defined = self.define(name, unit.as_ref(), Some(value), Place::Let);
                    self.names.lets[id.index()] = self.last_type(&defined);
                    let text = print_expr(value);
                    if let Some(value) = defined.value {
                        self.names.let_reads[id.index()] = self.reads(value);
                        lets[id.index()] = Some(Let {
                            name: name.name.clone(),
                            docs,
                            span: name.span,
                            unit: defined.unit,
                            value,
                            text,
                        });
                    }
                }
                (ItemKind::State { name, unit, value }, Some(Entity::State(id))) => {
                    let defined = self.define(name, unit.as_ref(), value.as_ref(), Place::Initial);
                    self.names.states[id.index()] = self.last_type(&defined);
                    state_order.push(id);
                    states[id.index()] = Some(State {
                        name: name.name.clone(),
                        docs,
                        span: name.span,
                        unit: defined.unit,
                        initial: defined.value,
                        initial_text: value.as_ref().map(print_expr),
                        equation: None,
                    });
                }
                (ItemKind::Fn { .. }, Some(Entity::Function(index))) => self.function(index),
                _ => {}
            }
        }
        let (inputs, ports) = inputs_and_ports;
        Definitions {
            params: params.into_iter().flatten().collect(),
            param_order,
            lets: lets.into_iter().flatten().collect(),
            states: states.into_iter().flatten().collect(),
            state_order,
            inputs,
            ports,
            noises: self.noises(),
        }
    }

    /// The id that `declare` gave to each item.
    fn ids_of_items(&self) -> Vec<Option<Entity>> {
        let (mut params, mut lets, mut states, mut functions, mut kernels) = (0, 0, 0, 0, 0);
        let next = |counter: &mut usize| {
            *counter += 1;
            *counter - 1
        };
        self.source
            .items
            .iter()
            .map(|item| match &item.kind {
                ItemKind::Param { .. } => Some(Entity::Param(ParamId::new(next(&mut params)))),
                ItemKind::Let { .. } => Some(Entity::Let(LetId::new(next(&mut lets)))),
                ItemKind::State { .. } => Some(Entity::State(StateId::new(next(&mut states)))),
                ItemKind::Fn { .. } => Some(Entity::Function(next(&mut functions))),
                ItemKind::Kernel { .. } => {
                    states += self.kernels[next(&mut kernels)].states();
                    None
                }
                _ => None,
            })
            .collect()
    }

    fn last_type(&self, defined: &Defined) -> Type {
        defined.unit.known.map_or(Type::Unknown, Type::Number)
    }

    /// Reads the unit and the value of a definition and compares them.
    fn define(
        &mut self,
        name: &ast::Ident,
        unit: Option<&ast::Unit>,
        value: Option<&ast::Expr>,
        place: Place,
    ) -> Defined {
        let annotated = unit.map(|unit| (unit, self.unit(unit)));
        let read = value.map(|value| (value, self.number(value, place)));
        if let (Some((unit, Some(wanted))), Some((value, (_, Some(found))))) = (&annotated, &read)
            && wanted.dimension != *found
            && !is_plain_zero(value)
        {
            let (x, y) = (unit_text(unit), self.unit_shown(value, *found));
            let message = format!("`{}` is declared in {x}, but its value is {y}", name.name);
            self.report(
                Diagnostic::new(Code::AnnotationUnits, value.span, message)
                    .label(format!("this is {y}"))
                    .also(unit.span, format!("declared as {x}")),
            );
        }
        let id = read.map(|(_, (id, _))| id);
        if let Some(id) = id
            && self.constants[id.index()].is_some_and(|constant| !constant.is_finite())
            && !matches!(self.exprs[id.index()].kind, ExprKind::Number(_))
        {
            let span = self.exprs[id.index()].span;
            self.error(
                Code::NumberRange,
                span,
                format!("the value of `{}` is not finite", name.name),
            );
        }
        let unit = match (annotated, read) {
            (Some((unit, known)), _) => Unit {
                text: unit_text(unit),
                half_decades: known.map_or(0, |u| u.scale2),
                known: known.map(|u| u.dimension),
            },
            (None, Some((value, (_, Some(dimension))))) => self.unit_of_value(value, dimension),
            (None, Some((_, (_, None)))) => Unit {
                known: None,
                ..Unit::one()
            },
            (None, None) => Unit::one(),
        };
        self.declared_units.insert(name.name.clone(), unit.clone());
        Defined { unit, value: id }
    }

    /// The unit in which a value was written: that of its literal, or of the name it repeats.
    fn unit_of_value(&self, value: &ast::Expr, dimension: Dimension) -> Unit {
        match &value.kind {
            ast::ExprKind::Number { unit: Some(unit), .. } => {
                let factors: Vec<(&str, i32, i32)> = unit
                    .factors
                    .iter()
                    .map(|f| (f.name.name.as_str(), f.numerator, f.denominator))
                    .collect();
                units::combine(&factors).map_or_else(
                    |_| Unit::coherent(dimension),
                    |known| Unit {
                        text: unit_text(unit),
                        half_decades: known.scale2,
                        known: Some(dimension),
                    },
                )
            }
            ast::ExprKind::Paren(inner) | ast::ExprKind::Neg(inner) => self.unit_of_value(inner, dimension),
            ast::ExprKind::Name(name) if self.argument(name).is_none() => self
                .declared_units
                .get(name)
                .cloned()
                .unwrap_or_else(|| Unit::coherent(dimension)),
            _ => Unit::coherent(dimension),
        }
    }

    /// The unit of an expression as the user wrote it, where that is in one place; else the coherent one.
    pub(super) fn unit_shown(&self, expr: &ast::Expr, dimension: Dimension) -> String {
        self.unit_of_value(expr, dimension).text
    }

    /// What an expression reads besides parameters, also through other definitions.
    pub(super) fn reads(&self, root: ExprId) -> Reads {
        let mut reads = Reads::default();
        let mut stack = vec![root];
        // An argument of a function may occur in its body more than once.
        let mut seen = BTreeSet::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match &self.exprs[id.index()].kind {
                ExprKind::State(_) => reads.states = true,
                ExprKind::Input(_) => reads.inputs = true,
                ExprKind::Prev(_) => reads.previous = true,
                ExprKind::Time => reads.time = true,
                ExprKind::Noise(_) => reads.noise = true,
                ExprKind::Let(l) => {
                    let inner = self.names.let_reads[l.index()];
                    reads.states |= inner.states;
                    reads.inputs |= inner.inputs;
                    reads.previous |= inner.previous;
                    reads.time |= inner.time;
                    reads.noise |= inner.noise;
                }
                kind => stack.extend(kind.operands()),
            }
        }
        reads
    }

    /// The noises, in the order of the text.
    fn noises(&self) -> Vec<Noise> {
        let of = |item: &ast::Item| match &item.kind {
            ItemKind::Noise { name } => Some(Noise {
                name: name.name.clone(),
                span: name.span,
                given: None,
            }),
            _ => None,
        };
        self.source.items.iter().filter_map(of).collect()
    }

    fn inputs_and_ports(&mut self) -> (Vec<Input>, Vec<Port>) {
        let source = self.source;
        let (mut inputs, mut ports) = (vec![], vec![]);
        for item in &source.items {
            let ItemKind::Input { name, kind } = &item.kind else {
                continue;
            };
            let (InputKind::Continuous(unit) | InputKind::Event(unit)) = kind;
            let unit = unit.as_ref().map_or_else(Unit::one, |unit| {
                let known = self.unit(unit);
                Unit {
                    text: unit_text(unit),
                    half_decades: known.map_or(0, |u| u.scale2),
                    known: known.map(|u| u.dimension),
                }
            });
            self.declared_units.insert(name.name.clone(), unit.clone());
            let of = unit.known.map_or(Type::Unknown, Type::Number);
            let (name, span) = (name.name.clone(), name.span);
            let docs = docs(&item.docs);
            match kind {
                InputKind::Continuous(_) => {
                    self.names.inputs[inputs.len()] = of;
                    inputs.push(Input { name, docs, span, unit });
                }
                InputKind::Event(_) => {
                    self.names.ports[ports.len()] = of;
                    ports.push(Port { name, docs, span, unit });
                }
            }
        }
        (inputs, ports)
    }

    /// Conditions of parameters and assertions: read when all names have their dimension.
    pub(super) fn conditions(&mut self, model: &mut Model) {
        let source = self.source;
        let ids = self.ids_of_items();
        for (item, id) in source.items.iter().zip(ids) {
            match (&item.kind, id) {
                (
                    ItemKind::Param {
                        condition: Some(condition),
                        ..
                    },
                    Some(Entity::Param(id)),
                ) => {
                    let condition = self.condition(condition, Place::Condition);
                    if let Some(param) = model.params.get_mut(id.index()) {
                        param.condition = Some(condition);
                    }
                }
                (ItemKind::Assert { condition }, _) => {
                    let text = print_expr(condition);
                    let id = self.condition(condition, Place::Assert);
                    model.asserts.push(crate::model::Assert {
                        condition: id,
                        text,
                        span: item.span,
                    });
                }
                _ => {}
            }
        }
    }
}

/// A unit as the model writes it, without brackets.
fn unit_text(unit: &ast::Unit) -> String {
    alif_grammar::print_unit(unit)
}
