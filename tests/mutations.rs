//! Do models with random faults draw errors or compile, and never bring the compiler down?

use crate::support::{Random, workspace};

/// A text without comments, in words and what stands between them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_word = false;
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(""));
    for c in lines.flat_map(|line| line.chars().chain(['\n'])) {
        let word = c.is_alphanumeric() || c == '_' || c == '.';
        match pieces.last_mut() {
            Some(last) if word == in_word => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        in_word = word;
    }
    pieces
}

/// Every model of the files that draw no errors, with one to three words swapped or put in the place of others.
#[test]
fn random_faults_never_bring_the_compiler_down() {
    let folder = workspace().join("tests/diagnostics");
    let mut tried = (0, 0, 0);
    for file in [
        "valid.alif",
        "warnings.alif",
        "functions.alif",
        "kernels.alif",
        "spikes.alif",
    ] {
        let text = std::fs::read_to_string(folder.join(file)).expect("a text");
        for model in text.split("\nmodel ").skip(1) {
            let whole = pieces(&format!("model {model}"));
            for seed in 0..150 {
                let mut random = Random(seed);
                let mut words = whole.clone();
                for _ in 0..1 + random.below(3) {
                    // Words are every second piece.
                    let [a, b] = [0; 2].map(|_: usize| 2 * random.below(words.len() / 2));
                    match random.below(2) {
                        0 => words.swap(a, b),
                        _ => words[a] = words[b].clone(),
                    }
                }
                match alif_grammar::parse(&words.concat()) {
                    Err(diagnostics) => {
                        assert!(!diagnostics.is_empty());
                        tried.0 += 1;
                    }
                    Ok(file) => {
                        for model in &file.models {
                            match alif_compiler::compile(model) {
                                Ok(_) => tried.2 += 1,
                                Err(diagnostics) => {
                                    assert!(!diagnostics.is_empty(), "{}", words.concat());
                                    tried.1 += 1;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    println!(
        "refused by the grammar {}, by the compiler {}, compiled {}",
        tried.0, tried.1, tried.2
    );
    assert!(tried.0 > 100 && tried.1 > 500 && tried.2 > 100, "{tried:?}");
}
