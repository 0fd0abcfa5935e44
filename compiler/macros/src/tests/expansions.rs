//! What an invocation becomes.

use super::tokens;
use crate::expand::expand;

fn expanded(text: &str) -> String {
    expand(tokens(&format!("(::alif) {text}"))).to_string()
}

const LIF: &str = "Lif { state V = 0; 1 ms * dV/dt = -V; }";

/// The errors in an expansion.
fn errors(text: &str) -> Vec<String> {
    let expanded = expanded(text);
    let parts = expanded.split("compile_error ! { \"").skip(1);
    parts
        .map(|part| part.split("\" }").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn each_model_has_its_visibility() {
    let exported = |visibility: &str, name: &str| format!("{visibility}use __alif_{name} :: {{ {name} ,");
    let text = expanded(&format!("model {LIF}"));
    assert!(text.contains(&exported("] ", "Lif")), "{text}");
    for visibility in ["pub", "pub (crate)", "pub (super)", "pub (in crate :: a)"] {
        let text = expanded(&format!(
            "/// doc\n{visibility} model {LIF} model Other {{ state V = 0; 1 ms * dV/dt = -V; }}"
        ));
        assert!(text.contains(&exported(&format!("{visibility} "), "Lif")), "{text}");
        assert!(text.contains(&exported("] ", "Other")), "{text}");
    }
}

#[test]
fn a_wrong_model_leaves_the_others() {
    let text = format!("model A {{ state V = 0; }} model {LIF} model Lif {{ state V = 0; 2 ms * dV/dt = -W; }}");
    let expanded = expanded(&text);
    assert_eq!(expanded.matches("struct Lif ;").count(), 1, "{expanded}");
    let codes: Vec<String> = errors(&text).iter().map(|error| error[..7].to_owned()).collect();
    assert_eq!(codes, ["[E0208]", "[E0202]", "[E0201]"]);
}

#[test]
fn messages_name_all_places_and_the_help() {
    let text = "model A {\n state V = 0 mV;\n input I : nA;\n param R = 1 MOhm;\n 1 ms * dV/dt = -V\n + I; }";
    assert_eq!(
        errors(text),
        ["[E0301] cannot add nA to mV\\n  = this is nA: `I`\\n  = this is mV (line 5): `-V`\\n  = help: `R * I` is mV"]
    );
}

#[test]
fn warnings_are_uses_of_something_deprecated() {
    let text = expanded("model A { param spare = 1; state V = 0; 1 ms * dV/dt = -V; }");
    assert!(
        text.contains("# [deprecated (note = \"[W0709] nothing reads the parameter `spare`\\n  = help: "),
        "{text}"
    );
    assert!(
        text.contains("alif_warning ! { }") && text.contains("struct A"),
        "{text}"
    );
}

#[test]
fn what_is_no_model_text_is_told_with_the_rest() {
    let errors = errors(&format!("#[derive(Clone)] pub /// doc\nmodel {LIF} model A {{ }}"));
    let starts: Vec<&str> = errors.iter().map(|error| &error[..8]).collect();
    assert_eq!(starts, ["`derive`", "a visibi", "[E0408] "]);
}

#[test]
fn a_file_is_found_from_the_root_of_the_crate() {
    let text = expanded("pub(crate) \"../../models/alif.alif\",");
    assert!(text.contains("pub (crate) use __alif_Alif :: { Alif ,"), "{text}");
    assert!(
        text.contains(":: core :: include_bytes ! (\"/") || cfg!(windows),
        "{text}"
    );
    assert!(errors("\"absent.alif\"")[0].starts_with("cannot read `absent.alif`: "));
    assert!(errors("\"src\"")[0].starts_with("cannot read `src`: "));
    let error = &errors("\"../../tests/diagnostics/hash.alif\"")[0];
    assert!(error.starts_with("[E0103] a comment starts with"), "{error}");
    assert!(error.contains("--> ../../tests/diagnostics/hash.alif:1:1"), "{error}");
    assert_eq!(
        errors("b\"a\"").len() + errors("1 2").len() + errors("\"a\" \"b\"").len(),
        3
    );
}
