//! The texts and files that cases name.

use std::path::Path;

/// The good models that cases change.
pub(crate) const GOOD: [(&str, &str); 2] = [
    (
        "ok_lif",
        "model ok_lif {
  param tau = 20 ms; param R = 1 ohm; param V_rest = 0 V; param V_th = 1 V;
  input I : A;
  state V : V = 0 V;
  tau * dV/dt = -(V - V_rest) + R*I;
  spike when V > V_th { V -= V_th; }
}
",
    ),
    (
        "ok_alif",
        "model ok_alif {
  param tau = 20 ms; param tau_a = 200 ms; param R = 1 ohm; param V_rest = 0 V; param V_th = 1 V; param beta = 0.07 V;
  input I : A;
  state V : V = 0 V; state a : 1 = 0;
  tau * dV/dt = -(V - V_rest) + R*I;
  tau_a * da/dt = -a;
  spike when V > V_th + beta*a { V -= V_th; a += 1; }
}
",
    ),
];

/// Models that commands run, besides the good ones.
const MODELS: [(&str, &str); 2] = [
    (
        "with_port.alif",
        "model with_port {
  state V = 0 mV;
  input syn : event(mV);
  20 ms * dV/dt = -V;
  on syn(w) { V += w; }
  spike when V > 15 mV { V = 0 mV; }
}
",
    ),
    // The upstroke of an exponential integrate-and-fire neuron that no spike ends.
    (
        "runaway.alif",
        "model runaway {
  state V = -65 mV;
  input I : nA;
  10 ms * dV/dt = -(V + 65 mV) + 2 mV * exp((V + 50 mV) / 2 mV) + 100 MOhm * I;
}
",
    ),
];

fn good(name: &str) -> &'static str {
    let found = GOOD.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("there is no good model {name}")).1
}

/// The bytes that the lines of a part stand for.
pub(crate) fn bytes(lines: &[String]) -> Vec<u8> {
    let whole = lines.join("\n");
    if let Some(name) = whole.strip_prefix("gen ") {
        return generated(name);
    }
    let Some(edit) = whole.strip_prefix("edit ") else {
        return whole.into_bytes();
    };
    let (name, changes) = edit.split_once(": ").expect("a model and a change");
    let mut text = good(name).to_owned();
    for change in changes.split(" ; ") {
        let (old, new) = change.split_once(" ->").expect("what becomes what");
        assert!(text.contains(old), "{old} is not in {name}");
        text = text.replacen(old, new.trim_start(), 1);
    }
    text.into_bytes()
}

/// Texts that are too long, or too odd, to be written down.
fn generated(name: &str) -> Vec<u8> {
    let model = |items: &str| format!("model m {{ {items} }}").into_bytes();
    let lif = |items: &str| model(&format!("state V = 0; 1 ms * dV/dt = -V; {items}"));
    let numbered = |n: usize, item: &dyn Fn(usize) -> String| (1..=n).map(item).collect::<String>();
    match name {
        "nothing" => vec![],
        "blanks" => b"  \n\t \r\n ".to_vec(),
        "mark_and_comment" => "\u{feff}// nothing\n".into(),
        "mark_and_model" => format!("\u{feff}{}", good("ok_lif")).into_bytes(),
        "not_utf8" => b"model m { param tau = 20 \xff\xfe ms; }".to_vec(),
        "utf16" => {
            let units = "\u{feff}model m {}".encode_utf16();
            units.flat_map(u16::to_le_bytes).collect()
        }
        "nul" => b"model m { state V : V = 0\0 V; }".to_vec(),
        "carriage_returns" => misspelled().replace('\n', "\r").into_bytes(),
        "both_line_ends" => misspelled().replace('\n', "\r\n").into_bytes(),
        "cyrillic" => good("ok_alif").replace("state a", "state \u{430}").into_bytes(),
        "not_normalised" => {
            let text = good("ok_lif").replace("param R", "param \u{e9}");
            text.replace("R*I", "e\u{301}*I").into_bytes()
        }
        "bidi" => format!("// \u{202e} }} ;\n{}", good("ok_lif")).into_bytes(),
        "zero_width" => "model m { param ta\u{200b}u = 20 ms; }".into(),
        "many_digits" => {
            let long = format!("param V_th = 0.{} V", "1".repeat(100_000));
            good("ok_lif").replace("param V_th = 1 V", &long).into_bytes()
        }
        "deep_parentheses" => format!("param x = {}1{};", "(".repeat(100_000), ")".repeat(100_000)).into_bytes(),
        "unclosed_deep" => format!("param x = {}", "(".repeat(1_000_000)).into_bytes(),
        "deep_calls" => format!("param x = {}1{};", "exp(".repeat(5000), ")".repeat(5000)).into_bytes(),
        "flat_sum" => lif(&format!("let x = {};", vec!["V"; 200_000].join("+"))),
        "shorter_flat_sum" => lif(&format!("let x = {};", vec!["V"; 90_000].join("+"))),
        "minuses" => format!("param x = {}1;", "-".repeat(1_000_000)).into_bytes(),
        "fewer_minuses" => model(&format!("param x = {}1;", "-".repeat(100_000))),
        "doubling" => {
            let lets = numbered(60, &|k| format!("let x{k} = x{0}*x{0} + x{0};\n", k - 1));
            model(&format!(
                "param a = 0.5; let x0 = a; {lets} state V = 0; 1 ms * dV/dt = -V * x60;"
            ))
        }
        "product" => {
            let factors: Vec<String> = (1..=300).map(|k| format!("(1+{k}*V)")).collect();
            model(&format!("state V = 0; 1 ms * dV/dt = {};", factors.join("*")))
        }
        "many_states" => model(&numbered(10_000, &|k| {
            format!("state x{k} = 0; 1 ms * dx{k}/dt = -x{k};\n")
        })),
        _ => panic!("no text is called {name}"),
    }
}

fn misspelled() -> String {
    good("ok_alif").replace("spike when V > V_th", "spike when V > V_ht")
}

/// An array in NumPy's format.
fn npy(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let padding = 63 - (10 + header.len()) % 64;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    bytes
}

fn doubles(shape: &str, values: impl IntoIterator<Item = f64>) -> Vec<u8> {
    let values: Vec<u8> = values.into_iter().flat_map(f64::to_le_bytes).collect();
    npy("<f8", shape, &values)
}

/// Puts the files that commands name into a folder.
pub(crate) fn write(folder: &Path) {
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("a file");
    for (name, text) in GOOD {
        put(&format!("{name}.alif"), text.as_bytes());
    }
    for (name, text) in MODELS {
        put(name, text.as_bytes());
    }
    let with = |n: usize, at: usize, odd: f64, value: f64| (0..n).map(move |i| if i == at { odd } else { value });
    put("tau_negative.npy", &doubles("(3,)", with(3, 1, -20.0, 20.0)));
    put("99.npy", &doubles("(99,)", with(99, 0, 1.0, 1.0)));
    put("1.npy", &doubles("(1,)", [1.0]));
    put("tau_57.npy", &doubles("(100,)", with(100, 57, 0.0, 20.0)));
    put("turned.npy", &doubles("(3, 10)", with(30, 0, 0.0, 0.0)));
    put(
        "nan_17_3.npy",
        &doubles("(30, 5)", with(150, 17 * 5 + 3, f64::NAN, 1.0)),
    );
    let integers: Vec<u8> = [1_i64, 2, 3].into_iter().flat_map(i64::to_le_bytes).collect();
    put("integers.npy", &npy("<i8", "(3,)", &integers));
    put("complex.npy", &npy("<c16", "(3,)", &[0; 48]));
    put("objects.npy", &npy("|O", "(3,)", &[0; 24]));
}
