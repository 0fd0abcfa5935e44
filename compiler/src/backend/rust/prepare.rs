//! The `defaults` and `prepare` sections as Rust.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::step::number;
use crate::ids::Value;
use crate::ir::{Inst, Program, PropagatorInputs};
use crate::model::CompareOp;

/// What of the trait of generated models belongs to parameters.
pub(super) fn functions(program: &Program) -> TokenStream {
    let order = program
        .defaults
        .iter()
        .map(|d| Literal::usize_unsuffixed(d.param.index()));
    let defaults = program.defaults.iter().map(|default| {
        let param = Literal::usize_unsuffixed(default.param.index());
        let name = format!(" {}", program.param_names[default.param.index()]);
        let (lines, value) = (section(program, &default.insts), name_of(default.value));
        quote! {
            #[doc = #name]
            #param => { #lines #value }
        }
    });
    let prepare = &program.prepare;
    let lines = section(program, &prepare.insts);
    let coefficients = prepare.coefficients.iter().map(|c| name_of(c.value));
    let initial = prepare.initial.iter().map(|value| name_of(*value));
    let demands = prepare.coefficients.iter().map(|c| {
        let (steps, may_be_nan) = (c.steps, c.may_be_nan);
        quote! { __alif::Demand { steps: #steps, may_be_nan: #may_be_nan } }
    });
    let checks = prepare.checks.iter().map(|check| name_of(check.value));
    quote! {
        const DEMANDS: &'static [__alif::Demand] = &[#(#demands),*];
        const DEFAULTS: &'static [::core::primitive::usize] = &[#(#order),*];

        fn default_value(
            param: ::core::primitive::usize,
            params: &[::core::primitive::f64],
            dt: ::core::primitive::f64,
        ) -> ::core::primitive::f64 {
            let _ = (params, dt);
            match param {
                #(#defaults)*
                _ => ::core::primitive::f64::NAN,
            }
        }

        fn prepare(params: &[::core::primitive::f64], dt: ::core::primitive::f64) -> __alif::Prepared {
            let _ = (params, dt);
            #lines
            __alif::Prepared {
                coefficients: __alif::list([#(#coefficients),*]),
                initial: __alif::list([#(#initial),*]),
                checks: __alif::list([#(#checks),*]),
            }
        }
    }
}

fn section(program: &Program, insts: &[Inst]) -> TokenStream {
    let lines = insts.iter().enumerate().map(|(at, inst)| {
        let (name, value) = (name_of(Value::new(at)), value(program, inst));
        let what = match inst {
            Inst::Param(p) => Some(program.param_names[p.index()].clone()),
            Inst::Propagator(block) => {
                let states = &program.prepare.blocks[*block as usize].states;
                Some(format!("the propagator of {}", states.join(", ")))
            }
            _ => None,
        };
        let what = what.map(|text| {
            let text = format!(" {text}");
            quote! { #[doc = #text] }
        });
        quote! { #what let #name = #value; }
    });
    quote! { #(#lines)* }
}

fn name_of(value: Value) -> Ident {
    format_ident!("v{}", value.index(), span = Span::mixed_site())
}

fn value(program: &Program, inst: &Inst) -> TokenStream {
    let of = |value: &Value| name_of(*value);
    let entry = |block: &Value, matrix: &str, at: (u32, u32)| {
        let (block, matrix) = (of(block), format_ident!("{matrix}"));
        let (row, column) = (Literal::u32_unsuffixed(at.0), Literal::u32_unsuffixed(at.1));
        quote! { #block.#matrix(#row, #column) }
    };
    let call = |name: &str, arguments: &[Value]| {
        let (name, arguments) = (format_ident!("{name}"), arguments.iter().map(of));
        quote! { __alif::math::#name(#(#arguments),*) }
    };
    match inst {
        Inst::Number(bits) => number(f64::from_bits(*bits)),
        Inst::Truth(value) => quote! { #value },
        Inst::Param(p) => {
            let p = Literal::usize_unsuffixed(p.index());
            quote! { params[#p] }
        }
        Inst::Dt => quote! { dt },
        Inst::Propagator(block) => propagator(&program.prepare.blocks[*block as usize]),
        Inst::P { of: block, at } => entry(block, "p", *at),
        Inst::Q { of: block, at } => entry(block, "q", *at),
        Inst::L { of: block, at } => entry(block, "l", *at),
        Inst::Call(function, arguments) => call(function.name(), arguments),
        Inst::Neg(a) => {
            let a = of(a);
            quote! { -#a }
        }
        Inst::Add(a, b) => operator(quote! { + }, of(a), of(b)),
        Inst::Sub(a, b) => operator(quote! { - }, of(a), of(b)),
        Inst::Mul(a, b) => operator(quote! { * }, of(a), of(b)),
        Inst::Div(a, b) => operator(quote! { / }, of(a), of(b)),
        Inst::Fma(a, b, c) => call("fma", &[*a, *b, *c]),
        Inst::Sqrt(a) => call("sqrt", &[*a]),
        Inst::Abs(a) => call("abs", &[*a]),
        Inst::Floor(a) => call("floor", &[*a]),
        Inst::Compare(op, a, b) => operator(
            match op {
                CompareOp::Lt => quote! { < },
                CompareOp::Le => quote! { <= },
                CompareOp::Gt => quote! { > },
                CompareOp::Ge => quote! { >= },
                CompareOp::Eq => quote! { == },
                CompareOp::Ne => quote! { != },
            },
            of(a),
            of(b),
        ),
        Inst::Not(a) => {
            let a = of(a);
            quote! { !#a }
        }
        Inst::And(a, b) => operator(quote! { & }, of(a), of(b)),
        Inst::Or(a, b) => operator(quote! { | }, of(a), of(b)),
        Inst::Select(c, a, b) => {
            let (c, a, b) = (of(c), of(a), of(b));
            quote! { if #c { #a } else { #b } }
        }
        Inst::Masked(c, a) => {
            let (c, a) = (of(c), of(a));
            quote! { if #c { #a } else { 0.0 } }
        }
        Inst::Coefficient(_)
        | Inst::Steps(_)
        | Inst::State(_)
        | Inst::Input(_)
        | Inst::Weight(..)
        | Inst::Arrived(..)
        | Inst::Counter
        | Inst::Random(..)
        | Inst::Copy(_)
        | Inst::Carry(_)
        | Inst::Positive(_)
        | Inst::CountDown(..)
        | Inst::CountUp(..) => unreachable!("`verify` keeps what differs between steps out of `prepare`"),
    }
}

fn operator(operator: TokenStream, a: Ident, b: Ident) -> TokenStream {
    quote! { #a #operator #b }
}

fn propagator(block: &PropagatorInputs) -> TokenStream {
    let list = |values: &[Option<Value>]| {
        let values = values.iter().map(|value| match value {
            Some(value) => {
                let value = name_of(*value);
                quote! { __alif::Some(#value) }
            }
            None => quote! { __alif::None },
        });
        quote! { &[#(#values),*] }
    };
    let (left, a, f) = (list(&block.left), list(&block.a), list(&block.f));
    let m = Literal::usize_unsuffixed(block.m);
    if block.k == 0 {
        return quote! { __alif::propagator(#left, #a, #f, #m, dt) };
    }
    let (g, k) = (list(&block.g), Literal::usize_unsuffixed(block.k));
    quote! { __alif::noisy_propagator(#left, #a, #f, #m, #g, #k, dt) }
}
