//! Where settings come from: one TOML file, overlaid by `KEYWRIGHT_…` variables. Here they are only collected, each
//! with its place; what they mean is [`super::Config`]'s business.

use super::{
    Fault,
    members::{self, Kind, Member},
};
use std::{collections::BTreeMap, path::Path};
use toml::de::{DeTable, DeValue};

/// One setting as it was written.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// One value, or those of a list.
    pub values: Vec<String>,
    /// `keywright.toml:3`, or the variable's name.
    pub place: String,
}

/// All settings that were given, and what was wrong with the giving.
#[derive(Default)]
pub(super) struct Sources {
    pub settings: BTreeMap<&'static str, Setting>,
    pub faults: Vec<Fault>,
}

impl Sources {
    /// Adds the members of a TOML file.
    pub fn add_file(&mut self, path: &Path, text: &str) {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            self.faults.push(Fault::new(format!("{}:{line}", path.display()), error.message()));
        }
        // What remains of a broken file is not worth judging: a missing quote would accuse ten members.
        let members = errors.is_empty().then(|| table.into_inner()).into_iter().flatten();
        for (key, value) in members {
            let place = format!("{}:{}", path.display(), line_of(text, key.span().start));
            match members::find(key.get_ref()) {
                Some(member) => self.add_value(member, value.get_ref(), place),
                None => self.faults.push(Fault::new(place, format!("there is no setting `{}`", key.get_ref()))),
            }
        }
    }

    fn add_value(&mut self, member: &'static Member, value: &DeValue<'_>, place: String) {
        match read_value(member.kind, value) {
            Some(values) => drop(self.settings.insert(member.name, Setting { values, place })),
            None => {
                let message = format!("`{}` must be {}", member.name, member.kind.in_words());
                self.faults.push(Fault::new(place, message));
            }
        }
    }

    /// Lays the `KEYWRIGHT_…` variables over what the file says. An empty one counts as not set.
    pub fn add_variables(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        let mut ours: Vec<_> = variables.into_iter().filter(|(name, _)| name.starts_with(members::PREFIX)).collect();
        ours.sort();
        for (name, value) in ours {
            let known = [members::CONFIG_VARIABLE].iter().chain(members::COMMAND_VARIABLES).any(|known| *known == name);
            if known || name.starts_with(members::TEST_PREFIX) {
                continue;
            }
            match members::find_variable(&name) {
                Some(_) if value.trim().is_empty() => {}
                Some(member) => {
                    let values = match member.kind {
                        Kind::List => value.split(',').map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect(),
                        Kind::Text | Kind::Number => vec![value.trim().to_owned()],
                    };
                    self.settings.insert(member.name, Setting { values, place: name });
                }
                None => self.faults.push(Fault::new(name, "there is no setting of this name")),
            }
        }
    }
}

fn read_value(kind: Kind, value: &DeValue<'_>) -> Option<Vec<String>> {
    match kind {
        Kind::Text => value.as_str().map(|text| vec![text.to_owned()]),
        Kind::Number => value.as_integer().map(|number| vec![number.as_str().to_owned()]),
        Kind::List => value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
