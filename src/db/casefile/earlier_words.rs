//! Words that an earlier version sealed. No migration can rename a sealed content, so it is read under the present words, and sealed with
//! them at its next change.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::cases::attachment::AttachmentKind;
use crate::domain::codes::{ExitMode, TravelDocumentKind, Voluntariness};
use crate::domain::repatriation::records::record::RecordKind;

/// Reads how somebody left, in a stay or in what a merge keeps.
pub(in crate::db) fn exit_mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ExitMode>, D::Error> {
    match Option::<String>::deserialize(deserializer)?.as_deref() {
        None => Ok(None),
        Some("escaped_swimming") => Ok(Some(ExitMode::CrossedRiver)),
        Some(text) => ExitMode::parse(text).map(Some).ok_or_else(|| D::Error::custom("no exit mode")),
    }
}

/// Reads what a file is.
pub(in crate::db) fn attachment_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AttachmentKind, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "mission_letter_to_authorities" => Ok(AttachmentKind::OfficialLetter),
        text => AttachmentKind::parse(text).ok_or_else(|| D::Error::custom("no kind of file")),
    }
}

/// Puts the content of a record under its present words.
pub(in crate::db) fn rename_record(kind: RecordKind, content: &mut Value) {
    let Some(fields) = content.as_object_mut() else { return };
    match kind {
        RecordKind::ReturnDecision => {
            let Some(was_free) = fields.remove("voluntary") else { return };
            // "Not freely" did not say whether the person agreed. Neither carries an assisted return; this one claims less.
            let told = if was_free == Value::Bool(true) { Voluntariness::Voluntary } else { Voluntariness::AgreedWithoutAlternative };
            fields.insert("voluntariness".to_owned(), Value::from(told.as_str()));
        }
        RecordKind::TravelDocument => {
            let Some(document) = fields.get_mut("kind").filter(|kind| *kind == "consular_one_way_certificate") else { return };
            *document = Value::from(TravelDocumentKind::EmergencyTravelDocument.as_str());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sealed {
        #[serde(default, deserialize_with = "exit_mode")]
        exit_mode: Option<ExitMode>,
        #[serde(deserialize_with = "attachment_kind")]
        kind: AttachmentKind,
    }

    #[test]
    fn earlier_words_are_read_as_the_present_ones() {
        let read = |text: &str| serde_json::from_str::<Sealed>(text).ok().map(|sealed| (sealed.exit_mode, sealed.kind));
        let earlier = r#"{"exit_mode":"escaped_swimming","kind":"mission_letter_to_authorities"}"#;
        assert_eq!(read(earlier), Some((Some(ExitMode::CrossedRiver), AttachmentKind::OfficialLetter)));
        assert_eq!(read(r#"{"exit_mode":"ransomed","kind":"photo"}"#), Some((Some(ExitMode::Ransomed), AttachmentKind::Photo)));
        assert_eq!(read(r#"{"exit_mode":null,"kind":"photo"}"#), Some((None, AttachmentKind::Photo)));
        assert_eq!(read(r#"{"kind":"photo"}"#), Some((None, AttachmentKind::Photo)));
        assert_eq!(read(r#"{"exit_mode":"flew","kind":"photo"}"#), None);
        assert_eq!(read(r#"{"kind":"song"}"#), None);
    }
}
