//! The content of a record, as it is written now or was written by an earlier version.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::db::casefile::earlier_words;
use crate::domain::repatriation::records::record::RecordKind;
use crate::error::{Error, Result};

/// Reads a content.
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
    earlier_words::rename_record(kind, &mut earlier);
    serde_json::from_value(earlier).map_err(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::{TravelDocumentKind, Voluntariness};
    use crate::domain::repatriation::records::{ReturnDecision, TravelDocument};

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
    fn a_one_way_certificate_is_read_as_an_emergency_travel_document() {
        let sealed = br#"{"kind":"consular_one_way_certificate","status":"requested"}"#;
        let read = read::<TravelDocument>(RecordKind::TravelDocument, sealed).ok();
        assert_eq!(read.map(|document| document.kind), Some(TravelDocumentKind::EmergencyTravelDocument));
    }
}
