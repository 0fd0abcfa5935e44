//! An explanation as JSON.

use serde_json::{Value, json};

use super::Explanation;

impl Explanation {
    /// As JSON text: `model`, `dt` (ms), `parameters` (name, value, unit), `states` (name, unit, equation, method, reason,
    /// `terms` with coefficient, formula, value, factor), `events`, `refractory_steps`, `operations`.
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
                    "method": state.method,
                    "reason": state.reason,
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
        });
        format!("{whole:#}")
    }
}
