//! The secrets that belong to one instance: from the configuration, or from files of its own in the data folder,
//! made at the first start and readable by nobody else.

use crate::config::{Config, Secret, parse_sealing_key};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use keywright_core::{
    oauth::Site,
    random::{self, Random},
};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// What this instance alone knows (and its fellow nodes, where they are configured alike).
#[derive(Clone, Debug)]
pub struct Instance {
    /// Seals cookies; 32 bytes or more.
    pub sealing_key: Secret<Vec<u8>>,
    /// What callers of `/gate/verify` present.
    pub gate_token: Secret<String>,
}

/// Why the data folder cannot be used. Each message says which file, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The operating system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// Others than the owner can read or change a secret.
    #[error("{}: other users of this machine can read it (mode {mode:o}); run `chmod 600` on it, and replace it if \
             that was ever so", path.display())]
    Readable {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold what it should.
    #[error("{}: {message}; restore it from a backup, or remove it to have a new one made", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

impl Instance {
    /// Makes the data folder if there is none, then reads the secrets or makes them.
    pub fn open(config: &Config, random: &dyn Random) -> Result<Self, InstanceError> {
        let folder = &config.data_dir;
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
        Ok(Self {
            sealing_key: match &config.sealing_key {
                Some(key) => key.clone(),
                None => Secret::new(sealing_key(&folder.join("sealing.key"), random)?),
            },
            gate_token: match &config.gate_token {
                Some(token) => token.clone(),
                None => Secret::new(gate_token(&folder.join("gate.token"), random)?),
            },
        })
    }
}

impl Instance {
    /// Where it is, and what its secrets are sealed with.
    #[must_use]
    pub fn site(&self, config: &Config) -> Site {
        Site {
            issuer: config.public_url.as_str().to_owned(),
            gateway: config.gateway_url.as_str().to_owned(),
            sealing_key: self.sealing_key.expose().clone(),
            algorithm: config.signing_algorithm,
        }
    }
}

fn sealing_key(path: &Path, random: &dyn Random) -> Result<Vec<u8>, InstanceError> {
    let text = read_or_make(path, random, || {
        let mut key = [0; 32];
        random.fill(&mut key);
        BASE64_STANDARD.encode(key)
    })?;
    parse_sealing_key(&text).map_err(|message| InstanceError::Damaged { path: path.to_owned(), message })
}

fn gate_token(path: &Path, random: &dyn Random) -> Result<String, InstanceError> {
    let text = read_or_make(path, random, || format!("kw_gate_{}", random::hex::<32>(random)))?;
    crate::config::parse_token(&text).map_err(|message| InstanceError::Damaged { path: path.to_owned(), message })
}

fn read_or_make(path: &Path, random: &dyn Random, make: impl FnOnce() -> String) -> Result<String, InstanceError> {
    if !path.exists() {
        write_new(path, &make(), random).map_err(at(path))?;
    }
    let mode = fs::metadata(path).map_err(at(path))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(InstanceError::Readable { path: path.to_owned(), mode });
    }
    Ok(fs::read_to_string(path).map_err(at(path))?.trim().to_owned())
}

/// Writes a file that is there whole or not at all, even if the power fails. If another process was faster, its
/// file stays: two nodes that start together on one folder must end with one secret.
fn write_new(path: &Path, text: &str, random: &dyn Random) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.draft", random::hex::<8>(random)));
    let result = write_draft(&draft, text).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    fs::remove_file(&draft)?;
    result?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> InstanceError + '_ {
    move |error| InstanceError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keywright_core::random::CountingRandom;
    use std::os::unix::fs::PermissionsExt as _;

    fn config(folder: &Path, variables: &[(&str, &str)]) -> Config {
        let folder = ("KEYWRIGHT_DATA_DIR".to_owned(), folder.display().to_string());
        let others = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, others.chain([folder]), |_| Err(io::ErrorKind::NotFound.into())).unwrap()
    }

    fn open(folder: &Path, random: &dyn Random) -> Result<Instance, InstanceError> {
        Instance::open(&config(folder, &[]), random)
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn the_first_start_makes_secrets_that_nobody_else_can_read() {
        let parent = folder();
        let data = parent.path().join("a/b");
        let instance = open(&data, &CountingRandom::default()).unwrap();
        assert_eq!(instance.sealing_key.expose().len(), 32);
        assert!(instance.gate_token.expose().starts_with("kw_gate_") && instance.gate_token.expose().len() == 72);
        assert_eq!(
            (mode(&data), mode(&data.join("sealing.key")), mode(&data.join("gate.token"))),
            (0o700, 0o600, 0o600)
        );
        let mut names: Vec<_> =
            fs::read_dir(&data).into_iter().flatten().flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        assert_eq!(names, ["gate.token", "sealing.key"], "no draft may stay behind");
    }

    #[test]
    fn later_starts_read_the_same_secrets() {
        let data = folder();
        let random = CountingRandom::default();
        let first = open(data.path(), &random).unwrap();
        let second = open(data.path(), &random).unwrap();
        assert_eq!(first.sealing_key, second.sealing_key);
        assert_eq!(first.gate_token, second.gate_token);
    }

    #[test]
    fn of_two_first_starts_at_once_one_wins_for_both() {
        let data = folder();
        let random = CountingRandom::default();
        let path = data.path().join("gate.token");
        write_new(&path, "first", &random).unwrap();
        write_new(&path, "second", &random).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), "first\n");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_advice() {
        let data = folder();
        let random = CountingRandom::default();
        open(data.path(), &random).unwrap();
        let path = data.path().join("sealing.key");
        for open_mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open_mode)).unwrap();
            let message = open(data.path(), &random).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(message.contains("sealing.key") && message.contains("chmod 600"), "{message}");
        }
    }

    #[test]
    fn a_damaged_secret_is_refused_and_not_repeated() {
        let data = folder();
        let random = CountingRandom::default();
        open(data.path(), &random).unwrap();
        for (name, text) in [("sealing.key", "hunter2"), ("gate.token", "")] {
            let path = data.path().join(name);
            let whole = fs::read(&path).unwrap_or_default();
            fs::write(&path, text).unwrap();
            let message = open(data.path(), &random).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(message.contains(name) && !message.contains("hunter2"), "{message}");
            fs::write(&path, whole).unwrap();
        }
    }

    #[test]
    fn configured_secrets_need_no_files() {
        let data = folder();
        let key = BASE64_STANDARD.encode([7; 40]);
        let token = "correct-horse-battery-staple-0123456789";
        let config = config(data.path(), &[("KEYWRIGHT_SEALING_KEY", &key), ("KEYWRIGHT_GATE_TOKEN", token)]);
        let instance = Instance::open(&config, &CountingRandom::default()).unwrap();
        assert_eq!((instance.sealing_key.expose().len(), instance.gate_token.expose().as_str()), (40, token));
        assert_eq!(fs::read_dir(data.path()).into_iter().flatten().count(), 0);
    }
}
