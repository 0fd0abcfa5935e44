//! The checked model: what each item refers to, and the table of expressions.

use alif_compiler::ids::ExprId;
use alif_compiler::model::{Assign, ExprKind, Model, Unit};
use alif_compiler::units;

/// One line for each item, then the expressions, each of earlier ones. Numbers are in ms, mV, pA, nS, pF and GOhm.
pub(super) fn listing(model: &Model) -> String {
    let mut out = format!("model {}\n\n", model.name);
    let some = |word: &str, id: Option<ExprId>| id.map_or_else(String::new, |id| format!(" {word} {}", name(id)));
    for p in &model.params {
        let (default, condition) = (some("=", p.default), some("where", p.condition));
        out += &format!("param {} : {}{default}{condition}\n", p.name, unit(&p.unit));
    }
    for l in &model.lets {
        out += &format!("let {} : {} = {}\n", l.name, unit(&l.unit), name(l.value));
    }
    for s in &model.states {
        out += &format!("state {} : {}{}\n", s.name, unit(&s.unit), some("=", s.initial));
    }
    for i in &model.inputs {
        out += &format!("input {} : {}\n", i.name, unit(&i.unit));
    }
    for p in &model.ports {
        out += &format!("input {} : event({})\n", p.name, unit(&p.unit));
    }
    for s in &model.states {
        if let Some(equation) = &s.equation {
            let left = equation
                .left
                .map_or_else(String::new, |left| format!("{} * ", name(left)));
            out += &format!(
                "{left}d{}/dt = {}    // {}\n",
                s.name,
                name(equation.rhs),
                equation.text.trim()
            );
        }
    }
    for on in &model.on_blocks {
        let after = if on.after { " after" } else { "" };
        out += &format!(
            "on {}(w){after} {}\n",
            model.ports[on.port.index()].name,
            body(model, &on.body)
        );
    }
    if let Some(spike) = &model.spike {
        let condition = name(spike.condition);
        let (rising, delayed) = (
            rising(spike.rising),
            if spike.delayed.is_some() { " delayed" } else { "" },
        );
        out += &format!(
            "spike when {rising}{condition}{delayed} {}    // {}\n",
            body(model, &spike.body),
            if spike.by_rate {
                spike.head()
            } else {
                spike.text.trim().to_owned()
            }
        );
    }
    for event in &model.events {
        out += &format!(
            "event {} when {}{} {}    // {}\n",
            event.name,
            rising(event.rising),
            name(event.condition),
            body(model, &event.body),
            event.text.trim()
        );
    }
    if let Some(refractory) = &model.refractory {
        let hold: Vec<&str> = refractory
            .hold
            .iter()
            .map(|s| model.states[s.index()].name.as_str())
            .collect();
        let accept: Vec<&str> = refractory
            .accept
            .iter()
            .map(|p| model.ports[p.index()].name.as_str())
            .collect();
        let list = |word: &str, names: &[&str]| match names {
            [] => String::new(),
            names => format!(" {word} {}", names.join(", ")),
        };
        let (hold, accept) = (list("hold", &hold), list("accept", &accept));
        out += &format!("refractory {}{hold}{accept}\n", name(refractory.duration));
    }
    if let Some(learn) = &model.learn {
        if let Some(surrogate) = &learn.surrogate {
            let settings = surrogate
                .settings
                .iter()
                .map(|(name, value)| format!(", {name} = {value}"));
            let settings: String = settings.collect();
            out += &format!(
                "surrogate {}({}{settings})\n",
                surrogate.function,
                name(surrogate.argument)
            );
        }
        for state in &learn.detach {
            out += &format!("detach {}\n", model.states[state.index()].name);
        }
    }
    for assert in &model.asserts {
        out += &format!("assert {}    // {}\n", name(assert.condition), assert.text.trim());
    }
    out.push('\n');
    for (index, expr) in model.exprs.iter().enumerate() {
        out += &format!("e{index} = {}\n", kind(model, &expr.kind));
    }
    out
}

fn rising(rising: bool) -> &'static str {
    if rising { "rising " } else { "" }
}

fn name(id: ExprId) -> String {
    format!("e{}", id.index())
}

/// The unit of the text, and what it is in the coherent set where that differs.
fn unit(unit: &Unit) -> String {
    match (unit.half_decades, unit.known) {
        (0, _) | (_, None) => unit.text.clone(),
        (half, Some(dimension)) => {
            format!(
                "{} (1e{} {})",
                unit.text,
                f64::from(half) / 2.0,
                units::name_of(dimension)
            )
        }
    }
}

fn body(model: &Model, body: &[Assign]) -> String {
    let assign = |a: &Assign| format!("{} = {}; ", model.states[a.target.index()].name, name(a.value));
    format!("{{ {}}}", body.iter().map(assign).collect::<String>())
}

fn kind(model: &Model, kind: &ExprKind) -> String {
    let two = |a: &ExprId, op: &str, b: &ExprId| format!("{} {op} {}", name(*a), name(*b));
    match kind {
        ExprKind::Number(value) => format!("{value:?}"),
        ExprKind::Param(p) => format!("param {}", model.params[p.index()].name),
        ExprKind::Let(l) => format!("let {}", model.lets[l.index()].name),
        ExprKind::State(s) => format!("state {}", model.states[s.index()].name),
        ExprKind::Prev(s) => format!("prev {}", model.states[s.index()].name),
        ExprKind::Input(i) => format!("input {}", model.inputs[i.index()].name),
        ExprKind::Weight => "weight".to_owned(),
        ExprKind::Dt => "dt".to_owned(),
        ExprKind::Time => "t".to_owned(),
        ExprKind::Noise(x) => format!("noise {}", model.noises[x.index()].name),
        ExprKind::Uniform => "chance".to_owned(),
        ExprKind::Neg(a) => format!("-{}", name(*a)),
        ExprKind::Add(a, b) => two(a, "+", b),
        ExprKind::Sub(a, b) => two(a, "-", b),
        ExprKind::Mul(a, b) => two(a, "*", b),
        ExprKind::Div(a, b) => two(a, "/", b),
        ExprKind::Power(a, n) => format!("{}^{n}", name(*a)),
        ExprKind::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().copied().map(name).collect();
            format!("{}({})", function.name(), arguments.join(", "))
        }
        ExprKind::Compare(op, a, b) => two(a, op.symbol(), b),
        ExprKind::Not(a) => format!("not {}", name(*a)),
        ExprKind::And(a, b) => two(a, "and", b),
        ExprKind::Or(a, b) => two(a, "or", b),
        ExprKind::If(c, a, b) => format!("if {} {{ {} }} else {{ {} }}", name(*c), name(*a), name(*b)),
    }
}
