//! `[[scopes]]` and `[grants]`: the rights that keys carry, and every place that names some of them.

use super::{named, refuse_repeats, value};
use crate::profile::{
    Profile, ScopeSet, ScopeSpec, grammar,
    reader::{At, Table, WordOrWords, did_you_mean},
};

pub(super) fn read(root: &Table<'_>) -> Vec<ScopeSpec> {
    let mut names = Vec::new();
    let mut scopes = Vec::new();
    for table in root.tables("scopes", "[[scopes]]") {
        let name = table.name("name", grammar::scope_name);
        names.extend(name.clone());
        if scopes.len() == ScopeSet::MOST {
            table.report(table.line, format!("there are more than {} scopes", ScopeSet::MOST));
        }
        let name: String = value(name);
        let read_only = table.optional_flag("read_only").map_or_else(|| says_read(&name), |flag| flag.value);
        scopes.push(ScopeSpec {
            name,
            group: value(table.text("group", 60)),
            description: value(table.text("description", 200)),
            read_only,
        });
        table.close();
    }
    refuse_repeats(root, "scope", named(&names));
    scopes.truncate(ScopeSet::MOST);
    scopes
}

/// `leads:read` and `read:leads`, but not `leads:readdress`.
fn says_read(name: &str) -> bool {
    name.split(':').any(|word| word == "read")
}

/// Whether a key may have `*`, and what it gets when none is named.
pub(super) fn grants(root: &Table<'_>, scopes: &[ScopeSpec]) -> (bool, Vec<String>) {
    let Some(table) = root.optional_table("grants", "[grants]") else { return (false, Vec::new()) };
    let wildcard = table.optional_flag("wildcard");
    let words = table.optional_words("default").unwrap_or_default();
    // A `wildcard` that cannot be read has its own fault already.
    let allowed = wildcard.as_ref().map_or_else(|| table.has("wildcard"), |flag| flag.value);
    check_default(&table, &words, allowed, scopes);
    table.close();
    (value(wildcard), words.into_iter().map(|word| word.value.to_owned()).collect())
}

fn check_default(table: &Table<'_>, words: &[At<&str>], wildcard: bool, scopes: &[ScopeSpec]) {
    let (every, named): (Vec<_>, Vec<_>) = words.iter().cloned().partition(|word| word.value == Profile::WILDCARD);
    set_of(table, &named, scopes);
    if let Some(every) = every.first().filter(|_| !wildcard) {
        table.report(every.line, "`default` can have `*` only where `wildcard` = true");
    } else if let Some(every) = every.first().filter(|_| words.len() > 1) {
        table.report(every.line, "`default` has `*`, which is every scope: leave the others out");
    }
}

/// The set that a member `scopes` means; `every` is what "all" stands for.
pub(super) fn scope_set(
    table: &Table<'_>,
    read: &At<WordOrWords<'_>>,
    scopes: &[ScopeSpec],
    every: ScopeSet,
) -> ScopeSet {
    match &read.value {
        WordOrWords::Word("all") => every,
        WordOrWords::Word(_) => {
            table.report(read.line, "`scopes` must be a list, or \"all\"");
            ScopeSet::NONE
        }
        WordOrWords::Words(words) => set_of(table, words, scopes),
    }
}

pub(super) fn all(scopes: &[ScopeSpec]) -> ScopeSet {
    (0..scopes.len()).map(ScopeSet::one).fold(ScopeSet::NONE, ScopeSet::with)
}

pub(super) fn set_of(table: &Table<'_>, words: &[At<&str>], scopes: &[ScopeSpec]) -> ScopeSet {
    refuse_repeats(table, "scope", words.iter().map(|word| (word.value, word.line)));
    let mut set = ScopeSet::NONE;
    for word in words {
        match scopes.iter().position(|scope| scope.name == word.value) {
            Some(index) => set = set.with(ScopeSet::one(index)),
            None => {
                let meant = did_you_mean(word.value, scopes.iter().map(|scope| scope.name.as_str()));
                table.report(word.line, format!("there is no scope `{}`{meant}", word.value));
            }
        }
    }
    set
}
