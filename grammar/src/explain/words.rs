//! The words in which messages name rules and tokens.

use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::scan::{Kind, Token, is_keyword};

/// Longest word of the text that a message repeats, in characters.
const MAX_QUOTED: usize = 40;

/// `spike` where a name should stand.
pub(crate) fn keyword_as_name(text: &str, token: &Token, what: &str) -> Diagnostic {
    let word = token.text(text);
    Diagnostic::new(
        Code::ReservedName,
        token.span,
        format!("`{word}` is a keyword, it cannot name {what}"),
    )
    .help(format!("choose another name, such as `{word}_`"))
}

/// What stands at a token, in words.
pub(crate) fn found_words(text: &str, token: Option<&Token>) -> String {
    match token {
        None => "the end of the text".to_owned(),
        Some(token) if token.kind == Kind::Doc => "documentation".to_owned(),
        Some(token) if token.kind == Kind::Word && is_keyword(token.text(text)) => {
            format!("the keyword `{}`", token.text(text))
        }
        Some(token) => format!("`{}`", shortened(token.text(text))),
    }
}

pub(super) fn shortened(word: &str) -> String {
    match word.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// `=`, `+=`, …
pub(super) fn is_assignment(word: &str) -> bool {
    matches!(word, "=" | "+=" | "-=" | "*=" | "/=")
}

/// The keyword that a word of another language stands for.
pub(super) fn intended(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "parameter" | "parameters" | "params" | "par" | "const" | "constant" => "param",
        "var" | "variable" | "states" | "init" => "state",
        "def" | "func" | "function" => "fn",
        "inputs" | "port" => "input",
        "threshold" | "reset" | "spikes" | "fire" => "spike when … { … }",
        "refrac" | "refractoriness" => "refractory",
        "define" | "alias" => "let",
        "random" => "noise",
        "events" => "event",
        "neuron" => "model",
        "equations" | "update" | "dynamics" => "dX/dt = …;",
        "require" | "check" => "assert",
        _ => return None,
    })
}

/// A rule in the words of a message; nothing for those that the others say already.
pub(super) fn in_words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::name => "a name",
        Rule::number | Rule::one_value => "a number",
        Rule::digits => "a whole number",
        Rule::expression | Rule::one_expression | Rule::operand | Rule::prefix | Rule::group | Rule::conditional => {
            "an expression"
        }
        Rule::infix | Rule::unit_operator => "an operator",
        Rule::unit
        | Rule::number_unit
        | Rule::symbol
        | Rule::unit_product
        | Rule::unit_power
        | Rule::unit_one
        | Rule::unit_group => "a unit",
        Rule::unit_exponent => "an exponent",
        Rule::minus | Rule::sign => "`-`",
        Rule::semicolon => "`;`",
        Rule::colon | Rule::annotation => "`:`",
        Rule::comma => "`,`",
        Rule::equals | Rule::initial => "`=`",
        Rule::assign => "`=` or `+=`",
        Rule::arrow => "`->`",
        Rule::open_brace | Rule::block | Rule::branch => "`{`",
        Rule::close_brace => "`}`",
        Rule::open_paren | Rule::arguments => "`(`",
        Rule::close_paren => "`)`",
        Rule::close_bracket => "`]`",
        Rule::assignment => "an assignment such as `V = …;`",
        Rule::argument => "an argument",
        Rule::parameter => "a name",
        Rule::surrogate | Rule::kw_surrogate => "`surrogate`",
        Rule::detach | Rule::kw_detach => "`detach`",
        Rule::hold | Rule::kw_hold => "`hold`",
        Rule::accept | Rule::kw_accept => "`accept`",
        Rule::kw_where => "`where`",
        Rule::kw_drives => "`drives`",
        Rule::kw_after => "`after`",
        Rule::kw_when => "`when`",
        Rule::kw_rate => "`rate`",
        Rule::kw_rising => "`rising`",
        Rule::kw_delayed => "`delayed`",
        Rule::kw_if => "`if`",
        Rule::kw_else => "`else`",
        Rule::event_type => "`event`",
        Rule::file | Rule::model | Rule::kw_model => "`model`",
        Rule::EOI => "the end of the text",
        Rule::item
        | Rule::one_item
        | Rule::param
        | Rule::definition
        | Rule::state
        | Rule::input
        | Rule::kernel
        | Rule::noise
        | Rule::function
        | Rule::on
        | Rule::spike
        | Rule::event
        | Rule::refractory
        | Rule::learn
        | Rule::assertion
        | Rule::equation
        | Rule::kw_param
        | Rule::kw_let
        | Rule::kw_state
        | Rule::kw_input
        | Rule::kw_kernel
        | Rule::kw_noise
        | Rule::kw_fn
        | Rule::kw_on
        | Rule::kw_spike
        | Rule::kw_event
        | Rule::kw_refractory
        | Rule::kw_learn
        | Rule::kw_assert => "an item such as `param` or `state`",
        Rule::doc
        | Rule::keyword
        | Rule::cont
        | Rule::WHITESPACE
        | Rule::COMMENT
        | Rule::line_comment
        | Rule::block_comment => return None,
    })
}
