//! Functions of a model. A call stands for the body with the arguments in place, so no later stage knows of functions.
//!
//! A body is read once by itself, where everything that is wrong whatever is given is told at its place, and once for each
//! call; what only a call brings about is told at the call, with the place in the body beside it.

use alif_grammar::{Code, Diagnostic, Span, ast};

use crate::dimension::Dimension;
use crate::ids::ExprId;
use crate::model::ExprKind;

use super::declarations::{Entity, built_in};
use super::expressions::{Place, is_plain_zero};
use super::{Checker, Type, Typed};

/// Expressions may be nested this deep where a call is replaced; each call adds the depth of its body.
const MAX_DEPTH: usize = 400;

/// The most expressions that the calls of a model come to.
const MAX_INLINED: usize = 200_000;

/// A function as declared, and what is known of it.
pub(super) struct Function<'a> {
    name: &'a ast::Ident,
    parameters: &'a [(ast::Ident, Option<ast::Unit>)],
    unit: Option<&'a ast::Unit>,
    body: &'a ast::Expr,
    /// Dimensions of the arguments whose unit is declared, and of the value.
    dimensions: Vec<Option<Dimension>>,
    value: Option<Dimension>,
    /// Its body is being read: a call would not end.
    open: bool,
}

/// What the names of a body stand for.
pub(super) struct Frame {
    arguments: Vec<(String, Typed)>,
}

impl<'a> Function<'a> {
    pub(super) fn new(
        name: &'a ast::Ident,
        parameters: &'a [(ast::Ident, Option<ast::Unit>)],
        unit: Option<&'a ast::Unit>,
        body: &'a ast::Expr,
    ) -> Self {
        Self {
            name,
            parameters,
            unit,
            body,
            dimensions: vec![None; parameters.len()],
            value: None,
            open: false,
        }
    }

    pub(super) fn name(&self) -> &'a str {
        &self.name.name
    }

    /// How many arguments it takes.
    pub(super) fn arity(&self) -> usize {
        self.parameters.len()
    }
}

impl Checker<'_> {
    /// What an argument of the function whose body is being read stands for.
    pub(super) fn argument(&self, name: &str) -> Option<Typed> {
        let arguments = &self.frame.as_ref()?.arguments;
        arguments.iter().find(|(own, _)| own == name).map(|found| found.1)
    }

    /// The names of the arguments of the function whose body is being read.
    pub(super) fn argument_names(&self) -> impl Iterator<Item = &str> {
        let arguments = self.frame.iter().flat_map(|frame| &frame.arguments);
        arguments.map(|(name, _)| name.as_str())
    }

    /// The function of the model that a call names.
    pub(super) fn function_named(&self, name: &str) -> Option<usize> {
        match self.entity(name) {
            Some(Entity::Function(index)) if self.argument(name).is_none() => Some(index),
            _ => None,
        }
    }

    /// Reads a declaration: its units, the names of its arguments, and its body by itself.
    pub(super) fn function(&mut self, index: usize) {
        let Function { parameters, unit, .. } = self.functions[index];
        let mut first: Vec<&ast::Ident> = Vec::new();
        for (name, _) in parameters {
            if built_in(&name.name).is_some() {
                let message = format!("the argument `{}` has the name of something built in", name.name);
                self.report(Diagnostic::new(Code::BuiltInName, name.span, message).help("choose another name"));
            }
            if let Some(earlier) = first.iter().find(|earlier| earlier.name == name.name) {
                let message = format!("two arguments have the name `{}`", name.name);
                let diagnostic = Diagnostic::new(Code::DeclaredTwice, name.span, message);
                self.report(diagnostic.also(earlier.span, "the first one"));
            }
            first.push(name);
        }
        let mut dimension = |unit: &ast::Unit| self.unit(unit).map(|unit| unit.dimension);
        let dimensions = parameters
            .iter()
            .map(|(_, unit)| unit.as_ref().and_then(&mut dimension));
        let dimensions: Vec<_> = dimensions.collect();
        let value = unit.and_then(dimension);
        let (exprs, said) = (self.exprs.len(), self.diagnostics.len());
        let arguments = parameters.iter().zip(&dimensions).map(|((name, _), of)| {
            let any = self.push(ExprKind::Number(f64::NAN), name.span);
            let kind = of.map_or(Type::Unknown, Type::Number);
            (name.name.clone(), Typed { id: any, kind })
        });
        let frame = Frame {
            arguments: arguments.collect(),
        };
        let function = &mut self.functions[index];
        (function.dimensions, function.value) = (dimensions, value);
        self.body(index, frame, Place::Function);
        self.exprs.truncate(exprs);
        self.constants.truncate(exprs);
        self.deltas.split_off(&ExprId::new(exprs));
        // Whether an exponent is constant is known in a call alone.
        let found = self.diagnostics.split_off(said).into_iter();
        self.diagnostics.extend(found.filter(|d| d.code != Code::ExponentUnits));
        let told = self.diagnostics[said..].iter().map(|d| (d.code, d.span()));
        self.told.extend(told);
    }

    /// Replaces a call by the body of the function.
    pub(super) fn inline(&mut self, index: usize, arguments: &[ast::Expr], span: Span, place: Place) -> Typed {
        let Function {
            name, parameters, open, ..
        } = self.functions[index];
        self.names.used.insert(name.name.clone());
        let read: Vec<_> = arguments.iter().map(|a| (a, self.number(a, place))).collect();
        if arguments.len() != parameters.len() {
            let plural = if parameters.len() == 1 { "" } else { "s" };
            let message = format!(
                "`{}` takes {} argument{plural}, {} given",
                name.name,
                parameters.len(),
                arguments.len()
            );
            self.report(Diagnostic::new(Code::ArgumentCount, span, message).also(name.span, "declared here"));
            return self.unknown(span);
        }
        let mut values = Vec::new();
        for (at, (argument, (id, of))) in read.into_iter().enumerate() {
            let (own, unit) = &parameters[at];
            let declared = self.functions[index].dimensions[at];
            if let (Some(unit), Some(wanted), Some(found)) = (unit, declared, of)
                && wanted != found
                && !is_plain_zero(argument)
            {
                let (x, y) = (alif_grammar::print_unit(unit), self.unit_shown(argument, found));
                let message = format!(
                    "the argument `{}` of `{}` is in {x}, but this is {y}",
                    own.name, name.name
                );
                let mut diagnostic = Diagnostic::new(Code::AnnotationUnits, argument.span, message)
                    .label(format!("this is {y}"))
                    .also(unit.span, format!("declared as {x}"));
                if let Some(help) = self.missing_factor_help(wanted, found, argument) {
                    diagnostic = diagnostic.help(help);
                }
                self.report(diagnostic);
            }
            let kind = declared.or(of).map_or(Type::Unknown, Type::Number);
            values.push((own.name.clone(), Typed { id, kind }));
        }
        if open {
            return self.unknown(span);
        }
        if self.depth > MAX_DEPTH || self.inlined > MAX_INLINED {
            let (code, message) = if self.depth > MAX_DEPTH {
                (Code::NestedTooDeep, "functions call each other too deep here")
            } else {
                (
                    Code::TooManyNodes,
                    "the calls of functions come to more than 200,000 expressions",
                )
            };
            if !std::mem::replace(&mut self.too_large, true) {
                self.error(code, span, message);
            }
            return self.unknown(span);
        }
        let said = self.diagnostics.len();
        let outer = self.call;
        self.call = outer.or(Some(span));
        let value = self.body(index, Frame { arguments: values }, place);
        self.call = outer;
        if outer.is_none() {
            self.told_at_the_call(said, name, span);
        }
        value
    }

    /// Moves what was said about a body to the call; what is wrong in every call has been told.
    fn told_at_the_call(&mut self, said: usize, name: &ast::Ident, call: Span) {
        for mut diagnostic in self.diagnostics.split_off(said) {
            if !self.told.contains(&(diagnostic.code, diagnostic.span())) {
                let label = alif_grammar::Label {
                    span: call,
                    message: format!("in this call of `{}`", name.name),
                };
                if diagnostic.span() != call {
                    diagnostic.labels.insert(0, label);
                }
                self.report(diagnostic);
            }
        }
    }

    /// Reads the body of a function with its names standing for `frame`.
    fn body(&mut self, index: usize, frame: Frame, place: Place) -> Typed {
        let Function {
            name,
            unit,
            body,
            value,
            ..
        } = self.functions[index];
        // Neither the arguments of the caller nor the weight of an event are seen from here.
        let frame = self.frame.replace(frame);
        let weight = self.names.weight.take();
        self.functions[index].open = true;
        let (id, found) = self.number(body, place);
        self.functions[index].open = false;
        if let (Some(unit), Some(wanted), Some(found)) = (unit, value, found)
            && wanted != found
            && !is_plain_zero(body)
        {
            let (x, y) = (alif_grammar::print_unit(unit), self.unit_shown(body, found));
            let message = format!("the value of `{}` is declared in {x}, but it is {y}", name.name);
            self.report(
                Diagnostic::new(Code::AnnotationUnits, body.span, message)
                    .label(format!("this is {y}"))
                    .also(unit.span, format!("declared as {x}")),
            );
        }
        self.frame = frame;
        self.names.weight = weight;
        Typed {
            id,
            kind: value.or(found).map_or(Type::Unknown, Type::Number),
        }
    }

    /// Warns of functions that nothing calls.
    pub(super) fn unused_functions(&mut self) {
        for index in 0..self.functions.len() {
            let name = self.functions[index].name;
            if !self.names.used.contains(&name.name) {
                let message = format!("nothing calls the function `{}`", name.name);
                self.report(Diagnostic::new(Code::UnusedName, name.span, message).help("remove it, or use it"));
            }
        }
    }

    /// A function whose name stands where a value is wanted.
    pub(super) fn function_as_value(&mut self, name: &str, arity: usize, span: Span) -> Typed {
        let plural = if arity == 1 { "" } else { "s" };
        let message = format!("`{name}` is a function; it needs {arity} argument{plural}");
        self.error(Code::NotAFunction, span, message);
        self.unknown(span)
    }
}
