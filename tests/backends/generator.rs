//! Random models: linear systems, event blocks, conditions and resets with everything that kernels can compute.

mod expressions;

use std::fmt::Write as _;

use crate::support::Random;
use expressions::Scope;

/// The text of one random model in the making.
pub(super) struct Generator<'a> {
    random: &'a mut Random,
    states: usize,
    params: usize,
    inputs: usize,
    ports: usize,
    text: String,
}

/// A random model as text.
pub(super) fn random_model(random: &mut Random) -> String {
    let states = 1 + random.below(6);
    let mut generator = Generator {
        states,
        params: 1 + random.below(4),
        inputs: random.below(3),
        ports: random.below(3),
        text: "model Random {\n".to_owned(),
        random,
    };
    generator.declarations();
    let lets = generator.definitions();
    let mut changed = generator.equations();
    changed |= generator.on_blocks(lets);
    generator.spike(lets, changed);
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
        format!("s{}", self.random.below(self.states))
    }

    fn declarations(&mut self) {
        for p in 0..self.params {
            let default = self.number();
            self.line(&format!("param p{p} = {default};"));
        }
        for s in 0..self.states {
            let (tau, initial) = (self.random.between(0.3, 50.0), self.number());
            self.line(&format!("param tau{s} = {tau:.3} ms where tau{s} > 0 ms;"));
            self.line(&format!("state s{s} = {initial};"));
        }
        for u in 0..self.inputs {
            self.line(&format!("input u{u};"));
        }
        for e in 0..self.ports {
            self.line(&format!("input e{e} : event;"));
        }
    }

    fn definitions(&mut self) -> usize {
        let lets = self.random.below(4);
        for l in 0..lets {
            let scope = Scope {
                states: true,
                inputs: self.random.chance(50),
                previous: false,
                weight: false,
                lets: l,
            };
            let value = self.value(2, scope);
            self.line(&format!("let l{l} = {value};"));
        }
        lets
    }

    /// A constant: of numbers and parameters, through any function.
    fn constant(&mut self) -> String {
        let p = format!("p{}", self.random.below(self.params));
        let c = self.number();
        match self.random.below(6) {
            0 => c,
            1 => format!("{c} * {p}"),
            2 => format!("({p} + {c})"),
            3 => format!("exp(-abs({p}))"),
            4 => format!("tanh({p} * {c})"),
            _ => format!("{c} / (1.0 + {p}^2)"),
        }
    }

    /// Equations for most states, linear in the states; a bit for each state that has one.
    fn equations(&mut self) -> u32 {
        let mut changed = 0;
        for s in 0..self.states {
            if self.random.chance(15) {
                continue;
            }
            changed |= 1 << s;
            let mut right = format!("-s{s}");
            for other in 0..self.states {
                if other != s && self.random.chance(35) {
                    let c = self.constant();
                    write!(right, " + {c} * s{other}").expect("text");
                }
            }
            for u in 0..self.inputs {
                let c = self.constant();
                match self.random.below(4) {
                    0 => {}
                    1 => write!(right, " + {c} * max(u{u}, 0.25)").expect("text"),
                    2 => write!(right, " - {c} * u{u}^2").expect("text"),
                    _ => write!(right, " + {c} * u{u}").expect("text"),
                }
            }
            if self.random.chance(40) {
                let c = self.constant();
                write!(right, " + {c}").expect("text");
            }
            self.line(&format!("tau{s} * ds{s}/dt = {right};"));
        }
        changed
    }

    /// Blocks for all ports, affine in the weight or not.
    fn on_blocks(&mut self, lets: usize) -> u32 {
        let mut changed = 0;
        for e in 0..self.ports {
            for _ in 0..1 + self.random.below(2) {
                let after = if self.random.chance(40) { " after" } else { "" };
                let affine = self.random.chance(60);
                let mut body = String::new();
                for _ in 0..1 + self.random.below(2) {
                    let s = self.random.below(self.states);
                    changed |= 1 << s;
                    if affine {
                        let c = self.constant();
                        write!(body, " s{s} += {c} * w;").expect("text");
                    } else {
                        let scope = Scope {
                            states: true,
                            inputs: true,
                            previous: true,
                            weight: true,
                            lets,
                        };
                        let (op, value) = (self.pick(&["=", "+=", "-=", "*="]), self.value(2, scope));
                        write!(body, " s{s} {op} {value};").expect("text");
                    }
                }
                self.line(&format!("on e{e}(w){after} {{{body} }}"));
            }
        }
        changed
    }

    /// The spike with its block, which also writes the states that nothing else changes, and a refractory period.
    fn spike(&mut self, lets: usize, changed: u32) {
        let scope = Scope {
            states: true,
            inputs: true,
            previous: true,
            weight: false,
            lets,
        };
        let mut body = String::new();
        for s in 0..self.states {
            if changed & (1 << s) == 0 || self.random.chance(50) {
                let (op, value) = (self.pick(&["=", "+=", "-=", "*=", "/="]), self.value(3, scope));
                write!(body, " s{s} {op} {value};").expect("text");
            }
        }
        let condition = self.condition(2, scope);
        self.line(&format!("spike when {condition} {{{body} }}"));
        if self.random.chance(60) {
            let duration = self.random.between(0.0, 1.0);
            let mut line = format!("refractory {duration:.2} ms");
            if self.random.chance(70) {
                let held = self.state();
                write!(line, " hold {held}").expect("text");
                if self.random.chance(30) && self.states > 1 {
                    let other = (held[1..].parse::<usize>().expect("a number") + 1) % self.states;
                    write!(line, ", s{other}").expect("text");
                }
                if self.ports > 0 && self.random.chance(40) {
                    line += " accept e0";
                }
            }
            self.line(&format!("{line};"));
        }
    }
}
