//! The SQLite file and its directory, readable by nobody else.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

use super::DatabaseError;

/// Makes the directory (mode 0700) and an empty file (mode 0600) where there is none; SQLite gives its `-wal` and
/// `-shm` files the mode of the file. What exists is left as it is.
pub(super) fn prepare(path: &Path) -> Result<(), DatabaseError> {
    let failed = |path: &Path, cause: io::Error| DatabaseError::File { path: path.display().to_string(), cause };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        private_directory(parent).map_err(|cause| failed(parent, cause))?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|cause| failed(path, cause))
}

fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
