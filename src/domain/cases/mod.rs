//! The rules of the area `cases`: registering and changing cases, stays, attachments, history and location.

pub mod attachment;
pub mod code;
pub mod contents;
pub mod guardianship;
pub mod guest_view;
pub mod history;
pub mod listed_name;
pub mod person;
pub mod phone;
