//! An explanation as JSON.

use serde_json::{Value, json};

use super::certificate::{Bound, Certificate, TARGET};
use super::{DecidingTerm, Explanation};

impl Explanation {
    /// As JSON text: `model`, `dt` (ms), `parameters` (name, value, unit), `states` (name, unit, equation, class, method, reason, `term`
    /// that decides with its place, `terms` with coefficient, formula, value, factor), `events`, `refractory_steps`, `operations`, and the
    /// `certificate`, which has the fields of [`Certificate`]; a range is in the unit of its state. A number that is not finite is `null`.
    #[must_use]
    pub fn json(&self) -> String {
        let states: Vec<Value> = self
            .states
            .iter()
            .map(|state| {
                let terms: Vec<Value> = state
                    .terms
                    .iter()
                    .map(|t| {
                        json!({
                            "coefficient": t.coefficient,
                            "formula": t.formula,
                            "value": t.value,
                            "factor": t.factor,
                        })
                    })
                    .collect();
                json!({
                    "name": state.name,
                    "unit": state.unit,
                    "equation": state.equation,
                    "class": state.class.name(),
                    "method": state.method,
                    "reason": state.reason,
                    "term": state.term.as_ref().map(deciding_term),
                    "terms": terms,
                })
            })
            .collect();
        let params: Vec<Value> = self
            .params
            .iter()
            .map(|p| json!({ "name": p.name, "value": p.value, "unit": p.unit }))
            .collect();
        let operations: serde_json::Map<String, Value> = self
            .operations
            .iter()
            .map(|(name, n)| ((*name).to_owned(), json!(n)))
            .collect();
        let whole = json!({
            "model": self.model,
            "docs": self.docs,
            "dt": self.dt,
            "parameters": params,
            "states": states,
            "events": self.events,
            "refractory_steps": self.refractory_steps,
            "operations": operations,
            "certificate": certificate(&self.certificate),
        });
        format!("{whole:#}")
    }
}

fn deciding_term(term: &DecidingTerm) -> Value {
    let place = term.place.as_ref();
    json!({
        "text": place.map_or(&term.text, |place| &place.quoted),
        "start": term.span.start,
        "end": term.span.end,
        "file": place.map(|place| &place.file),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
    })
}

fn certificate(certificate: &Certificate) -> Value {
    let bound = |bound: Bound| json!({ "measured": bound.measured, "limit": bound.limit, "holds": bound.holds() });
    let exact: Vec<Value> = certificate
        .exact
        .iter()
        .map(|block| {
            json!({
                "states": block.states,
                "held": block.held,
                "half": block.half,
                "numbers": block.numbers,
                "compared": block.compared,
                "units_in_the_last_place": bound(block.units),
                "relative": block.relative,
                "semigroup": bound(block.semigroup),
                "slope": bound(block.slope),
                "slope_step": block.slope_step,
                "covariance": block.covariance.map(bound),
                "holds": block.holds(),
            })
        })
        .collect();
    let local = certificate.local.as_ref().map(|local| {
        let states: Vec<Value> = local
            .states
            .iter()
            .map(|state| {
                let error = state.error.as_ref();
                let found = error.and_then(|error| error.dt);
                json!({
                    "name": state.name,
                    "order": state.order,
                    "range": state.range,
                    "largest": error.map(|error| error.largest),
                    "along": error.map(|error| error.along),
                    "when": error.map(|error| error.when),
                    "median": error.map(|error| error.median),
                    "dt": found.map(|found| found.dt),
                    "measured": found.map(|found| found.measured),
                })
            })
            .collect();
        json!({
            "stimuli": local.stimuli,
            "duration": local.duration,
            "steps": local.steps,
            "measured": local.measured,
            "spikes": local.spikes,
            "runaway": local.runaway,
            "diverged": local.diverged,
            "without_noise": local.without_noise,
            "target": TARGET,
            "states": states,
        })
    });
    json!({ "precision": certificate.precision.to_string(), "exact": exact, "local": local })
}
