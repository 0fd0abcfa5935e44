//! What a model offers by name, for the runtime.

use alif_core::{
    CheckInfo, CoefficientInfo, InputInfo, ParamInfo, PortInfo, Signature, StateInfo, SubStepsInfo, UnitInfo,
};

use crate::Compiled;
use crate::dimension::Dimension;
use crate::ids::ParamId;
use crate::ir::{Observe, Program, THRESHOLD};
use crate::model::{Model, Unit};
use crate::solver::MOST_SUB_STEPS;

/// The signature of a compiled model.
#[must_use]
pub fn signature(compiled: &Compiled) -> Signature {
    let Compiled { model, program, .. } = compiled;
    Signature {
        name: model.name.clone(),
        docs: model.docs.clone(),
        params: model
            .params
            .iter()
            .enumerate()
            .map(|(index, p)| ParamInfo {
                name: p.name.clone(),
                docs: p.docs.clone(),
                unit: unit(&p.unit),
                default: p.default_text.clone(),
                default_params: default_params(program, index),
                condition: p.condition_text.clone(),
            })
            .collect(),
        states: model
            .states
            .iter()
            .map(|s| StateInfo {
                name: s.name.clone(),
                docs: s.docs.clone(),
                unit: unit(&s.unit),
                initial: s.initial_text.clone(),
                observable: true,
            })
            .collect(),
        lets: program.observe.iter().map(|o| observed(model, o)).collect(),
        inputs: model
            .inputs
            .iter()
            .map(|i| InputInfo {
                name: i.name.clone(),
                docs: i.docs.clone(),
                unit: unit(&i.unit),
            })
            .collect(),
        ports: model
            .ports
            .iter()
            .enumerate()
            .map(|(index, p)| PortInfo {
                name: p.name.clone(),
                docs: p.docs.clone(),
                unit: unit(&p.unit),
                sum: program.layout.ports[index].sum,
                each: program.layout.ports[index].each,
            })
            .collect(),
        spikes: model.spike.is_some(),
        coefficients: program
            .prepare
            .coefficients
            .iter()
            .map(|c| CoefficientInfo {
                name: c.name.clone(),
                params: indices(&c.params),
                steps: c.steps,
                may_be_nan: c.may_be_nan,
            })
            .collect(),
        checks: program
            .prepare
            .checks
            .iter()
            .map(|c| CheckInfo {
                text: c.text.clone(),
                params: indices(&c.params),
            })
            .collect(),
        sub_steps: compiled.update.sub_steps.as_ref().map(|wanted| SubStepsInfo {
            counter: wanted.counter.index(),
            most: MOST_SUB_STEPS,
            tolerance: wanted.tolerance,
        }),
    }
}

fn indices(params: &[ParamId]) -> Vec<usize> {
    params.iter().map(|p| p.index()).collect()
}

fn default_params(program: &Program, param: usize) -> Vec<usize> {
    let default = program.defaults.iter().find(|d| d.param.index() == param);
    default.map_or_else(Vec::new, |d| indices(&d.params))
}

/// A definition, or the threshold that the spike condition compares a state with.
fn observed(model: &Model, observe: &Observe) -> StateInfo {
    let (name, observable) = (observe.name.as_str(), observe.value.is_some());
    match model.lets.iter().find(|l| l.name == name) {
        Some(l) => StateInfo {
            name: l.name.clone(),
            docs: l.docs.clone(),
            unit: unit(&l.unit),
            initial: None,
            observable,
        },
        None => {
            debug_assert_eq!(name, THRESHOLD);
            let of = crate::ir::spike_comparison(model).map(|(state, _)| &model.states[state.index()]);
            StateInfo {
                name: name.to_owned(),
                docs: vec!["what the spike condition compares with".to_owned()],
                unit: of.map_or_else(UnitInfo::one, |state| unit(&state.unit)),
                initial: None,
                observable,
            }
        }
    }
}

/// A unit with its factors.
fn unit(unit: &Unit) -> UnitInfo {
    let dimension = unit.known.unwrap_or(Dimension::DIMENSIONLESS);
    UnitInfo::new(&unit.text, unit.half_decades, dimension.twice_exponents())
}
