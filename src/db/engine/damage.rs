//! What SQLite says of a file that is damaged, on its way through the errors of diesel, which know no such kind.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// The message of SQLite, which names no values.
struct Damage(String);

/// What no other database gives as a hint.
const HINT: &str = "homeward: the file is damaged";

/// The error for a page or a file that cannot be what was written.
pub(in crate::db) fn damaged(message: String) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(Damage(message)))
}

/// Whether an error says that.
pub(in crate::db) fn is_damage(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> bool {
    information.hint() == Some(HINT)
}

impl DatabaseErrorInformation for Damage {
    fn message(&self) -> &str {
        &self.0
    }

    fn hint(&self) -> Option<&str> {
        Some(HINT)
    }

    fn details(&self) -> Option<&str> {
        None
    }

    fn table_name(&self) -> Option<&str> {
        None
    }

    fn column_name(&self) -> Option<&str> {
        None
    }

    fn constraint_name(&self) -> Option<&str> {
        None
    }

    fn statement_position(&self) -> Option<i32> {
        None
    }
}
