//! The files of an import: the list, the mapping, and the report.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use validator::Validate;
use zeroize::Zeroizing;

use crate::command::failure::Failure;
use crate::domain::imports::grid::LARGEST;
use crate::domain::imports::mapping::Mapping;

/// Reads a list, and no more of it than a list may have.
pub(super) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unreadable = |error: std::io::Error| Failure::input(format!("{} cannot be read: {error}", path.display()));
    let file = File::open(path).map_err(unreadable)?;
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Reads a mapping that somebody confirmed.
pub(super) fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = read_file(path)?;
    // What stands in it may be a heading of somebody's list: the place is told, and not the text.
    let mapping: Mapping = serde_json::from_slice(&text).map_err(|error| {
        Failure::input(format!("{} is not a mapping: see line {}, column {}.", path.display(), error.line(), error.column()))
    })?;
    mapping.validate().map_err(|_| Failure::input(format!("{} is not a mapping: a text or a list in it is too long.", path.display())))?;
    Ok(mapping)
}

/// A report that will be written.
pub(super) struct NewFile {
    path: PathBuf,
    file: File,
    is_written: bool,
}

/// Makes a new file that its owner alone reads. One that is there is never written over.
pub(super) fn write_new(path: &Path) -> Result<NewFile, Failure> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file = made.map_err(|error| Failure::input(format!("{} cannot be made: {error}", path.display())))?;
    Ok(NewFile { path: path.to_path_buf(), file, is_written: false })
}

impl NewFile {
    /// Writes the whole file.
    pub(super) fn write(mut self, bytes: &[u8]) -> Result<(), Failure> {
        // Whatever of it could be written is worth keeping.
        self.is_written = true;
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        written.map_err(|error| Failure::unavailable(format!("{} cannot be written: {error}", self.path.display())))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_written {
            // Of work that never began, no empty file is left in the way of the next try.
            drop(std::fs::remove_file(&self.path));
        }
    }
}
