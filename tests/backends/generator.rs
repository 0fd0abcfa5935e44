//! Random models: linear systems, event blocks, conditions and resets with everything that kernels can compute.

mod expressions;
mod names;

use std::fmt::Write as _;

use crate::support::Random;
use expressions::Scope;
use names::Names;

/// The text of one random model in the making.
pub(crate) struct Generator<'a> {
    random: &'a mut Random,
    names: Names,
    /// How many parameters can be read so far.
    params: usize,
    text: String,
}

/// A random model of this name as text.
pub(crate) fn random_model(random: &mut Random, name: &str) -> String {
    let (states, params) = (1 + random.below(6), 1 + random.below(4));
    let (inputs, ports, lets) = (random.below(3), random.below(3), random.below(4));
    let names = Names::new(random, [states, params, inputs, ports, lets]);
    let mut generator = Generator {
        names,
        params: 0,
        text: format!("model {name} {{\n"),
        random,
    };
    generator.declarations();
    generator.definitions();
    let mut changed = generator.equations();
    changed |= generator.on_blocks();
    generator.spike(changed);
    generator.text + "}\n"
}

impl Generator<'_> {
    fn line(&mut self, line: &str) {
        writeln!(self.text, "    {line}").expect("a text takes every line");
    }

    fn number(&mut self) -> String {
        let value = self.random.between(-2.0, 2.0);
        if value < 0.0 {
            format!("({value:.3})")
        } else {
            format!("{value:.3}")
        }
    }

    fn pick(&mut self, words: &[&str]) -> String {
        words[self.random.below(words.len())].to_owned()
    }

    fn state(&mut self) -> String {
        self.names.states[self.random.below(self.names.states.len())].clone()
    }

    fn param(&mut self) -> String {
        self.names.params[self.random.below(self.params)].clone()
    }

    fn declarations(&mut self) {
        let names = self.names.clone();
        for p in &names.params {
            // A default may need the parameters before it.
            let default = if self.params > 0 && self.random.chance(25) {
                self.constant()
            } else {
                self.number()
            };
            self.line(&format!("param {p} = {default};"));
            self.params += 1;
        }
        for (at, (s, tau)) in names.states.iter().zip(&names.taus).enumerate() {
            let value = self.random.between(0.3, 50.0);
            let initial = match self.random.below(5) {
                0 => self.constant(),
                1 if at > 0 => format!("{} * {}", names.states[self.random.below(at)], self.constant()),
                _ => self.number(),
            };
            self.line(&format!("param {tau} = {value:.3} ms where {tau} > 0 ms;"));
            self.line(&format!("state {s} = {initial};"));
        }
        for u in &names.inputs {
            self.line(&format!("input {u};"));
        }
        for e in &names.ports {
            self.line(&format!("input {e} : event;"));
        }
        if self.random.chance(20) {
            self.line(&format!("assert {} < 1000.0 ms;", names.taus[0]));
        }
        self.line("fn mix(x, y) { x * y - 0.5 * x }");
    }

    fn definitions(&mut self) {
        for (at, name) in self.names.lets.clone().into_iter().enumerate() {
            let scope = Scope {
                states: true,
                inputs: self.random.chance(50),
                previous: false,
                weight: false,
                time: false,
                lets: at,
            };
            let value = self.value(2, scope);
            self.line(&format!("let {name} = {value};"));
        }
    }

    /// A constant: of numbers and parameters, through any function.
    fn constant(&mut self) -> String {
        let (p, c) = (self.param(), self.number());
        match self.random.below(10) {
            0 | 1 => c,
            2 => format!("{c} * {p}"),
            3 => format!("({p} + {c})"),
            4 => format!("exp(-abs({p}))"),
            5 => format!("tanh({p} * {c})"),
            6 => format!("{c} * sin(pi * {p})"),
            7 => format!("{c} * exprel({p} * dt / 1 ms)"),
            8 => format!("(if {p} > {c} {{ {p} }} else {{ sigmoid({c}) }})"),
            _ => format!("{c} / (1.0 + {p}^2)"),
        }
    }

    /// Equations for most states, linear in the states and mostly in the time; a bit for each state that has one.
    fn equations(&mut self) -> u32 {
        let mut changed = 0;
        let names = self.names.clone();
        for (at, (s, tau)) in names.states.iter().zip(&names.taus).enumerate() {
            if self.random.chance(15) {
                continue;
            }
            changed |= 1 << at;
            let mut right = format!("-{s}");
            for other in &names.states {
                if other != s && self.random.chance(35) {
                    let c = self.constant();
                    write!(right, " + {c} * {other}").expect("text");
                }
            }
            for u in &names.inputs {
                let c = self.constant();
                match self.random.below(4) {
                    0 => {}
                    1 => write!(right, " + {c} * max({u}, 0.25)").expect("text"),
                    2 => write!(right, " - {c} * {u}^2").expect("text"),
                    _ => write!(right, " + {c} * {u}").expect("text"),
                }
            }
            if self.random.chance(40) {
                let c = self.constant();
                write!(right, " + {c}").expect("text");
            }
            if self.random.chance(15) {
                let c = self.constant();
                let course = self.pick(&["t / 100 ms", "t / 100 ms", "sin(t / 3 ms)"]);
                write!(right, " + {c} * {course}").expect("text");
            }
            self.line(&format!("{tau} * d{s}/dt = {right};"));
        }
        changed
    }

    /// Blocks for all ports, affine in the weight or not.
    fn on_blocks(&mut self) -> u32 {
        let mut changed = 0;
        let scope = Scope {
            states: true,
            inputs: true,
            previous: true,
            weight: true,
            time: true,
            lets: self.names.lets.len(),
        };
        for e in self.names.ports.clone() {
            for _ in 0..1 + self.random.below(3) {
                let after = if self.random.chance(40) { " after" } else { "" };
                let affine = self.random.chance(60);
                let mut body = String::new();
                for _ in 0..1 + self.random.below(2) {
                    let s = self.random.below(self.names.states.len());
                    changed |= 1 << s;
                    let s = self.names.states[s].clone();
                    if affine {
                        let c = self.constant();
                        write!(body, " {s} += {c} * w;").expect("text");
                    } else {
                        let (op, value) = (self.pick(&["=", "+=", "-=", "*="]), self.value(2, scope));
                        let value = match self.random.below(3) {
                            0 => value,
                            1 => format!("min(w, {value})"),
                            _ => format!("0.5 * w^2 * {value}"),
                        };
                        write!(body, " {s} {op} {value};").expect("text");
                    }
                }
                self.line(&format!("on {e}(w){after} {{{body} }}"));
            }
        }
        changed
    }

    /// The spike with its block, which also writes the states that nothing else changes, and a refractory period.
    fn spike(&mut self, changed: u32) {
        let states = self.names.states.clone();
        if changed == (1 << states.len()) - 1 && self.random.chance(5) {
            return;
        }
        let scope = Scope {
            states: true,
            inputs: true,
            previous: true,
            weight: false,
            time: true,
            lets: self.names.lets.len(),
        };
        let mut body = String::new();
        for (at, s) in states.iter().enumerate() {
            if changed & (1 << at) == 0 || self.random.chance(50) {
                let (op, value) = (self.pick(&["=", "+=", "-=", "*=", "/="]), self.value(3, scope));
                write!(body, " {s} {op} {value};").expect("text");
            }
        }
        // `rising` asks the condition of the states before the step, where `prev` is not known.
        let before = Scope {
            previous: false,
            lets: 0,
            ..scope
        };
        let rising = self.random.chance(25);
        let condition = self.condition(2, if rising { before } else { scope });
        let (rising, delayed) = (if rising { "rising " } else { "" }, self.random.chance(25));
        let delayed = if delayed { " delayed" } else { "" };
        self.line(&format!("spike when {rising}{condition}{delayed} {{{body} }}"));
        for event in 0..self.random.below(3) {
            let (state, value) = (self.state(), self.value(2, scope));
            let rising = self.random.chance(50);
            let condition = self.condition(1, if rising { before } else { scope });
            let rising = if rising { "rising " } else { "" };
            self.line(&format!(
                "event v{event} when {rising}{condition} {{ {state} -= {value}; }}"
            ));
        }
        if self.random.chance(60) {
            self.refractory();
        }
        if self.random.chance(15) {
            let s = self.state();
            self.line(&format!(
                "learn {{ surrogate relu_grad({s} - 1.0, alpha = 0.3); detach {s}; }}"
            ));
        }
    }

    /// A refractory period of a number or of parameters, with states that are held and ports that reach them nevertheless.
    fn refractory(&mut self) {
        let duration = match self.random.below(3) {
            0 => format!("abs({}) * 1 ms", self.param()),
            1 => format!("0.02 * {}", self.names.taus[0]),
            _ => format!("{:.2} ms", self.random.between(0.0, 1.0)),
        };
        let mut line = format!("refractory {duration}");
        if self.random.chance(70) {
            let states = self.names.states.clone();
            let held = self.random.below(states.len());
            write!(line, " hold {}", states[held]).expect("text");
            if self.random.chance(30) && states.len() > 1 {
                write!(line, ", {}", states[(held + 1) % states.len()]).expect("text");
            }
            if !self.names.ports.is_empty() && self.random.chance(40) {
                let accepted = 1 + self.random.below(self.names.ports.len());
                write!(line, " accept {}", self.names.ports[..accepted].join(", ")).expect("text");
            }
        }
        self.line(&format!("{line};"));
    }
}
