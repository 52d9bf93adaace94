//! Tests of the area accounts.

pub mod absences;
pub mod approvals;
pub mod auth;
pub mod code_of_conduct;
pub mod directory;
pub mod draft_key;
pub mod leavers;
pub mod limits;
pub mod machines;
pub mod passwords;
pub mod rate_limit;
pub mod revocation;
pub mod second_factor;
pub mod session_cookie;
pub mod sessions;
pub mod step_up;
pub mod usernames;
