//! Keeps what is in memory out of files and out of other processes: the keys and the names of people are nowhere else in the clear.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::command::failure::Failure;

/// Lets no core be dumped, and lets no other process of the same user read the memory. Refuses to go on where the system refuses:
/// a crash would write every key into a file.
pub fn protect() -> Result<(), Failure> {
    let refused = |what: &str, error: rustix::io::Errno| {
        Failure::unavailable(format!(
            "{what}: {error}. Let the service manager permit it; without it a crash can write the keys to the disk."
        ))
    };
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(|error| refused("Core dumps cannot be turned off (RLIMIT_CORE)", error))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| refused("The memory cannot be closed to others (PR_SET_DUMPABLE)", error))
}
