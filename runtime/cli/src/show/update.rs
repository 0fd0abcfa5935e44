//! The derived update as systems of formulas.

use alif_compiler::ids::NodeId;
use alif_compiler::model::Model;
use alif_compiler::update::{Approximate, Block, Rule, Update};

/// All exact blocks with their matrices, then the rule of each state. Numbers are in ms, mV, pA, nS, pF and GOhm.
pub(super) fn listing(model: &Model, update: &Update) -> String {
    let mut out = format!("update {}\n", model.name);
    for (number, block) in update.blocks.iter().enumerate() {
        let ramp = if block.reads_time() { " + R t" } else { "" };
        out += &format!("\nblock {number}, exact: left * dx/dt = A x + F g{ramp}, g constant during a step\n");
        out += &exact(model, update, block);
    }
    if !update.approximate.is_empty() {
        out += "\napproximated together: left * dx/dt = f\n";
        out += &approximate(model, update);
    }
    out.push('\n');
    let width = model
        .states
        .iter()
        .map(|s| s.name.chars().count())
        .max()
        .unwrap_or(0)
        .min(60);
    for (state, rule) in model.states.iter().zip(&update.states) {
        let rule = match rule {
            Rule::Exact { block, row } => format!("exact, row {row} of block {block}"),
            Rule::Approximate { equation } => update.approximate[*equation].solver.name().to_owned(),
            Rule::Constant => "constant between events".to_owned(),
            Rule::SubSteps => "counts sub-steps".to_owned(),
        };
        out += &format!("{:width$}  {rule}\n", state.name);
    }
    out
}

fn exact(model: &Model, update: &Update, block: &Block) -> String {
    let text = |node: &Option<NodeId>, nothing: &str| match node {
        Some(node) => update.graph.text(*node, model),
        None => nothing.to_owned(),
    };
    let states = block.states.iter().map(|s| model.states[s.index()].name.clone());
    let states: Vec<String> = states.collect();
    let forcings = block.forcings.iter().map(|node| update.graph.text(*node, model));
    let mut head = vec!["x".to_owned(), "left".to_owned()];
    head.extend(states.iter().map(|s| format!("A[{s}]")));
    head.extend(forcings.map(|g| format!("F[{g}]")));
    head.extend(
        block
            .noises
            .iter()
            .map(|x| format!("G[{}]", model.noises[x.index()].name)),
    );
    if block.reads_time() {
        head.push("R".to_owned());
    }
    let mut rows = vec![head];
    let (n, m, k) = (block.n(), block.m(), block.noises.len());
    for (row, state) in states.iter().enumerate() {
        let mut cells = vec![state.clone(), text(&block.left[row], "1")];
        cells.extend(block.a[row * n..(row + 1) * n].iter().map(|node| text(node, "0")));
        cells.extend(block.f[row * m..(row + 1) * m].iter().map(|node| text(node, "0")));
        cells.extend(block.g[row * k..(row + 1) * k].iter().map(|node| text(node, "0")));
        if block.reads_time() {
            cells.push(text(&block.ramp[row], "0"));
        }
        rows.push(cells);
    }
    table(&rows)
}

fn approximate(model: &Model, update: &Update) -> String {
    let mut rows = vec![["x", "left", "solver", "f"].map(str::to_owned).to_vec()];
    for equation in &update.approximate {
        rows.push(vec![
            model.states[equation.state.index()].name.clone(),
            equation
                .left
                .map_or_else(|| "1".to_owned(), |left| update.graph.text(left, model)),
            equation.solver.name().to_owned(),
            drift_and_noise(model, update, equation),
        ]);
    }
    let mut out = table(&rows);
    if let Some(wanted) = &update.sub_steps {
        let units = update.approximate.iter().zip(&wanted.units).map(|(equation, unit)| {
            let name = &model.states[equation.state.index()].name;
            format!("{:?} max(|{name}|, {unit:?})", wanted.tolerance)
        });
        let units: Vec<String> = units.collect();
        out += &format!("    the error of a sub-step is at most {}\n", units.join(", "));
    }
    if let Some(limit) = &update.limit {
        let name = &model.states[limit.state.index()].name;
        let threshold = update.graph.text(limit.threshold, model);
        out += &format!("    within a step {name} is seen up to max({threshold}, {name}) at most\n");
    }
    out
}

/// The right-hand side, with the noises behind the drift.
fn drift_and_noise(model: &Model, update: &Update, equation: &Approximate) -> String {
    let mut text = update.graph.text(equation.rhs, model);
    for (noise, factor) in &equation.noise {
        let (factor, noise) = (update.graph.text(*factor, model), &model.noises[noise.index()].name);
        text += &format!(" + ({factor}) * {noise}");
    }
    text
}

/// Columns side by side.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let lines = rows.iter().map(|row| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        format!("    {}\n", cells.join("  ").trim_end())
    });
    lines.collect()
}
