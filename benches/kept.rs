//! A filled database that is kept from one run to the next: `--restore FOLDER`. Filling a million takes a while.

use std::os::unix::fs::DirBuilderExt as _;

use super::*;

/// What is kept of one database at one size: a copy of it, its root key, and the ids of its cases.
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// Where it is, or will be. The key opens what lies beside it: nothing here is anybody's but invented people's.
    pub fn of(arguments: &Arguments, name: &str, cases: u32) -> Option<Self> {
        arguments.restore.as_ref().map(|folder| Self { folder: folder.join(format!("{}-{cases}", name.to_lowercase())) })
    }

    /// Whether an earlier run made it.
    pub fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// The copy: a file of SQLite, or a data folder of Postgres.
    pub fn copy(&self) -> PathBuf {
        self.folder.join("copy")
    }

    /// The root key.
    pub fn key(&self) -> Result<RootKey, Failure> {
        key_file::read(&self.folder.join("root.key"), "the kept key")
    }

    /// The ids of the cases.
    pub fn ids(&self) -> Result<Vec<CaseId>, Failure> {
        let text = std::fs::read_to_string(self.folder.join("ids.json")).map_err(failed("the kept ids"))?;
        serde_json::from_str(&text).map_err(failed("the kept ids"))
    }

    /// Keeps a database that was just filled, whole or not at all.
    pub fn keep(&self, key: &Path, ids: &[CaseId], database: &Source<'_>) -> Result<(), Failure> {
        let new = self.folder.with_extension("new");
        if new.exists() {
            std::fs::remove_dir_all(&new).map_err(failed("what an interrupted run left"))?;
        }
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&new).map_err(failed(&new.display().to_string()))?;
        match database {
            Source::Sqlite(file) => copy(file, &new.join("copy"))?,
            Source::Postgres(server) => server.back_up(&new.join("copy"))?,
        }
        copy(key, &new.join("root.key"))?;
        let ids = serde_json::to_string(ids).map_err(failed("the ids"))?;
        std::fs::write(new.join("ids.json"), ids).map_err(failed("the ids"))?;
        std::fs::rename(&new, &self.folder).map_err(failed("the kept database"))?;
        show(&format!("Kept in {}.\n", self.folder.display()));
        Ok(())
    }
}

/// What a copy is made of.
pub enum Source<'a> {
    Sqlite(&'a Path),
    Postgres(&'a PostgresServer),
}

/// Copies a file or a folder with its owners and modes; where the file system can, without copying a byte.
pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    finish(Command::new("cp").args(["-a", "--reflink=auto"]).arg(from).arg(to))
}
