//! What an adjoint offers by name, for the runtime.

use alif_core::{InputInfo, Signature, StateInfo, UnitInfo};

use crate::Compiled;
use crate::ir::Program;

use super::{Adjoint, Eligibility};

/// The signature of an adjoint: that of the model with other states and inputs, whose numbers are in the coherent set.
#[must_use]
pub fn signature(compiled: &Compiled, adjoint: &Adjoint) -> Signature {
    with_names(compiled, &adjoint.program, adjoint.map.signature_inputs())
}

/// The signature of the program for eligibility traces.
#[must_use]
pub fn eligibility_signature(compiled: &Compiled, eligibility: &Eligibility) -> Signature {
    let map = &eligibility.map;
    with_names(compiled, &eligibility.program, map.before.len() + map.drives.len())
}

/// Times and keys, behind the first `inputs`, are written by whoever runs steps.
fn with_names(compiled: &Compiled, program: &Program, inputs: usize) -> Signature {
    let model = &compiled.model;
    let own = Compiled {
        program: program.clone(),
        ..compiled.clone()
    };
    debug_assert_eq!(model.params.len(), program.param_names.len());
    let state = |name: &String| StateInfo {
        name: name.clone(),
        docs: vec![],
        unit: UnitInfo::one(),
        initial: None,
        observable: true,
    };
    let input = |name: &String| InputInfo {
        name: name.clone(),
        docs: vec![],
        unit: UnitInfo::one(),
    };
    Signature {
        name: program.name.clone(),
        docs: vec![],
        states: program.state_names.iter().map(state).collect(),
        lets: vec![],
        inputs: program.input_names[..inputs].iter().map(input).collect(),
        spikes: false,
        ..crate::signature(&own)
    }
}
