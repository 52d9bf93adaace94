//! The rules of the area `reference`: missions, compounds, operations, statements, mission reports and fine rates.

pub mod operation;
pub mod statement;
