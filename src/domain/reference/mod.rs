//! The rules of the area `reference`: missions, compounds, operations, mission reports and fine rates.

pub mod operation;
