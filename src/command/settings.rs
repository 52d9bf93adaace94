//! `homeward settings`: the list of settings, for a host that has the binary alone.

use crate::config;

/// Prints every variable with its meaning and default.
pub fn print() {
    println!(
        "Settings come from the environment. A wrong value stops the start, and so does a name that begins with HOMEWARD_ and is not here.\n"
    );
    print!("{}", config::table_text());
}
