//! Checkpoints of an append-only log: size and root in a note, signed with Ed25519 (C2SP `tlog-checkpoint` and `signed-note`), so that
//! existing tools verify them, and whoever keeps one can prove what the log was.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::crypto::{Hash, SigningKey, is_signed, sha256};

/// The algorithm Ed25519 in a signed note.
const ALGORITHM: u8 = 1;

/// What a log was: its size and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

/// The note of a checkpoint, signed.
pub fn sign(key: &SigningKey, checkpoint: &Checkpoint) -> String {
    let public = CheckpointKey::new(key.public());
    let text = public.text(checkpoint);
    let signature = [public.id().as_slice(), &key.sign(text.as_bytes())].concat();
    format!("{text}\n\u{2014} {} {}\n", public.name(), BASE64_STANDARD.encode(signature))
}

/// The public key of checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointKey(Vec<u8>);

impl CheckpointKey {
    /// The key with these 32 bytes.
    pub fn new(public: &[u8]) -> Self {
        Self(public.to_vec())
    }

    /// The name of the log, which is the origin of its checkpoints: it stays as long as the key.
    pub fn name(&self) -> String {
        let id: String = sha256(&self.0).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("homeward/audit/{id}")
    }

    /// The key as tools for signed notes read it.
    pub fn verifier(&self) -> String {
        let id: String = self.id().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}+{id}+{}", self.name(), BASE64_STANDARD.encode([&[ALGORITHM], self.0.as_slice()].concat()))
    }

    /// The checkpoint in a note that this key signed; none if it did not, or if the note is none.
    pub fn open(&self, note: &str) -> Option<Checkpoint> {
        let (text, signatures) = note.split_once("\n\n")?;
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = Hash::try_from(BASE64_STANDARD.decode(root).ok()?.as_slice()).ok()?;
        let checkpoint = Checkpoint { size: size.parse().ok()?, root };
        let (signed, prefix) = (format!("{text}\n"), format!("\u{2014} {} ", self.name()));
        if origin != self.name() || signed != self.text(&checkpoint) {
            return None;
        }
        let mut notes = signatures.lines().filter_map(|line| BASE64_STANDARD.decode(line.strip_prefix(&prefix)?).ok());
        let is_known = notes.any(|signature| {
            let Some((id, signature)) = signature.split_first_chunk::<4>() else { return false };
            *id == self.id() && is_signed(&self.0, signed.as_bytes(), signature)
        });
        is_known.then_some(checkpoint)
    }

    fn text(&self, checkpoint: &Checkpoint) -> String {
        format!("{}\n{}\n{}\n", self.name(), checkpoint.size, BASE64_STANDARD.encode(checkpoint.root))
    }

    fn id(&self) -> [u8; 4] {
        let hash = sha256(&[self.name().as_bytes(), b"\n", &[ALGORITHM], &self.0].concat());
        let mut id = [0; 4];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_opens_only_whole_and_under_its_own_key() {
        let key = || SigningKey::read(&SigningKey::generate().unwrap()).unwrap();
        let (own, other) = (key(), key());
        let public = CheckpointKey::new(own.public());
        let checkpoint = Checkpoint { size: 1234, root: [7; 32] };
        let note = sign(&own, &checkpoint);
        assert_eq!(public.open(&note), Some(checkpoint));
        assert_eq!(CheckpointKey::new(other.public()).open(&note), None);
        assert_eq!(public.open(&note.replace("\n1234\n", "\n1235\n")), None);
        assert_eq!(public.open(&note.replace("\n1234\n", "\n01234\n")), None);
        assert_eq!(public.open(&sign(&other, &checkpoint)), None);
        for cut in 0..note.len() - 1 {
            assert_eq!(note.get(..cut).and_then(|part| public.open(part)), None, "{cut}");
        }
        let verifier = public.verifier();
        let parts: Vec<&str> = verifier.splitn(3, '+').collect();
        assert_eq!((parts.first().copied(), parts.get(1).map(|id| id.len())), (Some(public.name().as_str()), Some(8)));
    }
}
