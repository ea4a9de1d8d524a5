//! The folder that letters are laid into where there is no mail server: for trying out, and for tests.

use std::io;
use std::path::PathBuf;

use service_kit::private_file;

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
        private_file::directory(&self.folder)?;
        let aside = self.folder.join(format!(".{id}.tmp"));
        let laid = private_file::write_new(&aside, letter).and_then(|()| std::fs::rename(&aside, self.path_of(id)));
        if laid.is_err() {
            drop(std::fs::remove_file(&aside));
        }
        laid
    }

    fn path_of(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.eml"))
    }
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
