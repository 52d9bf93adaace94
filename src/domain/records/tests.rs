//! What makes a record sound, and what forbids it.
