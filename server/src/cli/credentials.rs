//! Who has signed in where: a file that nobody else can read, with one entry for each instance.
//!
//! It is only ever replaced as a whole, so that whoever reads it finds the old or the new one. Whoever changes it holds a
//! lock from reading to writing: a refresh token is good once, and of two commands that find one ended, the second must
//! find what the first one got for it.

use super::Failure;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// What somebody has who has signed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What requests carry.
    pub access_token: String,
    /// What the next one is got with, once.
    pub refresh_token: String,
    /// When the access token ends, in seconds since 1970.
    pub expires_at: i64,
}

/// The whole file.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// Where somebody signed in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<String>,
    instances: BTreeMap<String, Entry>,
}

/// The file.
#[derive(Clone, Debug)]
pub struct Credentials {
    folder: PathBuf,
}

/// The file while nobody else changes it.
pub struct Locked<'a> {
    credentials: &'a Credentials,
    // Closing it gives the lock back, also if the process is killed.
    _lock: File,
}

impl Credentials {
    /// The file in this folder, which need not be there yet.
    #[must_use]
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What somebody has at this instance.
    pub fn find(&self, instance: &str) -> Result<Option<Entry>, Failure> {
        Ok(self.read()?.instances.remove(instance))
    }

    /// Whether nobody is signed in anywhere.
    pub fn is_empty(&self) -> Result<bool, Failure> {
        Ok(self.read()?.instances.is_empty())
    }

    /// Where somebody signed in last.
    pub fn current(&self) -> Result<Option<String>, Failure> {
        Ok(self.read()?.current)
    }

    /// Waits until nobody else changes the file.
    pub fn lock(&self) -> Result<Locked<'_>, Failure> {
        let path = self.folder.join("credentials.lock");
        let lock = || -> io::Result<File> {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
            fs::set_permissions(&self.folder, Permissions::from_mode(0o700))?;
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        let lock = lock().map_err(|error| unwritable(&path, &error))?;
        Ok(Locked { credentials: self, _lock: lock })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("credentials.json")
    }

    fn read(&self) -> Result<Kept, Failure> {
        let path = self.path();
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| {
                let path = path.display();
                Failure::Fault(format!("{path} cannot be understood. Delete it, and sign in again: keywright login"))
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(Failure::Fault(format!("{} cannot be read: {error}", path.display()))),
        }
    }

    fn write(&self, kept: &Kept) -> Result<(), Failure> {
        let (path, draft) = (self.path(), self.folder.join("credentials.json.new"));
        let write = || -> io::Result<()> {
            // What a command that was killed has left.
            match fs::remove_file(&draft) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            serde_json::to_writer_pretty(&mut file, kept)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        write().map_err(|error| unwritable(&path, &error))
    }
}

impl Locked<'_> {
    /// What somebody has at this instance.
    pub fn find(&self, instance: &str) -> Result<Option<Entry>, Failure> {
        self.credentials.find(instance)
    }

    /// Keeps what somebody has at this instance now. Gives what they had before.
    pub fn put(&self, instance: &str, entry: Entry) -> Result<Option<Entry>, Failure> {
        let mut kept = self.credentials.read()?;
        let before = kept.instances.insert(instance.to_owned(), entry);
        kept.current.get_or_insert_with(|| instance.to_owned());
        self.credentials.write(&kept)?;
        Ok(before)
    }

    /// From now on commands that name no instance mean this one.
    pub fn make_current(&self, instance: &str) -> Result<(), Failure> {
        let mut kept = self.credentials.read()?;
        kept.current = Some(instance.to_owned());
        self.credentials.write(&kept)
    }

    /// Forgets what somebody has at this instance, and gives it.
    pub fn remove(&self, instance: &str) -> Result<Option<Entry>, Failure> {
        let mut kept = self.credentials.read()?;
        let Some(entry) = kept.instances.remove(instance) else { return Ok(None) };
        if kept.current.as_deref() == Some(instance) {
            // Of several that are left, none is likelier than another.
            let mut left = kept.instances.keys();
            kept.current = left.next().filter(|_| left.next().is_none()).cloned();
        }
        self.credentials.write(&kept)?;
        Ok(Some(entry))
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::Fault(format!("{} cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        Entry { access_token: name.to_owned(), refresh_token: format!("next of {name}"), expires_at: 7 }
    }

    #[test]
    fn each_instance_has_an_entry_and_the_last_sign_in_is_meant() {
        let folder = tempfile::tempdir().unwrap();
        let credentials = Credentials::in_folder(folder.path().join("keywright"));
        assert!(credentials.find("https://a").unwrap().is_none());
        for name in ["https://a", "https://b"] {
            let locked = credentials.lock().unwrap();
            assert!(locked.put(name, entry(name)).unwrap().is_none());
            locked.make_current(name).unwrap();
        }
        let locked = credentials.lock().unwrap();
        assert!(locked.put("https://a", entry("again")).unwrap() == Some(entry("https://a")));
        assert_eq!(credentials.current().unwrap().as_deref(), Some("https://b"), "a refresh is no sign-in");
        assert!(locked.remove("https://b").unwrap() == Some(entry("https://b")));
        assert_eq!(credentials.current().unwrap().as_deref(), Some("https://a"), "the only one that is left");
        assert!(locked.remove("https://b").unwrap().is_none());
    }

    #[test]
    fn nobody_else_can_read_them_whatever_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("keywright");
        fs::create_dir(&home).unwrap();
        fs::write(home.join("credentials.json"), r#"{"instances":{}}"#).unwrap();
        fs::write(home.join("credentials.json.new"), "left").unwrap();
        fs::set_permissions(&home, Permissions::from_mode(0o755)).unwrap();
        let credentials = Credentials::in_folder(home.clone());
        credentials.lock().unwrap().put("https://a", entry("a")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&home), mode(&home.join("credentials.json"))), (0o700, 0o600));
        assert!(!home.join("credentials.json.new").exists());
    }

    #[test]
    fn a_broken_file_is_told_and_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("credentials.json"), "{").unwrap();
        let credentials = Credentials::in_folder(folder.path().to_owned());
        let refused = credentials.lock().unwrap().put("https://a", entry("a"));
        assert!(matches!(refused, Err(Failure::Fault(message)) if message.contains("keywright login")));
        assert_eq!(fs::read_to_string(folder.path().join("credentials.json")).unwrap(), "{");
    }
}
