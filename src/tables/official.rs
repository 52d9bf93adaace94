//! The official templates of HTCDS 2.0, read as they are: a test for each defect of them.

mod tests;
