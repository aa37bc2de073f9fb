//! Takes settings out of the sources one by one, and remembers every fault instead of stopping at the first.

use super::{
    Config, Fault, Faults, members,
    sources::{Setting, Sources},
};
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

pub(super) struct Reader(Sources);

impl Reader {
    pub const fn new(sources: Sources) -> Self {
        Self(sources)
    }

    /// Whether the setting was given at all, right or wrong.
    pub fn has(&self, name: &str) -> bool {
        self.0.settings.contains_key(name)
    }

    /// One value; none when it was not given or is at fault.
    pub fn one<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.list(name, parse).pop()
    }

    /// [`Reader::one`] for what no message may repeat. `parse` must keep that promise; the name is for the reader.
    pub fn secret<T>(&mut self, name: &'static str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        self.one(name, parse)
    }

    /// A whole number within limits.
    pub fn number<T>(&mut self, name: &'static str, range: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let (least, most) = (range.start(), range.end());
        self.one(name, |text| {
            // TOML allows `4_096`; so may a variable.
            let number = text.replace('_', "").parse().ok().filter(|number| range.contains(number));
            number.ok_or_else(|| format!("`{text}` must be a whole number from {least} to {most}"))
        })
    }

    /// All values of a list that are right; each wrong one is a fault.
    pub fn list<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some(Setting { values, place }) = self.0.settings.get(name) else { return Vec::new() };
        let mut good = Vec::with_capacity(values.len());
        for value in values {
            match parse(value) {
                Ok(value) => good.push(value),
                Err(message) => self.0.faults.push(Fault::new(place, named(place, name, &message))),
            }
        }
        good
    }

    /// What is wrong with a setting in the light of others.
    pub fn fault(&mut self, name: &'static str, message: impl Into<String>) {
        let place = self.0.settings.get(name).map_or(name, |setting| &setting.place);
        let message = named(place, name, &message.into());
        self.0.faults.push(Fault::new(place, message));
    }

    /// The configuration if nothing is wrong with it.
    pub fn finish(self, config: Config) -> Result<Config, Faults> {
        let list = self.0.faults;
        if list.is_empty() { Ok(config) } else { Err(Faults { list, profile: Some(config.profile) }) }
    }
}

/// In a file the line alone does not say which setting is meant.
fn named(place: &str, name: &str, message: &str) -> String {
    let said = place == name || place.starts_with(members::PREFIX);
    if said { message.to_owned() } else { format!("{name} {message}") }
}
