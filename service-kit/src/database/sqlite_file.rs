//! The SQLite file and its directory, readable by nobody else.

use std::io;
use std::path::Path;

use super::DatabaseError;
use crate::private_file;

/// Makes the directory (mode 0700) and an empty file (mode 0600) where there is none; SQLite gives its `-wal` and
/// `-shm` files the mode of the file. What exists is left as it is.
pub(super) fn prepare(path: &Path) -> Result<(), DatabaseError> {
    let failed = |path: &Path, cause: io::Error| DatabaseError::File { path: path.display().to_string(), cause };
    private_file::directory_of(path).map_err(|cause| failed(path.parent().unwrap_or(path), cause))?;
    let opened = private_file::options().read(true).append(true).create(true).open(path);
    opened.map(drop).map_err(|cause| failed(path, cause))
}
