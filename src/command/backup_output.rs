//! The file of a backup while it is written: without its name, and with the sum of every byte, so that it is compared before it gets one.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::command::failure::Failure;
use crate::crypto::Sha256;

/// How the name of a file begins that did not get its own.
pub(in crate::command) const UNFINISHED: &str = ".unfinished-";

/// A file that is written, and the sum of what was written to it.
pub(in crate::command) struct Summed {
    out: BufWriter<File>,
    sum: Sha256,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl Summed {
    /// Makes everything that was written durable.
    pub fn sync(&mut self) -> std::io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }

    /// Reads the file again: what is on the disk must be what was written.
    pub fn compare_with(self, file: &Unfinished) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be read: {error}", file.path.display()));
        let there = sum_of(&file.path).map_err(failed)?;
        if there == self.sum.finish() {
            return Ok(());
        }
        Err(Failure::unavailable(format!(
            "What is on the disk of {} is not what was written to it. Replace the disk.",
            file.path.display()
        )))
    }
}

/// The SHA-256 of a file.
pub(in crate::command) fn sum_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let (mut file, mut sum, mut bytes) = (File::open(path)?, Sha256::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(sum.finish()),
            length => sum.update(bytes.get(..length).unwrap_or_default()),
        }
    }
}

/// A file without its name; removed, if it does not get one.
pub(in crate::command) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// A file in this folder, which is not made yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(format!("{UNFINISHED}{}", uuid::Uuid::new_v4().simple())) }
    }

    /// Makes the file, readable by its owner only.
    pub fn writer(&self) -> Result<Summed, Failure> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path);
        let file = file.map_err(|error| Failure::unavailable(format!("{} cannot be made: {error}", self.path.display())))?;
        Ok(Summed { out: BufWriter::new(file), sum: Sha256::default() })
    }

    /// Gives it its name, durably.
    pub fn keep_as(self, name: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be made: {error}", name.display()));
        std::fs::rename(&self.path, name).map_err(failed)?;
        File::open(name.parent().unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already, if it has its name.
        let _gone = std::fs::remove_file(&self.path);
    }
}
