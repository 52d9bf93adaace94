//! The password of the database's user, from a file. On the command line everybody on the host would see it in the list of processes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use zeroize::Zeroizing;

use crate::command::failure::Failure;
use crate::config::{Config, DatabaseUrl};

/// The setting that names the file.
const PASSWORD_FILE: &str = "DATABASE_PASSWORD_FILE";

/// The settings with the password from the file, where a file and a server are named.
pub(in crate::command) fn added(config: Config) -> Result<Config, Failure> {
    let (Some(path), DatabaseUrl::Postgres(url)) = (&config.password_file, &config.database) else { return Ok(config) };
    let twice =
        || Failure::config(format!("{PASSWORD_FILE}: DATABASE_URL has a password already. Take it out there, or leave the file out."));
    let url = url.with_password(&read(path)?).ok_or_else(twice)?;
    Ok(Config { database: DatabaseUrl::Postgres(Box::new(url)), ..config })
}

/// Refuses a password in the URL of an option. By then somebody may have seen it.
pub(in crate::command) fn refuse_on_command_line(database: &DatabaseUrl) -> Result<(), Failure> {
    match database {
        DatabaseUrl::Postgres(url) if url.options.get_password().is_some() => Err(Failure::config(format!(
            "--to: everybody on this host can read a password on the command line. Leave it out, write it into a file of mode 0400 that \
             {PASSWORD_FILE} names, and change it: it was seen already. Nothing was written."
        ))),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let refuse = |what: &str| Failure::config(format!("{PASSWORD_FILE}: {} {what}", path.display()));
    let metadata = std::fs::metadata(path).map_err(|_| refuse("cannot be read"))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(refuse("can be read by others; run `chmod 0400` on it, and change the password if somebody may have read it"));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|_| refuse("cannot be read as text"))?);
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() || password.contains(['\r', '\n']) {
        return Err(refuse("must hold the password in one line, and nothing else"));
    }
    Ok(Zeroizing::new(password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, file: &Path) -> Config {
        let file = file.display().to_string();
        let text = |name: &str| match name {
            "DATABASE_URL" => Some(url.to_owned()),
            PASSWORD_FILE => Some(file.clone()),
            _ => None,
        };
        Config::read(text).unwrap()
    }

    fn password(config: &Config) -> Option<&[u8]> {
        let DatabaseUrl::Postgres(url) = &config.database else { return None };
        url.options.get_password()
    }

    #[test]
    fn a_password_comes_from_a_file_that_nobody_else_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let write = |text: &str, mode: u32| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let url = "postgres://homeward@127.0.0.1/homeward";
        write("a secret with spaces \n", 0o600);
        assert_eq!(password(&added(config(url, &path)).unwrap()), Some(b"a secret with spaces ".as_slice()));
        assert!(added(config("sqlite://homeward.db", Path::new("nowhere"))).is_ok(), "a file has no password");
        let refused = |url: &str| added(config(url, &path)).err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(refused("postgres://homeward:other@127.0.0.1/homeward").contains("already"));
        for (text, mode, word) in [("secret", 0o644, "chmod 0400"), ("", 0o600, "one line"), ("one\ntwo", 0o600, "one line")] {
            write(text, mode);
            let refused = refused(url);
            assert!(refused.starts_with(PASSWORD_FILE) && refused.contains(word) && !refused.contains("secret"), "{refused}");
        }
    }

    #[test]
    fn a_password_on_the_command_line_is_refused_however_it_is_written() {
        let database = |url: &str| DatabaseUrl::parse(url, None).unwrap();
        for url in ["postgres://u:hunter2@127.0.0.1/h", "postgres://u@127.0.0.1/h?password=hunter2", "postgresql://u:hunter2@localhost/h"] {
            let refused = refuse_on_command_line(&database(url)).unwrap_err().to_string();
            assert!(refused.contains(PASSWORD_FILE) && !refused.contains("hunter2"), "{refused}");
        }
        for url in ["postgres://u@127.0.0.1/h", "sqlite://restored/homeward.db"] {
            assert!(refuse_on_command_line(&database(url)).is_ok());
        }
    }
}
