//! What an earlier version sealed under other names. No migration can rename a sealed content, so it is read under its present names, and
//! sealed with them at its next change.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::codes::Voluntariness;
use crate::domain::repatriation::records::record::RecordKind;
use crate::error::{Error, Result};

/// Reads the content of a record, as it is written now or was written earlier.
///
/// # Errors
/// A content of a shape that no version wrote.
pub(super) fn read<T: DeserializeOwned>(kind: RecordKind, plain: &[u8]) -> Result<T> {
    if let Ok(content) = serde_json::from_slice(plain) {
        return Ok(content);
    }
    // The text of a serde error may repeat the plaintext.
    let unknown = |_| Error::internal("a record has an unknown shape");
    let mut earlier: Value = serde_json::from_slice(plain).map_err(unknown)?;
    rename(kind, &mut earlier);
    serde_json::from_value(earlier).map_err(unknown)
}

fn rename(kind: RecordKind, content: &mut Value) {
    let Some(fields) = content.as_object_mut() else { return };
    if kind == RecordKind::ReturnDecision
        && let Some(was_free) = fields.remove("voluntary")
    {
        // "Not freely" did not say whether the person agreed. Neither carries an assisted return; this one claims less.
        let told = if was_free == Value::Bool(true) { Voluntariness::Voluntary } else { Voluntariness::AgreedWithoutAlternative };
        fields.insert("voluntariness".to_owned(), Value::from(told.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cases::attachment::AttachmentKind;
    use crate::domain::codes::{ExitMode, TravelDocumentKind};
    use crate::domain::repatriation::records::ReturnDecision;

    #[test]
    fn a_decision_is_read_as_it_was_sealed_before_its_words_changed() {
        let read = |freely: &str| {
            let sealed = format!(r#"{{"decision":"return",{freely},"decided_on":"2026-01-19"}}"#);
            read::<ReturnDecision>(RecordKind::ReturnDecision, sealed.as_bytes()).ok().map(|decision| decision.voluntariness)
        };
        assert_eq!(read(r#""voluntary":true"#), Some(Voluntariness::Voluntary));
        assert_eq!(read(r#""voluntary":false"#), Some(Voluntariness::AgreedWithoutAlternative));
        assert_eq!(read(r#""voluntariness":"against_will""#), Some(Voluntariness::AgainstWill));
        assert_eq!(read(r#""neither":true"#), None);
    }

    #[test]
    fn codes_in_sealed_contents_are_read_by_their_earlier_names() {
        assert_eq!(serde_json::from_str::<ExitMode>(r#""escaped_swimming""#).ok(), Some(ExitMode::CrossedRiver));
        let kind = serde_json::from_str::<AttachmentKind>(r#""mission_letter_to_authorities""#).ok();
        assert_eq!(kind, Some(AttachmentKind::OfficialLetter));
        let kind = serde_json::from_str::<TravelDocumentKind>(r#""consular_one_way_certificate""#).ok();
        assert_eq!(kind, Some(TravelDocumentKind::EmergencyTravelDocument));
    }
}
