//! Files that appear whole or not at all.
//!
//! What is written goes to a temporary file beside the target, which takes the target's name only when all is on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A sink that can be written and sought.
pub trait WriteSeek: Write + Seek {}

impl<T: Write + Seek + ?Sized> WriteSeek for T {}

/// Why a file was not written; what stood there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The path names a directory, a device or a pipe.
    #[error("cannot write `{}`: it does not name a regular file", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
    },
    /// The folder to write into does not exist.
    #[error("cannot write `{}`: there is no folder `{}`", path.display(), folder.display())]
    NoFolder {
        /// The path as given.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The system refused, or the content could not be produced.
    #[error("cannot write `{}`: {source}", path.display())]
    Io {
        /// The path as given.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Writes a file as a whole: `content` fills a buffered temporary file in the same folder, which is flushed, brought to disk
/// and renamed. An existing file is replaced, through symbolic links, and keeps its permissions.
///
/// # Errors
/// [`WriteError`], also when `content` fails; the temporary file is then removed and the target is as it was.
pub fn write_atomically<F>(path: &Path, content: F) -> Result<(), WriteError>
where
    F: FnOnce(&mut dyn WriteSeek) -> io::Result<()>,
{
    let target = Target::find(path)?;
    let io_error = |source| WriteError::Io {
        path: path.to_owned(),
        source,
    };
    let (file, temporary) = Temporary::create(&target.folder).map_err(io_error)?;
    let written = (|| {
        let mut buffer = BufWriter::with_capacity(1 << 16, file);
        content(&mut buffer)?;
        let file = buffer.into_inner().map_err(|error| error.into_error())?;
        if let Some(permissions) = target.permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()
    })();
    written
        .and_then(|()| temporary.rename(&target.file))
        .map_err(io_error)?;
    sync_folder(&target.folder);
    Ok(())
}

/// Finds out before a long run whether [`write_atomically`] could write `path`, by making and removing an empty temporary file.
///
/// # Errors
/// [`WriteError`], the one that writing would meet.
pub fn check_writable(path: &Path) -> Result<(), WriteError> {
    let target = Target::find(path)?;
    Temporary::create(&target.folder)
        .map(drop)
        .map_err(|source| WriteError::Io {
            path: path.to_owned(),
            source,
        })
}

/// Where a file goes.
struct Target {
    file: PathBuf,
    folder: PathBuf,
    /// Those of the file that is replaced.
    permissions: Option<fs::Permissions>,
}

impl Target {
    fn find(path: &Path) -> Result<Self, WriteError> {
        let io_error = |source| WriteError::Io {
            path: path.to_owned(),
            source,
        };
        let (file, permissions) = match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {
                // A file that may not be written stays, though its folder would let it be replaced.
                OpenOptions::new().write(true).open(path).map_err(io_error)?;
                let file = fs::canonicalize(path).map_err(io_error)?;
                (file, Some(metadata.permissions()))
            }
            Ok(_) => {
                return Err(WriteError::NotAFile { path: path.to_owned() });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), None),
            Err(error) => return Err(io_error(error)),
        };
        let ends_in_name = path.as_os_str().as_encoded_bytes().last() != Some(&b'/');
        if file.file_name().is_none() || !ends_in_name {
            return Err(WriteError::NotAFile { path: path.to_owned() });
        }
        let folder = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(WriteError::NoFolder {
                path: path.to_owned(),
                folder,
            });
        }
        Ok(Self {
            file,
            folder,
            permissions,
        })
    }
}

/// A file that is removed when dropped, unless it was renamed.
struct Temporary {
    path: Option<PathBuf>,
}

impl Temporary {
    fn create(folder: &Path) -> io::Result<(File, Self)> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let mut attempts = 0;
        loop {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".alif-{}-{count}.tmp", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, Self { path: Some(path) })),
                // Left over from a process with the same id that was killed.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempts < 1000 => {
                    attempts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, target)?;
        }
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Nothing can be done about a failure, and the error that led here matters more.
            let _ = fs::remove_file(path);
        }
    }
}

/// Brings the new name to disk, where the system has a call for it. The content is safe either way.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::SeekFrom;

    /// An empty folder of this test's own, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("alif-atomic-{}-{name}", std::process::id()));
            fs::create_dir_all(&folder).expect("the temporary folder can be written");
            Self(folder)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).expect("the folder can be read");
            let mut names: Vec<String> = entries
                .map(|entry| entry.expect("an entry").file_name().display().to_string())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn writes_seeks_and_replaces() {
        let folder = Folder::new("replaces");
        let path = folder.0.join("a.txt");
        write_atomically(&path, |sink| sink.write_all(b"first")).expect("writes");
        write_atomically(&path, |sink| {
            sink.write_all(b"second")?;
            sink.seek(SeekFrom::Start(0))?;
            sink.write_all(b"S")
        })
        .expect("replaces");
        assert_eq!(fs::read(&path).expect("reads"), b"Second");
        assert_eq!(folder.names(), ["a.txt"]);
    }

    #[test]
    fn failure_leaves_what_was_there() {
        let folder = Folder::new("failure");
        let path = folder.0.join("a.txt");
        fs::write(&path, "old").expect("writes");
        let error = write_atomically(&path, |sink| {
            sink.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        let message = error.expect_err("fails").to_string();
        assert!(message.ends_with("a.txt`: no more"), "{message}");
        assert_eq!(fs::read(&path).expect("reads"), b"old");
        assert_eq!(folder.names(), ["a.txt"]);
    }

    #[test]
    fn panic_leaves_no_temporary_file() {
        let folder = Folder::new("panic");
        let path = folder.0.join("a.txt");
        let result =
            std::panic::catch_unwind(|| write_atomically(&path, |_| std::panic::resume_unwind(Box::new("stop"))));
        assert!(result.is_err());
        assert!(folder.names().is_empty());
    }

    #[test]
    fn checks_before_a_run() {
        let folder = Folder::new("checks");
        check_writable(&folder.0.join("new.npz")).expect("a new file in an existing folder");
        assert!(folder.names().is_empty());
        let missing = folder.0.join("missing").join("a.npz");
        let error = check_writable(&missing).expect_err("no folder");
        assert!(matches!(error, WriteError::NoFolder { .. }), "{error}");
        for path in [folder.0.clone(), folder.0.join("missing/"), PathBuf::new()] {
            let error = check_writable(&path).expect_err("not a file");
            assert!(matches!(error, WriteError::NotAFile { .. }), "{error}");
        }
        check_writable(Path::new("name-in-the-current-folder.npz")).expect("no folder part");
    }

    #[cfg(unix)]
    #[test]
    fn keeps_links_permissions_and_devices() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = Folder::new("links");
        let (file, link) = (folder.0.join("file"), folder.0.join("link"));
        fs::write(&file, "old").expect("writes");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("sets");
        symlink(&file, &link).expect("links");
        write_atomically(&link, |sink| sink.write_all(b"new")).expect("writes");
        assert!(link.is_symlink());
        assert_eq!(fs::read(&file).expect("reads"), b"new");
        let mode = fs::metadata(&file).expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert!(matches!(
            write_atomically(Path::new("/dev/null"), |_| Ok(())),
            Err(WriteError::NotAFile { .. })
        ));
    }
}
