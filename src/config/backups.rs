//! Settings of the backups that the service makes itself.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::error::ConfigError;
use crate::domain::reporting::retention::{ACCEPTED, Retention};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Less would make the next backup while one is made; more would lose more than anybody means to.
const LEAST: u64 = MINUTE;
const MOST: u64 = 7 * DAY;

/// Backups that the service makes.
#[derive(Clone)]
pub struct BackupSettings {
    /// The folder of the backups.
    pub to: PathBuf,
    /// The file with the public keys to which they are sealed.
    pub recipients: PathBuf,
    /// How old the newest one may be.
    pub every: Duration,
    /// Which ones are kept.
    pub keep: Retention,
}

impl BackupSettings {
    /// Reads the settings through a look-up. None: the service makes no backups.
    pub(super) fn read(text: &impl Fn(&str) -> String) -> Result<Option<Self>, ConfigError> {
        let path = |name: &str| Some(text(name)).filter(|path| !path.is_empty()).map(PathBuf::from);
        let (to, recipients) = (path("HOMEWARD_BACKUP"), path("HOMEWARD_BACKUP_RECIPIENTS"));
        let mut errors = ConfigError::default();
        let every = errors.keep(every(&text("HOMEWARD_BACKUP_EVERY")));
        let keep = Retention::parse(&text("HOMEWARD_BACKUP_KEEP"));
        let keep = errors.keep(keep.ok_or_else(|| ConfigError::new("HOMEWARD_BACKUP_KEEP", ACCEPTED)));
        match (&to, &recipients) {
            (Some(_), None) => errors.add(ConfigError::new(
                "HOMEWARD_BACKUP_RECIPIENTS",
                "must name the file with the public keys to which backups are sealed; `homeward recovery-key` makes one",
            )),
            (None, Some(_)) => {
                errors
                    .add(ConfigError::new("HOMEWARD_BACKUP", "must name the folder of the backups, if HOMEWARD_BACKUP_RECIPIENTS is set"));
            }
            _ => {}
        }
        match (every, keep) {
            (Some(every), Some(keep)) if errors.is_empty() => {
                Ok(to.zip(recipients).map(|(to, recipients)| Self { to, recipients, every, keep }))
            }
            _ => Err(errors),
        }
    }
}

/// Reads an interval such as `30m`, `1h` or `1d`.
fn every(text: &str) -> Result<Duration, ConfigError> {
    let units = [('m', MINUTE), ('h', HOUR), ('d', DAY)];
    let interval = units.iter().find_map(|(unit, seconds)| {
        let number = text.trim().strip_suffix(*unit)?;
        let number: u64 = number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()))?;
        number.checked_mul(*seconds)
    });
    let accepted = "must be how often a backup is made, such as 30m, 1h or 1d: at least 1m and at most 7d";
    let interval = interval.filter(|seconds| (LEAST..=MOST).contains(seconds));
    interval.map(Duration::from_secs).ok_or_else(|| ConfigError::new("HOMEWARD_BACKUP_EVERY", accepted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<BackupSettings>, String> {
        let default = |name: &str| match name {
            "HOMEWARD_BACKUP_EVERY" => "1h",
            "HOMEWARD_BACKUP_KEEP" => "48h,14d,8w",
            _ => "",
        };
        let text = |name: &str| variables.iter().find(|(known, _)| *known == name).map_or(default(name), |(_, value)| *value).to_owned();
        BackupSettings::read(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn backups_are_made_where_a_place_and_somebody_who_opens_them_are_named() {
        assert!(read(&[]).is_ok_and(|settings| settings.is_none()));
        let both = [("HOMEWARD_BACKUP", "/backup"), ("HOMEWARD_BACKUP_RECIPIENTS", "/etc/homeward.recipients")];
        let settings = read(&both).unwrap().unwrap();
        assert_eq!((settings.every, settings.keep.to_string()), (Duration::from_secs(3600), "48h,14d,8w".to_owned()));
        assert!(read(&both[..1]).err().unwrap().starts_with("HOMEWARD_BACKUP_RECIPIENTS: "));
        assert!(read(&both[1..]).err().unwrap().starts_with("HOMEWARD_BACKUP: "));
    }

    #[test]
    fn a_wrong_interval_and_a_wrong_rule_are_said_at_once() {
        let told = read(&[("HOMEWARD_BACKUP_EVERY", "soon"), ("HOMEWARD_BACKUP_KEEP", "everything")]).err().unwrap();
        assert!(told.contains("HOMEWARD_BACKUP_EVERY: ") && told.contains("HOMEWARD_BACKUP_KEEP: "), "{told}");
        assert!(!told.contains("soon") && !told.contains("everything"), "{told}");
        for (text, seconds) in [("1m", 60), ("90m", 5400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(every(text).unwrap(), Duration::from_secs(seconds));
        }
        for text in ["", "1", "0h", "8d", "59s", "-1h", "+1h", "1w", "18446744073709551615d"] {
            assert!(every(text).is_err(), "{text}");
        }
    }
}
