//! The root key's file: 64 hexadecimal digits, readable by its owner alone.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use zeroize::Zeroizing;

use crate::command::failure::Failure;
use crate::command::{self, print};
use crate::crypto::{RootKey, random};

/// Reads a root key from the file that a setting names. Refuses a file that others can read, and a key that is easy to guess.
pub fn read(path: &Path, setting: &str) -> Result<RootKey, Failure> {
    let refuse = |what: &str| Failure::config(format!("{setting}: {} {what}", path.display()));
    let metadata = std::fs::metadata(path).map_err(|_| refuse("cannot be read; without the root key the data cannot be opened"))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(refuse("can be read by others; run `chmod 0400` on it, and change the key if somebody may have read it"));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|_| refuse("cannot be read as text"))?);
    let key = decode(text.trim()).ok_or_else(|| refuse("must hold exactly 64 hexadecimal digits"))?;
    if is_sample(&key) {
        return Err(refuse("holds a sample key, not a secret; make one with `openssl rand -hex 32`"));
    }
    Ok(RootKey::new(*key))
}

/// Reads the root key, or makes one when there is none and warns of the consequences.
pub fn read_or_create(path: &Path) -> Result<RootKey, Failure> {
    if !path.exists() {
        create(path)?;
        print::line(format!("A new root key is made: {}", command::full_path(path).display()))?;
        print::line("BACK IT UP NOW, apart from the data. Whoever has both can read everything; whoever loses it has lost everything.")?;
    }
    read(path, command::KEY_FILE)
}

/// Makes a new root key.
pub fn create(path: &Path) -> Result<RootKey, Failure> {
    let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be made: {error}", path.display()));
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    }
    let key: [u8; 32] = random()?;
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(RootKey::new(key))
}

fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(key)
}

/// Whether a key looks typed: one byte repeated, or counting.
fn is_sample(key: &[u8; 32]) -> bool {
    let steps: Vec<u8> = key.windows(2).filter_map(|pair| Some(pair.last()?.wrapping_sub(*pair.first()?))).collect();
    let repeats = |length: usize| key.chunks(length).all(|chunk| key.starts_with(chunk));
    steps.windows(2).all(|pair| pair.first() == pair.last()) || [1, 2, 4, 8, 16].into_iter().any(repeats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, mode: u32) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        read(&path, command::KEY_FILE).err().map(|failure| failure.to_string()).unwrap_or_default()
    }

    #[test]
    fn only_a_secret_that_is_kept_is_accepted() {
        let good = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert_eq!(message(good, 0o400), "");
        assert!(message(good, 0o444).contains("can be read by others"));
        assert!(message(&good[..62], 0o400).contains("64 hexadecimal digits"));
        for sample in ["00".repeat(32), "deadbeef".repeat(8), (0..32).map(|byte| format!("{byte:02x}")).collect()] {
            assert!(message(&sample, 0o400).contains("sample key"), "{sample}");
        }
    }

    #[test]
    fn a_new_key_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("root.key");
        assert!(read(&path, command::KEY_FILE).is_err());
        read_or_create(&path).unwrap();
        let first = std::fs::read_to_string(&path).unwrap();
        read_or_create(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
    }
}
