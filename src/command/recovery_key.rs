//! `homeward recovery-key`: a key that opens backups. The service never needs it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use zeroize::Zeroizing;

use crate::command::failure::Failure;
use crate::command::print;
use crate::crypto::{Recipients, RecoveryKeys};

/// Makes a recovery key in a new file, and prints its public key.
pub fn make(to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::unavailable(format!("--to: {} cannot be made: {error}", to.display()));
    let (secret, public) = RecoveryKeys::generate()?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(to).map_err(failed)?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    print::line(public)
}

/// Reads the public keys to which backups are sealed, from the file that an option or a setting names.
pub(in crate::command) fn read_recipients(path: &Path, setting: &str) -> Result<Recipients, Failure> {
    let wrong = |why: &str| Failure::config(format!("{setting}: {} {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|_| wrong("cannot be read"))?;
    let none = || wrong("must hold public keys that begin with `age1`, one a line; `homeward recovery-key` makes one");
    Recipients::parse(&text).ok_or_else(none)
}

/// Reads the secret keys that open backups.
pub(in crate::command) fn read_recovery_keys(path: &Path) -> Result<RecoveryKeys, Failure> {
    let wrong = |why: &str| Failure::config(format!("--identity: {} {why}", path.display()));
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|_| wrong("cannot be read"))?);
    RecoveryKeys::parse(&text).ok_or_else(|| wrong("must hold recovery keys that begin with `AGE-SECRET-KEY-1`, one a line"))
}
