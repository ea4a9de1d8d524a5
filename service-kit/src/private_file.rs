//! Files that only the user who runs the service can read: keys, passwords, databases, letters.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::ids::new_id;

/// Options with which a file that is made gets mode 0600. On systems without such modes, what the directory gives.
pub(crate) fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only modes are set here"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the directory, and those above it, with mode 0700. What exists is left as it is.
///
/// # Errors
/// What the system says.
pub fn directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes the directory that `path` is in, if it names one, as [`directory`] does.
///
/// # Errors
/// What the system says.
pub fn directory_of(path: &Path) -> io::Result<()> {
    named_parent(path).map_or(Ok(()), directory)
}

/// Writes a new file, mode 0600, and waits until it is on disk.
///
/// # Errors
/// What the system says; [`io::ErrorKind::AlreadyExists`] if there is such a file.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = options().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes a file, mode 0600, whole or not at all, and its directory; `false` if it is there already, and then it stays as it
/// is. Of several processes that do this at once one wins.
///
/// It is written beside the wanted place and linked there, because a link never replaces what exists; a rename would.
///
/// # Errors
/// What the system says.
pub fn write_once(path: &Path, content: &[u8]) -> io::Result<bool> {
    let parent = named_parent(path).unwrap_or(Path::new("."));
    directory(parent)?;
    // A random name: in containers, every process has the number 1.
    let draft = parent.join(format!(".{}", new_id("draft")));
    let linked = write_new(&draft, content).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        linked => linked.map(|()| true),
    });
    let removed = fs::remove_file(&draft);
    let linked = linked?;
    removed?;
    // The name must survive power loss as well. Elsewhere a directory cannot be opened.
    #[cfg(unix)]
    File::open(parent)?.sync_all()?;
    Ok(linked)
}

fn named_parent(path: &Path) -> Option<&Path> {
    path.parent().filter(|parent| !parent.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
    }

    #[test]
    fn files_and_directories_are_for_nobody_else() {
        let place = tempfile::tempdir().unwrap();
        let (folder, file) = (place.path().join("new/folder"), place.path().join("new/folder/file"));
        directory_of(&file).unwrap();
        write_new(&file, b"one").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"one");
        #[cfg(unix)]
        for (path, wanted) in [(place.path().join("new"), 0o700), (folder, 0o700), (file, 0o600)] {
            assert_eq!(mode(&path), wanted, "{}", path.display());
        }
    }

    #[test]
    fn what_exists_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        assert!(write_once(&file, b"one").unwrap());
        assert!(!write_once(&file, b"two").unwrap());
        assert_eq!(write_new(&file, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        directory_of(&file).unwrap();
        directory_of(Path::new("file")).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"one");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_left() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(directory(&file).is_err() && write_once(&file.join("below"), b"one").is_err());
        // A directory has the name already.
        let taken = place.path().join("taken");
        directory(&taken).unwrap();
        assert!(!write_once(&taken, b"one").unwrap() && write_new(&taken, b"one").is_err());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }
}
