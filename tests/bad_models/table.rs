//! The table of bad inputs as data: what stands in the `.txt` files of this folder.
//!
//! A case begins with `### B001 name: CLASS` and has parts, separated by `---`. A part is a text (as written, `edit GOOD: OLD -> NEW` or
//! `gen NAME`), commands of a shell (`$ …`, in a folder that holds the text as `model.alif`), or both, and what is expected:
//!
//! | line | meaning |
//! |---|---|
//! | `=> E0104 1:28 words` | this code, its caret here (for texts), these words in its sentence |
//! | `=> help words`, `=> label 1:17 words` | of the diagnostic before |
//! | `=> says words` | somewhere in what is printed |
//! | `=> good`, `=> status 2`, `=> absent FILE` | no error; another exit status; a file that must not be there |
//!
//! A line `note: …` says where the language decides otherwise than the case.

use std::path::Path;

/// A case.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// Such as `B001`.
    pub(crate) id: String,
    /// The classes that it may end in.
    pub(crate) classes: Vec<String>,
    /// Where the language decides otherwise.
    pub(crate) note: Option<String>,
    /// What is tried.
    pub(crate) parts: Vec<Part>,
}

/// One thing that is tried.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// The lines of the text.
    pub(crate) text: Vec<String>,
    /// The commands; without any, the text is checked.
    pub(crate) commands: Vec<String>,
    /// What is expected of each diagnostic.
    pub(crate) said: Vec<Said>,
    /// Words to be printed.
    pub(crate) says: Vec<String>,
    /// The exit status, if it is not that of the worst diagnostic.
    pub(crate) status: Option<i32>,
    /// A file that must not be there.
    pub(crate) absent: Option<String>,
}

/// A diagnostic that is expected.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Its code.
    pub(crate) code: String,
    /// Line and column of its caret.
    pub(crate) place: Option<(usize, usize)>,
    /// Words in its sentence.
    pub(crate) words: String,
    /// Words in its help.
    pub(crate) help: Option<String>,
    /// Place and words of other labels.
    pub(crate) labels: Vec<((usize, usize), String)>,
}

/// `1:28` and the rest of the line.
fn place(text: &str) -> Option<((usize, usize), &str)> {
    let (place, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (line, column) = place.split_once(':')?;
    Some(((line.parse().ok()?, column.parse().ok()?), rest))
}

fn expectation(part: &mut Part, text: &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let last = part.said.last_mut();
    match (word, last) {
        ("good", _) => {}
        ("status", _) => part.status = Some(rest.parse().expect("a status")),
        ("says", _) => part.says.push(rest.to_owned()),
        ("absent", _) => part.absent = Some(rest.to_owned()),
        ("help", Some(said)) => said.help = Some(rest.to_owned()),
        ("label", Some(said)) => {
            let (at, words) = place(rest).expect("a place");
            said.labels.push((at, words.to_owned()));
        }
        (code, _) => {
            assert!(code.len() == 5 && code.starts_with(['E', 'W']), "{text}");
            let (at, words) = match place(rest) {
                Some((at, words)) => (Some(at), words),
                None => (None, rest),
            };
            part.said.push(Said {
                code: code.to_owned(),
                place: at,
                words: words.to_owned(),
                ..Said::default()
            });
        }
    }
}

/// The cases of one file.
fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("### ") {
            let (name, classes) = head.split_once(": ").expect("a name and classes");
            cases.push(Case {
                id: name.split(' ').next().unwrap_or_default().to_owned(),
                classes: classes.split(" or ").map(str::to_owned).collect(),
                parts: vec![Part::default()],
                ..Case::default()
            });
            continue;
        }
        // What stands before the first case is a heading.
        let Some(case) = cases.last_mut() else {
            continue;
        };
        let part = case.parts.last_mut().expect("each case has a part");
        if line == "---" {
            case.parts.push(Part::default());
        } else if let Some(note) = line.strip_prefix("note: ") {
            case.note = Some(note.to_owned());
        } else if let Some(expected) = line.strip_prefix("=> ") {
            expectation(part, expected);
        } else if let Some(command) = line.strip_prefix("$ ") {
            part.commands.push(command.to_owned());
        } else if !line.is_empty() {
            part.text.push(line.to_owned());
        }
    }
    cases
}

/// All cases, in the order of their numbers.
pub(crate) fn cases(folder: &Path) -> Vec<Case> {
    let entries = std::fs::read_dir(folder).expect("the folder of bad inputs");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let texts = files.iter().map(|path| std::fs::read_to_string(path).expect("a table"));
    texts.flat_map(|text| read(&text)).collect()
}
