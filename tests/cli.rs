//! Does the command line do what it says, and does it compute what the library computes?

mod brainpy_cases;
mod commands;
mod noise;
mod recordings;
mod speed;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::support::workspace;

/// The binary `alif`, built once in the profile of these tests.
pub(crate) fn alif() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let tests = std::env::current_exe().expect("the path of these tests");
        // …/target/<profile>/deps/<tests>
        let profile = tests
            .ancestors()
            .nth(2)
            .and_then(Path::file_name)
            .expect("a folder named by the profile");
        let profile = if profile == "debug" { "dev".as_ref() } else { profile };
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "-p",
                "alif-cli",
                "--bin",
                "alif",
                "--message-format=json",
                "--profile",
            ])
            .arg(profile)
            .current_dir(workspace())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("messages are text");
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mut binaries = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        binaries.next_back().expect("cargo names the binary it built")
    })
}

/// What a command came to.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn new(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the command line writes text");
        Self {
            status: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// It succeeded.
    fn good(self) -> Self {
        assert_eq!(self.status, Some(0), "{}", self.err);
        self
    }

    /// It ended in an error: status 1, nothing on the standard output, and all these words on the other.
    fn refused(self, words: &[&str]) {
        assert_eq!((self.status, self.out.as_str()), (Some(1), ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in\n{}", self.err);
        }
    }
}

/// Runs a command in the root of the workspace.
fn run(arguments: &[&str]) -> Ran {
    let output = Command::new(alif()).args(arguments).current_dir(workspace()).output();
    Ran::new(output.expect("the binary runs"))
}

/// Runs commands of a shell in a folder; `alif` is the binary.
pub(crate) fn shell(commands: &str, folder: &Folder) -> Ran {
    let binaries = alif().parent().expect("a folder of binaries").to_owned();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::env::join_paths(std::iter::once(binaries).chain(std::env::split_paths(&paths)));
    let output = Command::new("sh")
        .args(["-e", "-c", commands])
        .env("PATH", paths.expect("a list of folders"))
        .current_dir(&folder.0)
        .output();
    Ran::new(output.expect("a shell"))
}

/// A folder that goes away with its owner.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("alif-tests-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for files");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a path that is text").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
