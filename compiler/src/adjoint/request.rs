//! What is asked for, checked against the model.

use alif_core::adjoint::{AdjointMap, AdjointOptions, Rule, Wanted};
use alif_grammar::{Code, Diagnostic, Span};

use crate::Compiled;
use crate::functions::Function;
use crate::ids::{ExprId, ParamId, StateId};
use crate::model::{ExprKind, Model};
use crate::surrogate::{self, SURROGATES, SurrogateInfo};

/// A request that the model can meet.
pub(super) struct Request<'a> {
    pub(super) compiled: &'a Compiled,
    /// The surrogate with its settings, for models that spike.
    pub(super) surrogate: Option<(&'static SurrogateInfo, Vec<f64>)>,
    /// States on which effects of the spike pass no gradient.
    pub(super) detached: Vec<StateId>,
    /// Parameters whose gradients are wanted.
    pub(super) params: Vec<ParamId>,
    /// Whether each of them was asked for by name.
    named: bool,
}

impl<'a> Request<'a> {
    pub(super) fn new(compiled: &'a Compiled, options: &AdjointOptions) -> Result<Self, Vec<Diagnostic>> {
        let model = &compiled.model;
        if !compiled.program.loops.is_empty() {
            let message = format!(
                "a step of `{}` is made in sub-steps, whose number has no derivative",
                model.name
            );
            return Err(vec![
                Diagnostic::new(Code::NoGradient, model.span, message)
                    .help("choose a solver with steps of a fixed length, or none"),
            ]);
        }
        let mut faults = Vec::new();
        let mut keep = |result: Result<_, Diagnostic>| result.map_err(|fault| faults.push(fault)).ok();
        let surrogate = keep(surrogate_of(model, options)).flatten();
        let learn = model.learn.as_ref();
        let marked = learn.map_or(&[][..], |learn| &learn.detach);
        let detached = match options.rule {
            Rule::Bptt => &[][..],
            Rule::BpttDetached | Rule::Eprop => marked,
        };
        if options.rule == Rule::BpttDetached && marked.is_empty() {
            let message = format!("`{}` detaches no state, so there is no reset to be cut off", model.name);
            let span = learn.map_or(model.span, |learn| learn.span);
            faults.push(
                Diagnostic::new(Code::NoGradient, span, message)
                    .help("mark the states that the spike resets: `learn { … detach V; }`, or use the rule `bptt`"),
            );
        }
        faults.extend(detach_in_equations(model));
        let mut params = Vec::new();
        match &options.params {
            Wanted::None => {}
            Wanted::All => params.extend((0..model.params.len()).map(ParamId::new)),
            Wanted::Named(names) => {
                for name in names {
                    match model.params.iter().position(|param| param.name == *name) {
                        Some(param) => params.push(ParamId::new(param)),
                        None => faults.push(unknown_param(model, name)),
                    }
                }
            }
        }
        params.sort_unstable();
        params.dedup();
        if !faults.is_empty() {
            return Err(alif_grammar::in_order(faults));
        }
        Ok(Self {
            compiled,
            surrogate,
            detached: detached.to_vec(),
            params,
            named: matches!(options.params, Wanted::Named(_)),
        })
    }

    /// A parameter that was asked for by name has a gradient.
    pub(super) fn check_found(&self, map: &AdjointMap) -> Result<(), Vec<Diagnostic>> {
        let model = &self.compiled.model;
        let without = |param: &&ParamId| map.params.iter().all(|found| found.param != param.index());
        let faults: Vec<Diagnostic> = self
            .params
            .iter()
            .filter(|_| self.named)
            .filter(without)
            .map(|param| {
                let param = &model.params[param.index()];
                let message = format!("the gradient by `{}` is zero everywhere", param.name);
                Diagnostic::new(Code::NoGradient, param.span, message).help(
                    "what it decides, such as a number of steps or which branch is taken, changes by jumps; set it by search instead",
                )
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

fn unknown_param(model: &Model, name: &str) -> Diagnostic {
    let message = format!("`{}` has no parameter `{name}`", model.name);
    let diagnostic = Diagnostic::new(Code::UnknownName, model.span, message);
    let names: Vec<&str> = model.params.iter().map(|param| param.name.as_str()).collect();
    match alif_core::nearest(name, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("its parameters are {}", names.join(", "))),
    }
}

/// The surrogate: the one that was chosen, or that of the model.
fn surrogate_of(
    model: &Model,
    options: &AdjointOptions,
) -> Result<Option<(&'static SurrogateInfo, Vec<f64>)>, Diagnostic> {
    let Some(spike) = &model.spike else {
        return match &options.surrogate {
            None => Ok(None),
            Some(choice) => {
                let message = format!(
                    "`{}` has no spike condition, so the surrogate `{}` is for nothing",
                    model.name, choice.name
                );
                Err(Diagnostic::new(Code::NoGradient, model.span, message))
            }
        };
    };
    if spike.by_rate {
        let message = "chance decides on these spikes, and what it decides has no derivative";
        return Err(Diagnostic::new(Code::NoGradient, spike.span, message)
            .help("give the model a spike condition, `spike when …`, with noise in an equation if it is to vary"));
    }
    let own = model.learn.as_ref().and_then(|learn| learn.surrogate.as_ref());
    let Some(own) = own else {
        let message = format!("`{}` has no surrogate for the derivative of its spike", model.name);
        let (span, help) = match &model.learn {
            Some(learn) => (learn.span, "add one, such as `surrogate relu_grad((V - V_th) / V_th);`"),
            None => (
                spike.span,
                "add one, such as `learn { surrogate relu_grad((V - V_th) / V_th); }`",
            ),
        };
        return Err(Diagnostic::new(Code::NoGradient, span, message).help(help));
    };
    let (name, given) = match &options.surrogate {
        None => (&own.function, &own.settings),
        Some(choice) => (&choice.name, &choice.settings),
    };
    let span = model.expr(own.argument).span;
    let Some(row) = surrogate::named(name) else {
        let message = format!("there is no surrogate `{name}`");
        let names: Vec<&str> = SURROGATES.iter().map(|row| row.name).collect();
        return Err(
            Diagnostic::new(Code::UnknownName, span, message).help(format!("the surrogates are {}", names.join(", ")))
        );
    };
    match row.settings(given) {
        Ok(settings) => Ok(Some((row, settings))),
        Err(message) => Err(Diagnostic::new(Code::NumberRange, span, message)),
    }
}

/// `detach(…)` in equations: solvers take equations apart, so that nothing would be left of it.
fn detach_in_equations(model: &Model) -> Vec<Diagnostic> {
    let mut found: Vec<Span> = Vec::new();
    let equations = model.states.iter().filter_map(|state| state.equation.as_ref());
    for equation in equations {
        let mut stack: Vec<ExprId> = equation.left.into_iter().chain([equation.rhs]).collect();
        let mut seen = vec![false; model.exprs.len()];
        while let Some(id) = stack.pop() {
            if std::mem::replace(&mut seen[id.index()], true) {
                continue;
            }
            let expr = model.expr(id);
            match &expr.kind {
                ExprKind::Call(Function::Detach, _) => found.push(expr.span),
                ExprKind::Let(of) => stack.push(model.lets[of.index()].value),
                kind => stack.extend(kind.operands()),
            }
        }
    }
    found.sort_unstable_by_key(|span| (span.start, span.end));
    found.dedup();
    let fault = |span| {
        let message =
            "`detach` in an equation has no gradient that could be cut off: the solution of the equation is one whole";
        Diagnostic::new(Code::NoGradient, span, message)
            .help("`detach` counts in `spike`, `event` and `on` blocks, in initial values and in the argument of the surrogate")
    };
    found.into_iter().map(fault).collect()
}
