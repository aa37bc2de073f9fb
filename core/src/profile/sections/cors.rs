//! `[cors]`: which pages of other sites may call the API from a browser.

use crate::profile::{
    Cors, Origins, grammar,
    reader::{At, Table, WordOrWords},
};

/// How long a browser may go by an answer where the profile does not say: ten minutes.
const MAX_AGE: u32 = 600;
const MOST_SECONDS: u32 = 86_400;

const LIST_OR_ANY: &str = "write a list of origins, or \"*\"";

pub(super) fn read(root: &Table<'_>) -> Option<Cors> {
    let table = root.optional_table("cors", "[cors]")?;
    let origins = origins(&table);
    let headers = table.optional_words("headers").unwrap_or_default();
    let headers = headers.iter().filter_map(|name| checked(&table, "headers", name, grammar::header)).collect();
    let max_age = table.optional_number("max_age", 0, MOST_SECONDS).map_or(MAX_AGE, |age| age.value);
    table.close();
    Some(Cors { origins, headers, max_age })
}

fn origins(table: &Table<'_>) -> Origins {
    let Some(read) = table.word_or_words("origins", LIST_OR_ANY) else { return Origins::These(Vec::new()) };
    match read.value {
        WordOrWords::Word("*") => Origins::Any,
        WordOrWords::Word(_) => {
            table.report(read.line, "`origins` must be a list, or \"*\"");
            Origins::These(Vec::new())
        }
        WordOrWords::Words(words) => {
            if words.is_empty() {
                table.report(read.line, "`origins` in [cors] is empty: leave [cors] out if no page may call");
            }
            Origins::These(words.iter().filter_map(|word| checked(table, "origins", word, grammar::origin)).collect())
        }
    }
}

fn checked(
    table: &Table<'_>,
    name: &str,
    word: &At<&str>,
    grammar: fn(&str) -> Result<(), &'static str>,
) -> Option<String> {
    grammar(word.value).map_err(|fault| table.report(word.line, format!("every item of `{name}` {fault}"))).ok()?;
    Some(word.value.to_owned())
}
