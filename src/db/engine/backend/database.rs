//! The backend as a type. Its capabilities are implemented in the neighbouring modules.

/// Either database, as diesel sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Database;
