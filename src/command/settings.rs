//! `homeward settings`: the list of settings, for a host that has the binary alone.

use crate::command::failure::Failure;
use crate::command::print;
use crate::config;

/// Prints every variable with its meaning and default.
pub fn print() -> Result<(), Failure> {
    print::line(
        "Settings come from the environment. A wrong value stops the start, and so does a name that begins with HOMEWARD_ and is not here.\n",
    )?;
    print::text_as_is(&config::table_text())
}
