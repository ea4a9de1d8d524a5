//! The folder that letters are laid into where there is no mail server: for trying out, and for tests.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A folder of `.eml` files, one a letter. Only the user that runs the service can read them: each is a way in.
#[derive(Clone)]
pub(super) struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes aside and renames, so that a letter is there whole or not at all. The folder is made by the first one.
    pub(super) fn lay(&self, id: &str, letter: &[u8]) -> io::Result<()> {
        private_directory(&self.folder)?;
        let aside = self.folder.join(format!(".{id}.tmp"));
        let laid = write_private(&aside, letter).and_then(|()| std::fs::rename(&aside, self.path_of(id)));
        if laid.is_err() {
            drop(std::fs::remove_file(&aside));
        }
        laid
    }

    fn path_of(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.eml"))
    }
}

fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_private_file_in_a_private_folder_and_nothing_else_is_left() {
        let place = tempfile::tempdir().unwrap();
        let outbox = Outbox::new(place.path().join("new/outbox"));
        outbox.lay("lnk_1", b"one").unwrap();
        outbox.lay("lnk_2", b"two").unwrap();
        assert_eq!(std::fs::read(outbox.path_of("lnk_1")).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(&outbox.folder).unwrap().count(), 2);
        #[cfg(unix)]
        for (path, wanted) in [(outbox.folder.clone(), 0o700), (outbox.path_of("lnk_2"), 0o600)] {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, wanted, "{}", path.display());
        }
    }

    #[test]
    fn where_no_folder_can_be_there_is_no_letter() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "x").unwrap();
        assert!(Outbox::new(file).lay("lnk_1", b"one").is_err());
    }
}
