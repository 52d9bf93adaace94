//! The history of a case: what an entry of it is about.

use uuid::Uuid;

use crate::domain::access::Role;
use crate::domain::ids::{AttachmentId, MergeId, RecordId};
use crate::domain::repatriation::records::record::RecordKind;

text_enum! {
    /// What an entry of the history is about, stored beside it: the fields themselves may be closed to a reader.
    pub enum ChangeSubject {
        /// The case, or a record on it.
        Case = "case",
        /// A file. Its existence is hidden from callers who cannot open its compartment.
        Attachment = "attachment",
    }
}

text_enum! {
    /// Why a case changed although nobody asked for it there.
    pub enum ChangeReason {
        /// The account of the assignee was disabled.
        AccountDisabled = "account_disabled",
        /// The assignee has a role now that does no work on cases.
        RoleChanged = "role_changed",
        /// The assignee has no password any more, and no code to set one.
        AccountLocked = "account_locked",
        /// The work of the assignee was handed over.
        HandedOver = "handed_over",
    }
}

impl ChangeReason {
    /// Why an account with which nobody will act again cannot.
    pub fn of_account(is_disabled: bool, role: Role) -> Self {
        match (is_disabled, role.does_casework()) {
            (true, _) => Self::AccountDisabled,
            (false, false) => Self::RoleChanged,
            (false, true) => Self::AccountLocked,
        }
    }
}

/// Whose field an entry names. Written and read here, so that both agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldOf {
    /// The case itself.
    Case,
    /// A record on it.
    Record(RecordKind, RecordId),
    /// A file on it.
    Attachment(AttachmentId),
    /// A merge that the case survived.
    Merge(MergeId),
}

/// What begins the name of a field of a file.
const ATTACHMENTS: &str = "attachments";
/// What begins the name of a merge.
const MERGES: &str = "merges";

impl FieldOf {
    /// What stands before the field itself, as the API has always told it.
    pub fn prefix(self) -> String {
        match self {
            Self::Case => String::new(),
            Self::Record(kind, id) => format!("{kind}/{id}/"),
            Self::Attachment(id) => format!("{ATTACHMENTS}/{id}/"),
            // A merge has no fields: this is the whole name.
            Self::Merge(id) => format!("{MERGES}/{id}"),
        }
    }

    /// Whose field this is.
    pub fn read(field: &str) -> Self {
        let mut parts = field.split('/');
        let (Some(collection), Some(id), field) = (parts.next(), parts.next(), parts.next()) else { return Self::Case };
        if field.is_none() {
            return Uuid::parse_str(id).ok().filter(|_| collection == MERGES).map_or(Self::Case, |id| Self::Merge(MergeId(id)));
        }
        match (Uuid::parse_str(id), RecordKind::parse(collection)) {
            (Ok(id), Some(kind)) => Self::Record(kind, RecordId(id)),
            (Ok(id), None) if collection == ATTACHMENTS => Self::Attachment(AttachmentId(id)),
            _ => Self::Case,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_field_is_can_be_read_from_its_name() {
        let record = FieldOf::Record(RecordKind::TravelDocument, RecordId::random());
        let file = FieldOf::Attachment(AttachmentId::random());
        for written in [record, file, FieldOf::Case] {
            assert_eq!(FieldOf::read(&format!("{}valid_until", written.prefix())), written);
        }
        let merge = FieldOf::Merge(MergeId::random());
        assert_eq!(FieldOf::read(&merge.prefix()), merge);
        for of_the_case in
            ["risk_level", "identity.birth_date", "attachments", "attachments/none/kind", "notes/a/b", "merges", "merges/none"]
        {
            assert_eq!(FieldOf::read(of_the_case), FieldOf::Case, "{of_the_case}");
        }
    }
}
