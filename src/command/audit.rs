//! `homeward audit …`: what the audit trail proves, without the service.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::path::Path;
use std::time::Instant;

use crate::command::admin::read;
use crate::command::failure::Failure;
use crate::command::print;
use crate::config::Config;
use crate::db::reporting::audit::verifying::{self, Fault, Proof, Sealed};

/// The largest file that is read as a checkpoint.
const CHECKPOINT_BYTES: u64 = 64 * 1024;

/// Verifies the sealed trail, and that it goes on from a checkpoint that somebody kept. Prints its size and its root.
pub fn verify(config: &Config, checkpoint: Option<&Path>) -> Result<(), Failure> {
    let kept = checkpoint.map(read_checkpoint).transpose()?;
    let started = Instant::now();
    let verdict = read(config, REASON, move |tx| verifying::verify(tx, kept.as_deref()))?;
    match verdict {
        Ok(Sealed { size, root, key }) => {
            let milliseconds = started.elapsed().as_millis();
            let key = key.map_or_else(|| "none yet".to_owned(), |key| key.verifier());
            print::line(format!(
                "size {size}\nroot {}\nkey  {key}\nThe sealed trail is whole ({milliseconds} ms).",
                BASE64_STANDARD.encode(root)
            ))
        }
        Err(Fault { position, what }) => Err(Failure::input(format!("The audit trail is damaged at entry {position}: {what}."))),
    }
}

/// Why the trail is read, as the operator at the database does.
const REASON: &str = "audit command";

/// Prints the latest checkpoint, to be kept elsewhere.
pub fn checkpoint(config: &Config) -> Result<(), Failure> {
    let note = read(config, REASON, verifying::latest_note)?;
    let note = note.ok_or_else(|| Failure::unavailable("Nothing is sealed yet: the service seals the audit trail once a minute."))?;
    print::line(note.trim_end())
}

fn read_checkpoint(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::config(format!("--checkpoint: {} cannot be read: {error}", path.display()));
    if std::fs::metadata(path).map_err(unreadable)?.len() > CHECKPOINT_BYTES {
        return Err(Failure::config(format!("--checkpoint: {} is too large for a checkpoint.", path.display())));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// Prints the proof that an entry is in the sealed trail (C2SP `tlog-proof`), and the bytes that its leaf was hashed from.
pub fn prove(config: &Config, entry: i64) -> Result<(), Failure> {
    let proof = read(config, REASON, move |tx| verifying::prove(tx, entry))?;
    let Some(Proof { entry: bytes, path, note }) = proof else {
        return Err(Failure::input(format!(
            "There is no entry {entry} in the sealed trail, or it is not what was sealed: run `homeward audit verify`."
        )));
    };
    let hashes: String = path.iter().map(|hash| BASE64_STANDARD.encode(hash) + "\n").collect();
    print::line(format!("c2sp.org/tlog-proof@v1\nextra {}\nindex {entry}\n{hashes}\n{}", BASE64_STANDARD.encode(bytes), note.trim_end()))
}
