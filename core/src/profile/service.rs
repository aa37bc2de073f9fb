//! Loads a profile: TOML in, a [`Profile`] in which every name refers to something, or every fault.

use super::{
    Profile,
    reader::{Faults, Table},
    sections,
};
use std::collections::BTreeSet;
use toml::de::DeTable;

pub use super::{grammar::OWN_PATHS, reader::Fault};

impl Profile {
    /// Reads a profile. `name` is the file's name without `.toml`.
    ///
    /// All faults are found at once, sorted by line. Only where the text is not TOML at all are those of
    /// the syntax told alone: what follows a broken line would be misread.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let faults = Faults::of(text);
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut broken = BTreeSet::new();
        for error in &errors {
            let line = faults.line(&error.span().unwrap_or(text.len()..text.len()));
            // One slip makes the parser stumble several times; only the first says what is wrong.
            if broken.insert(line) {
                faults.report(line, error.message());
            }
        }
        if errors.is_empty() {
            let profile = sections::read(name, Table::root(&faults, document.get_ref()));
            if faults.is_empty() {
                return Ok(profile);
            }
        }
        Err(faults.into_list())
    }

    /// The text of a profile that comes with Keywright.
    #[must_use]
    pub fn built_in(name: &str) -> Option<&'static str> {
        match name {
            "default" => Some(include_str!("../../../profiles/default.toml")),
            "skode" => Some(include_str!("../../../profiles/skode.toml")),
            "skillett" => Some(include_str!("../../../profiles/skillett.toml")),
            "lodol" => Some(include_str!("../../../profiles/lodol.toml")),
            "skaala" => Some(include_str!("../../../profiles/skaala.toml")),
            "skedcast" => Some(include_str!("../../../profiles/skedcast.toml")),
            _ => None,
        }
    }

    /// The names of the profiles that come with Keywright.
    #[must_use]
    pub const fn built_in_names() -> &'static [&'static str] {
        &["default", "skode", "skillett", "lodol", "skaala", "skedcast"]
    }
}
