//! `alif fmt`: the canonical form of model files.

use std::path::Path;

use alif::atomic::write_atomically;
use alif_grammar::Code;

use crate::args::FmtArgs;
use crate::source::Source;
use crate::terminal::{self, Failure, results};

/// Prints, compares or rewrites files. One that cannot be read does not keep the others from being treated.
pub(crate) fn fmt(args: &FmtArgs) -> Result<(), Failure> {
    let mut out = String::new();
    let mut failed = false;
    let mut differs = false;
    for path in &args.files {
        match canonical(path) {
            Ok((_, text)) if !args.check && !args.write => out += &text,
            Ok((old, text)) => {
                if old == text {
                    continue;
                }
                differs = true;
                if args.check {
                    out += &format!("{}\n", path.display());
                } else {
                    write_atomically(path, |sink| sink.write_all(text.as_bytes()))
                        .map_err(|error| Failure::new(Code::FileAccess, error))?;
                }
            }
            Err(failure) => {
                failed = true;
                if let Failure::Message { code, message, help } = failure {
                    terminal::tell(code, &message, help.as_deref());
                }
            }
        }
    }
    results(&out)?;
    if failed || (args.check && differs) {
        Err(Failure::Told)
    } else {
        Ok(())
    }
}

/// The text of a file and its canonical form.
fn canonical(path: &Path) -> Result<(String, String), Failure> {
    let source = Source::open(path)?;
    let file = source.parse()?;
    let text = alif_grammar::print(&file, &source.text);
    // Nobody's model may change its meaning: what was printed is read again before it is handed out.
    let same = alif_grammar::parse(&text).is_ok_and(|again| alif_grammar::same_tree(&file, &again));
    if same {
        Ok((source.text, text))
    } else {
        Err(Failure::new(
            Code::FileContent,
            format_args!(
                "cannot format `{}`: its canonical form reads differently, which is a fault of alif",
                source.name
            ),
        ))
    }
}
