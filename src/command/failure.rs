//! The failure of a command: its message and its exit code.

use std::fmt;
use std::process::ExitCode;

use crate::backup::Fault;
use crate::command;
use crate::config::error::ConfigError;
use crate::db::reporting::backup::unwritten;
use crate::error::Error;

/// A failed command: a sentence that tells the operator what to do, and an exit code.
#[derive(Debug)]
pub struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// A failure in the settings or the arguments (EX_CONFIG).
    pub fn config(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 78 }
    }

    /// A resource that cannot be reached or used now (EX_UNAVAILABLE).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 69 }
    }

    /// What a new start may mend (EX_TEMPFAIL).
    pub fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 75 }
    }

    /// A failure in the typed input (EX_DATAERR).
    pub fn input(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 65 }
    }

    /// The exit code of the process.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::config(error.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault.is_full_disk() {
            true => unwritten(fault).into(),
            false => Self::unavailable(format!("The backup failed: {fault}.")),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = if error.code.status() >= 500 { 69 } else { 65 };
        // The detail of this error is more exact than the title of its code.
        let mut message = match (&error.detail, error.errors.is_empty()) {
            (Some(detail), _) => detail.clone(),
            (None, true) => error.code.title().to_owned(),
            (None, false) => String::new(),
        };
        for violation in &error.errors {
            let separator = if message.is_empty() { "" } else { " " };
            message.push_str(&format!("{separator}{}: {}.", command::option_of(&violation.pointer), violation.message));
        }
        if let Some(cause) = error.cause() {
            message.push_str(&format!(" ({cause})"));
        }
        Self { message, code }
    }
}
