//! `[key]`: what a key looks like, whose it may be, how it comes and how it is refused.

use super::{named, refuse_repeats, value};
use crate::profile::{
    Alphabet, Carrier, Environment, KeyFormat, Refusals, grammar,
    reader::{At, Table},
};

/// So many characters of every key may be shown that at least 160 of its 256 bits stay unknown.
const MOST_VISIBLE: u32 = 12;

const ALPHABETS: &[(Alphabet, &str)] = &[(Alphabet::Base62, "base62"), (Alphabet::Hex, "hex")];
const CARRIERS: &[(Carrier, &str)] = &[(Carrier::Bearer, "bearer"), (Carrier::XApiKey, "x-api-key")];
const REFUSALS: &[(Refusals, &str)] = &[(Refusals::Detailed, "detailed"), (Refusals::Uniform, "uniform")];

/// What stands in `[key]`.
pub(super) struct Key {
    pub format: KeyFormat,
    pub workspace_owned: bool,
    pub carriers: Vec<Carrier>,
    pub refusals: Refusals,
}

pub(super) fn read(root: &Table<'_>) -> Key {
    let Some(table) = root.table("key", "[key]") else {
        let format = KeyFormat { prefix: String::new(), alphabet: Alphabet::Base62, visible: 4, environments: vec![] };
        return Key { format, workspace_owned: false, carriers: Vec::new(), refusals: Refusals::Detailed };
    };
    let environments = environments(&table);
    let key = Key {
        format: KeyFormat {
            prefix: prefix(&table, &environments),
            alphabet: table.optional_choice("alphabet", ALPHABETS).unwrap_or(Alphabet::Base62),
            visible: table.optional_number("visible", 4, MOST_VISIBLE).map_or(4, |visible| visible.value as usize),
            environments,
        },
        workspace_owned: value(table.optional_flag("workspace_owned")),
        carriers: carriers(&table),
        refusals: table.optional_choice("refusals", REFUSALS).unwrap_or(Refusals::Detailed),
    };
    table.close();
    key
}

/// The prefix of every key, or of those of the first environment.
fn prefix(table: &Table<'_>, environments: &[Environment]) -> String {
    if !table.has("environments") {
        return value(table.name("prefix", grammar::prefix));
    }
    if let Some(prefix) = table.optional_name("prefix", grammar::prefix) {
        table.report(prefix.line, "`prefix` must be left out: every one of [[key.environments]] has its own");
    }
    environments.first().map(|environment| environment.prefix.clone()).unwrap_or_default()
}

fn environments(key: &Table<'_>) -> Vec<Environment> {
    let (mut names, mut prefixes) = (Vec::new(), Vec::new());
    let mut environments = Vec::new();
    for table in key.optional_tables("environments", "[[key.environments]]") {
        let name = table.name("name", grammar::plain_name);
        let prefix = table.name("prefix", grammar::prefix);
        names.extend(name.clone());
        prefixes.extend(prefix.clone());
        let title = value(table.text("title", 40));
        environments.push(Environment { name: value(name), title, prefix: value(prefix) });
        table.close();
    }
    refuse_repeats(key, "environment", named(&names));
    refuse_repeats(key, "prefix", named(&prefixes));
    refuse_beginnings(key, &prefixes);
    environments
}

/// A prefix alone says which world a key is for; of `sk_` and `sk_test_` one look would not.
fn refuse_beginnings(key: &Table<'_>, prefixes: &[At<String>]) {
    for short in prefixes {
        for long in prefixes.iter().filter(|long| long.value != short.value && long.value.starts_with(&short.value)) {
            let fault = format!("no prefix may begin with another: `{}` begins with `{}`", long.value, short.value);
            key.report(long.line, fault);
        }
    }
}

fn carriers(table: &Table<'_>) -> Vec<Carrier> {
    let Some(words) = table.optional_words("carriers") else { return vec![Carrier::Bearer] };
    refuse_repeats(table, "carrier", words.iter().map(|word| (word.value, word.line)));
    words.iter().filter_map(|word| table.choose("carriers", word, CARRIERS)).collect()
}
