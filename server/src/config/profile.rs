//! Where the profile is, and how it gets from there into memory.

use super::{Fault, Faults};
use keywright_core::profile::Profile;
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where the profile is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileSource {
    /// One that comes with the program.
    BuiltIn(String),
    /// A file of the operator's.
    File(PathBuf),
}

impl ProfileSource {
    /// What ends in `.toml` is a file, anything else the name of a built-in profile (which may not exist).
    #[must_use]
    pub fn named(text: &str) -> Self {
        let is_file = Path::new(text).extension().is_some_and(|extension| extension == "toml");
        if is_file { Self::File(PathBuf::from(text)) } else { Self::BuiltIn(text.to_owned()) }
    }
}

/// Reads and checks a profile; every fault comes with its place.
pub fn load_profile(source: &ProfileSource) -> Result<Profile, Faults> {
    match source {
        ProfileSource::BuiltIn(name) => {
            let text = Profile::built_in(name).ok_or_else(|| unknown(name))?;
            parse(name, &format!("profiles/{name}.toml"), text)
        }
        ProfileSource::File(path) => {
            let place = path.display().to_string();
            let unreadable = |error| Faults::from(Fault::new(&place, format!("cannot be read: {error}")));
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            parse(&path.file_stem().unwrap_or_default().to_string_lossy(), &place, &text)
        }
    }
}

fn parse(name: &str, place: &str, text: &str) -> Result<Profile, Faults> {
    let place_of = |fault: &keywright_core::profile::Fault| format!("{place}:{}", fault.line);
    Profile::parse(name, text)
        .map_err(|faults| faults.into_iter().map(|fault| Fault::new(place_of(&fault), fault.message)).collect())
}

fn unknown(name: &str) -> Faults {
    let names = Profile::built_in_names().join(", ");
    let message = format!("there is no profile `{name}`; built in are {names}; a file's name ends in .toml");
    Fault::new("profile", message).into()
}

impl fmt::Display for ProfileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
