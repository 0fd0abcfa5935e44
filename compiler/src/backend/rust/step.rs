//! The `step` and `spike` sections as Rust, and what monitors observe.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::names::sanitized;
use crate::ids::Value;
use crate::ir::{Inst, Loop, Program, Repeat};
use crate::model::CompareOp;

/// The functions `step` and `observe` of the trait of generated models.
pub(super) fn functions(program: &Program) -> TokenStream {
    let step = step(program);
    let observe = observe(program);
    quote! { #step #observe }
}

fn step(program: &Program) -> TokenStream {
    let insts: Vec<&Inst> = program.insts().collect();
    let section = Section::new(program, &insts);
    let mut lines = TokenStream::new();
    // What stands before the loop that is being written.
    let mut before = TokenStream::new();
    for (at, inst) in insts.iter().enumerate() {
        for note in program.notes.iter().filter(|note| note.at == at) {
            let text = format!(" {}", note.text);
            lines.extend(quote! { #[doc = #text] });
            // Documentation belongs to the statement after it; further lines simply follow.
        }
        if at == program.step.len() {
            lines.extend(told_before(program, &section));
        }
        if let Some(of) = program.loops.iter().find(|of| of.start == at) {
            lines.extend(section.carried(of));
            before = std::mem::take(&mut lines);
        }
        let name = section.name(at);
        let value = if program.loops.iter().any(|of| of.carried().contains(&at)) {
            let carrier = section.carrier(at);
            quote! { #carrier }
        } else {
            section.value(inst)
        };
        lines.extend(quote! { let #name = #value; });
        for repeat in program.repeats.iter().filter(|repeat| last(repeat) == at) {
            lines.extend(section.repeated(repeat));
        }
        if let Some(of) = program.loops.iter().find(|of| of.end == at + 1) {
            let pass = std::mem::replace(&mut lines, std::mem::take(&mut before));
            lines.extend(section.passes(of, &pass));
        }
    }
    let states = program.states.iter().enumerate().filter_map(|(state, value)| {
        let unchanged = matches!(insts[value.index()], Inst::State(s) if s.index() == state);
        let (state, value) = (index(state), section.name(value.index()));
        (!unchanged).then(|| quote! { memory.set_state(#state, #value); })
    });
    let counter = program.counter.map(|value| {
        let value = section.name(value.index());
        quote! { memory.set_counter(#value); }
    });
    let spikes = match program.spikes {
        Some(value) => {
            let value = section.name(value.index());
            quote! { #value }
        }
        None => quote! { __alif::Mask::none() },
    };
    quote! {
        #[inline(always)]
        fn step<T: __alif::Real, const LANES: ::core::primitive::usize, M: __alif::Memory<T, LANES>>(
            memory: &mut M,
        ) -> __alif::Mask<T, LANES> {
            #lines
            #(#states)*
            #counter
            #spikes
        }
    }
}

/// Tells what the states are before the spike section, where it changes them.
fn told_before(program: &Program, section: &Section<'_>) -> TokenStream {
    let states = program.before.iter().zip(&program.states).enumerate();
    let told = states
        .filter(|(_, (before, after))| before != after)
        .map(|(state, (before, _))| {
            let (state, value) = (index(state), section.name(before.index()));
            quote! { memory.before(#state, #value); }
        });
    told.collect()
}

fn observe(program: &Program) -> TokenStream {
    let arms = program.observe.iter().enumerate().filter_map(|(definition, observe)| {
        let value = observe.value?;
        let insts: Vec<&Inst> = observe.insts.iter().collect();
        let section = Section::new(program, &insts);
        let lines = insts.iter().enumerate().map(|(at, inst)| {
            let (name, value) = (section.name(at), section.value(inst));
            quote! { let #name = #value; }
        });
        let (definition, value) = (index(definition), section.name(value.index()));
        let name = format!(" {}", observe.name);
        Some(quote! {
            #[doc = #name]
            #definition => { #(#lines)* #value }
        })
    });
    quote! {
        fn observe<T: __alif::Real, const LANES: ::core::primitive::usize, M: __alif::Memory<T, LANES>>(
            definition: ::core::primitive::usize,
            memory: &M,
        ) -> __alif::Lanes<T, LANES> {
            let _ = memory;
            match definition {
                #(#arms)*
                _ => __alif::Lanes::number(0.0),
            }
        }
    }
}

/// The last value that a repeated part defines.
fn last(repeat: &Repeat) -> usize {
    repeat.carried.iter().map(|(_, after)| after.index()).max().unwrap_or(0)
}

fn index(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}

/// A section with the names of its values.
struct Section<'a> {
    insts: &'a [&'a Inst],
    names: Vec<Ident>,
    repeats: &'a [Repeat],
}

impl<'a> Section<'a> {
    fn new(program: &'a Program, insts: &'a [&'a Inst]) -> Self {
        let names = insts.iter().enumerate().map(|(at, inst)| {
            let named = |name: &str| format_ident!("{}_{at}", sanitized(name), span = Span::mixed_site());
            match inst {
                Inst::State(s) => named(&program.state_names[s.index()]),
                Inst::Input(i) => named(&program.input_names[i.index()]),
                Inst::Weight(p, _) => named(&program.port_names[p.index()]),
                Inst::Coefficient(c) => named(&program.prepare.coefficients[c.index()].name),
                Inst::Steps(_) => named("steps"),
                _ => format_ident!("v{at}", span = Span::mixed_site()),
            }
        });
        Self {
            insts,
            names: names.collect(),
            repeats: &program.repeats,
        }
    }

    fn name(&self, value: usize) -> &Ident {
        &self.names[value]
    }

    fn value(&self, inst: &Inst) -> TokenStream {
        self.substituted(inst, None, &|_| None)
    }

    /// An instruction, with other names for some operands and the slot of weights at run time.
    fn substituted(&self, inst: &Inst, slot: Option<&Ident>, other: &dyn Fn(usize) -> Option<Ident>) -> TokenStream {
        let of = |value: &Value| other(value.index()).unwrap_or_else(|| self.names[value.index()].clone());
        let method = |name: &str, a: &Value, rest: &[&Value]| {
            let (name, a) = (format_ident!("{name}"), of(a));
            let rest = rest.iter().map(|value| of(value));
            quote! { #a.#name(#(#rest),*) }
        };
        let slot_of = |own: u32| match slot {
            Some(slot) => quote! { #slot },
            None => {
                let own = index(own as usize);
                quote! { #own }
            }
        };
        match inst {
            Inst::Number(bits) => {
                let number = number(f64::from_bits(*bits));
                quote! { __alif::Lanes::<T, LANES>::number(#number) }
            }
            Inst::Truth(value) => quote! { __alif::Mask::<T, LANES>::splat(#value) },
            Inst::Coefficient(c) => {
                let c = index(c.index());
                quote! { memory.coefficient(#c) }
            }
            Inst::Steps(c) => {
                let c = index(c.index());
                quote! { memory.steps(#c) }
            }
            Inst::State(s) => {
                let s = index(s.index());
                quote! { memory.state(#s) }
            }
            Inst::Input(i) => {
                let i = index(i.index());
                quote! { memory.input(#i) }
            }
            Inst::Weight(p, own) => {
                let (p, slot) = (index(p.index()), slot_of(*own));
                quote! { memory.weight(#p, #slot) }
            }
            Inst::Arrived(p, own) => {
                let (p, slot) = (index(p.index()), slot_of(*own));
                quote! { memory.arrived(#p, #slot) }
            }
            Inst::Counter => quote! { memory.counter() },
            Inst::Copy(a) | Inst::Carry(a) => {
                let a = of(a);
                quote! { #a }
            }
            Inst::Neg(a) => method("neg", a, &[]),
            Inst::Add(a, b) => method("add", a, &[b]),
            Inst::Sub(a, b) => method("sub", a, &[b]),
            Inst::Mul(a, b) => method("mul", a, &[b]),
            Inst::Div(a, b) => method("div", a, &[b]),
            Inst::Fma(a, b, c) => method("fma", a, &[b, c]),
            Inst::Sqrt(a) => method("sqrt", a, &[]),
            Inst::Abs(a) => method("abs", a, &[]),
            Inst::Floor(a) => method("floor", a, &[]),
            Inst::Compare(op, a, b) => method(
                match op {
                    CompareOp::Lt => "lt",
                    CompareOp::Le => "le",
                    CompareOp::Gt => "gt",
                    CompareOp::Ge => "ge",
                    CompareOp::Eq => "eq",
                    CompareOp::Ne => "ne",
                },
                a,
                &[b],
            ),
            Inst::Not(a) => method("not", a, &[]),
            Inst::And(a, b) => method("and", a, &[b]),
            Inst::Or(a, b) => method("or", a, &[b]),
            Inst::Select(c, a, b) => method("select", c, &[a, b]),
            Inst::Masked(c, a) => method("masked", c, &[a]),
            Inst::Positive(a) => method("positive", a, &[]),
            Inst::CountDown(a, c) => method("down", a, &[c]),
            Inst::CountUp(a, c, b) => method("up", a, &[c, b]),
            Inst::Call(function, arguments) => {
                let (name, arguments) = (format_ident!("{}", function.name()), arguments.iter().map(of));
                quote! { __alif::elementary::#name(#(#arguments),*) }
            }
            Inst::Random(distribution, arguments) => {
                let (name, arguments) = (format_ident!("{}", distribution.name()), arguments.iter().map(of));
                quote! { __alif::elementary::#name(#(#arguments),*) }
            }
            Inst::Param(_) | Inst::Dt | Inst::Propagator(_) | Inst::P { .. } | Inst::Q { .. } | Inst::L { .. } => {
                unreachable!("`verify` keeps what belongs to parameters out of steps")
            }
        }
    }

    /// The variables that hand on from one pass of a loop to the next what it carries.
    fn carried(&self, of: &Loop) -> TokenStream {
        let variables = of.carried().map(|at| {
            let (variable, initial) = (self.carrier(at), self.value(self.insts[at]));
            quote! { let mut #variable = #initial; }
        });
        quote! { #(#variables)* }
    }

    /// A loop whose pass is given: until no lane needs another one.
    fn passes(&self, of: &Loop, pass: &TokenStream) -> TokenStream {
        let carriers: Vec<Ident> = of.carried().map(|at| self.carrier(at)).collect();
        let after: Vec<&Ident> = of.after.iter().map(|value| self.name(value.index())).collect();
        let again = self.name(of.again.index());
        quote! {
            loop {
                #pass
                #(#carriers = #after;)*
                if !#again.any() {
                    break;
                }
            }
            #(let #after = #carriers;)*
        }
    }

    /// The same instructions for the further events of a step, with what the states have become.
    fn repeated(&self, repeat: &Repeat) -> TokenStream {
        let varies = self.varying(repeat);
        let slot = format_ident!("slot", span = Span::mixed_site());
        // Old values of the states inside of the loop are the variables that carry them.
        let carriers: BTreeMap<usize, Ident> = repeat
            .carried
            .iter()
            .map(|(before, after)| (before.index(), self.carrier(after.index())))
            .collect();
        let other = |value: usize| match carriers.get(&value) {
            Some(carrier) => Some(carrier.clone()),
            None => varies[value].then(|| format_ident!("next_{}", self.names[value], span = Span::mixed_site())),
        };
        let lines = (0..varies.len())
            .filter(|&at| varies[at] && !carriers.contains_key(&at))
            .map(|at| {
                let (name, value) = (other(at), self.substituted(self.insts[at], Some(&slot), &other));
                quote! { let #name = #value; }
            });
        let afters: Vec<usize> = repeat.carried.iter().map(|(_, after)| after.index()).collect();
        let carrier: Vec<Ident> = afters.iter().map(|&after| self.carrier(after)).collect();
        let first: Vec<&Ident> = afters.iter().map(|&after| self.name(after)).collect();
        let next = afters
            .iter()
            .map(|&after| other(after).unwrap_or_else(|| self.names[after].clone()));
        let (port, from) = (index(repeat.port.index()), index(repeat.slot as usize + 1));
        quote! {
            #(let mut #carrier = #first;)*
            for #slot in #from..memory.slots(#port) {
                #(#lines)*
                #(#carrier = #next;)*
            }
            #(let #first = #carrier;)*
        }
    }

    fn carrier(&self, after: usize) -> Ident {
        format_ident!("carried_{}", self.names[after], span = Span::mixed_site())
    }

    /// Which values of the repeated part differ from event to event and are needed for what it leaves behind.
    fn varying(&self, repeat: &Repeat) -> Vec<bool> {
        let end = last(repeat) + 1;
        // What another block of the port has left behind depends on its events, but it has run for all of them.
        let done: Vec<usize> = self
            .repeats
            .iter()
            .filter(|other| *other != repeat)
            .flat_map(|other| other.carried.iter().map(|(_, after)| after.index()))
            .collect();
        let mut varies = vec![false; end];
        for (at, inst) in self.insts[..end].iter().enumerate() {
            varies[at] = match inst {
                Inst::Weight(p, slot) | Inst::Arrived(p, slot) => *p == repeat.port && *slot == repeat.slot,
                Inst::Copy(_) if repeat.carried.iter().any(|(before, _)| before.index() == at) => true,
                Inst::Copy(_) if done.contains(&at) => false,
                _ => inst.operands().iter().any(|operand| varies[operand.index()]),
            };
        }
        let mut needed = vec![false; end];
        for (_, after) in &repeat.carried {
            needed[after.index()] = true;
        }
        for at in (0..end).rev().filter(|&at| varies[at]) {
            let is_before = repeat.carried.iter().any(|(before, _)| before.index() == at);
            if needed[at] && !is_before {
                for operand in self.insts[at].operands() {
                    needed[operand.index()] = true;
                }
            }
        }
        varies
            .iter()
            .zip(needed)
            .map(|(&varies, needed)| varies && needed)
            .collect()
    }
}

/// A number as a literal that gives the same double back.
pub(super) fn number(value: f64) -> TokenStream {
    if !value.is_finite() {
        let bits = Literal::u64_suffixed(value.to_bits());
        return quote! { ::core::primitive::f64::from_bits(#bits) };
    }
    // The fewest digits that give it back, with an exponent where there are many.
    let literal = format!("{:?}", value.abs()).parse::<Literal>();
    let literal = literal.unwrap_or_else(|_| Literal::f64_unsuffixed(value.abs()));
    if value.is_sign_negative() {
        quote! { -#literal }
    } else {
        quote! { #literal }
    }
}
