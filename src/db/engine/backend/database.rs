//! The backend as a type. What it is able to do stands beside it.

/// Either database, as diesel sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Database;
