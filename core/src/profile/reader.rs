//! Reads TOML member by member, so that one look at a file finds every fault in it, each with its line.
//! (Deriving `Deserialize` would stop at the first.)

use crate::{codes, text};
use std::{cell::RefCell, collections::BTreeSet, fmt, ops::Range};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Says what is wrong with a string; it reads after the member's name.
pub(super) type Grammar = fn(&str) -> Result<(), &'static str>;

/// What is wrong with a profile, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// A sentence without a full stop that says what to write instead.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// A value, and the line where it stands: some faults show only when two places are compared.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub value: T,
    pub line: usize,
}

/// The faults found so far.
pub(super) struct Faults {
    /// Where each line starts.
    starts: Vec<usize>,
    found: RefCell<BTreeSet<Fault>>,
}

impl Faults {
    pub fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { starts, found: RefCell::default() }
    }

    pub fn line(&self, span: &Range<usize>) -> usize {
        self.starts.partition_point(|start| *start <= span.start)
    }

    pub fn report(&self, line: usize, message: impl Into<String>) {
        self.found.borrow_mut().insert(Fault { line, message: message.into() });
    }

    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// Every fault once, by line.
    pub fn into_list(self) -> Vec<Fault> {
        self.found.into_inner().into_iter().collect()
    }
}

/// A table that is being read. Each member that is asked for becomes known; [`Table::close`] reports
/// the others.
pub(super) struct Table<'a> {
    pub faults: &'a Faults,
    /// The line of the table's header.
    pub line: usize,
    /// How the table is called in messages: `[key]`, `[[plans]]`; empty for the profile itself.
    place: &'static str,
    members: &'a DeTable<'a>,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    pub fn root(faults: &'a Faults, members: &'a DeTable<'a>) -> Self {
        Self::new(faults, 1, "", members)
    }

    const fn new(faults: &'a Faults, line: usize, place: &'static str, members: &'a DeTable<'a>) -> Self {
        Self { faults, line, place, members, known: RefCell::new(Vec::new()) }
    }

    /// Reports every member that nobody asked for.
    pub fn close(self) {
        let known = self.known.borrow();
        let unknown = self.members.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        for key in unknown {
            let name = key.get_ref().as_ref();
            let meant = did_you_mean(name, known.iter().copied());
            self.report(self.faults.line(&key.span()), format!("there is no member `{name}`{}{meant}", self.within()));
        }
    }

    pub fn report(&self, line: usize, message: impl Into<String>) {
        self.faults.report(line, message);
    }

    /// Whether the member is there, right or wrong.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    fn within(&self) -> String {
        if self.place.is_empty() { String::new() } else { format!(" in {}", self.place) }
    }

    fn find(&self, name: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.borrow_mut().push(name);
        self.members.get(name)
    }

    fn missing(&self, what: &str, hint: &str) {
        self.report(self.line, format!("`{what}` is missing{}{hint}", self.within()));
    }

    /// Reads a member if it is there; a value of another type is a fault.
    fn read<T>(
        &self,
        name: &'static str,
        kind: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let found = self.find(name)?;
        let line = self.faults.line(&found.span());
        let value = read(found.get_ref());
        if value.is_none() {
            let wrong = found.get_ref().type_str();
            self.report(line, format!("`{name}`{} must be {kind}, not {}", self.within(), article(wrong)));
        }
        value.map(|value| At { value, line })
    }

    fn required<T>(&self, name: &'static str, value: Option<At<T>>) -> Option<At<T>> {
        if !self.has(name) {
            self.missing(name, "");
        }
        value
    }

    /// One line of text for people, 1 to `most` characters; nothing where it is missing or wrong.
    pub fn optional_text(&self, name: &'static str, most: usize) -> Option<At<String>> {
        let raw = self.read(name, "a string", DeValue::as_str)?;
        self.checked_text(name, raw, most)
    }

    pub fn text(&self, name: &'static str, most: usize) -> Option<At<String>> {
        self.required(name, self.optional_text(name, most))
    }

    fn checked_text(&self, name: &str, raw: At<&str>, most: usize) -> Option<At<String>> {
        match text::line(raw.value, most) {
            Ok(value) => Some(At { value, line: raw.line }),
            Err(fault) => {
                self.report(raw.line, fault.message(&format!("`{name}`")).trim_end_matches('.'));
                None
            }
        }
    }

    /// A string with a grammar of its own, which says what is wrong.
    pub fn optional_name(&self, name: &'static str, grammar: Grammar) -> Option<At<String>> {
        let raw = self.read(name, "a string", DeValue::as_str)?;
        let checked = grammar(raw.value);
        checked.map_err(|fault| self.report(raw.line, format!("`{name}` {fault}"))).ok()?;
        Some(At { value: raw.value.to_owned(), line: raw.line })
    }

    pub fn name(&self, name: &'static str, grammar: Grammar) -> Option<At<String>> {
        self.required(name, self.optional_name(name, grammar))
    }

    /// One of these words.
    pub fn optional_choice<T: Copy>(&self, name: &'static str, choices: &[(T, &str)]) -> Option<T> {
        let word = self.read(name, "a string", DeValue::as_str)?;
        self.choose(name, &word, choices)
    }

    pub fn choice<T: Copy>(&self, name: &'static str, choices: &[(T, &str)]) -> Option<T> {
        if !self.has(name) {
            self.missing(name, "");
        }
        self.optional_choice(name, choices)
    }

    /// What the word stands for.
    pub fn choose<T: Copy>(&self, name: &str, word: &At<&str>, choices: &[(T, &str)]) -> Option<T> {
        let chosen = codes::parse(choices, word.value);
        if chosen.is_none() {
            let known: Vec<_> = choices.iter().map(|(_, known)| format!("`{known}`")).collect();
            self.report(word.line, format!("`{name}` cannot be `{}`: choose {}", word.value, known.join(" or ")));
        }
        chosen
    }

    /// One of these words, or a whole number, which `number` makes one of the same.
    pub fn word_or_number<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(T, &str)],
        least: u32,
        most: u32,
        number: impl FnOnce(u32) -> T,
    ) -> Option<T> {
        if !self.has(name) {
            self.missing(name, "");
        }
        let word_or_integer =
            |value: &'a DeValue<'a>| (value.is_integer() || value.as_str().is_some()).then_some(value);
        let found = self.read(name, "a string or a whole number", word_or_integer)?;
        match found.value.as_str() {
            Some(value) => self.choose(name, &At { value, line: found.line }, choices),
            None => self.checked_number(&format!("`{name}`"), found, least, most).map(|n| number(n.value)),
        }
    }

    pub fn optional_flag(&self, name: &'static str) -> Option<At<bool>> {
        self.read(name, "true or false", DeValue::as_bool)
    }

    /// A whole number from `least` to `most`.
    pub fn optional_number(&self, name: &'static str, least: u32, most: u32) -> Option<At<u32>> {
        let found = self.read(name, "a whole number", |value| value.is_integer().then_some(value))?;
        self.checked_number(&format!("`{name}`"), found, least, most)
    }

    pub fn number(&self, name: &'static str, least: u32, most: u32) -> Option<At<u32>> {
        self.required(name, self.optional_number(name, least, most))
    }

    fn checked_number(&self, what: &str, found: At<&DeValue<'_>>, least: u32, most: u32) -> Option<At<u32>> {
        let digits = found.value.as_integer();
        let number = digits.and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        let value = number.and_then(|n| u32::try_from(n).ok()).filter(|n| (least..=most).contains(n));
        if value.is_none() {
            self.report(found.line, format!("{what} must be a whole number from {least} to {most}"));
        }
        value.map(|value| At { value, line: found.line })
    }

    /// A list of whole numbers, of at least one.
    pub fn numbers(&self, name: &'static str, least: u32, most: u32) -> Vec<At<u32>> {
        let Some(list) = self.required(name, self.read(name, "a list of whole numbers", items)) else {
            return Vec::new();
        };
        self.refuse_empty(name, &list);
        let what = format!("every item of `{name}`");
        self.each(&list).filter_map(|item| self.checked_number(&what, item, least, most)).collect()
    }

    /// A list of strings, of at least one.
    pub fn optional_words(&self, name: &'static str) -> Option<Vec<At<&'a str>>> {
        let list = self.read(name, "a list of strings", items)?;
        self.refuse_empty(name, &list);
        Some(self.words_of(name, &list))
    }

    /// A list of texts for people, of at least one.
    pub fn optional_texts(&self, name: &'static str, most: usize) -> Option<Vec<String>> {
        let words = self.optional_words(name)?.into_iter();
        Some(words.filter_map(|word| self.checked_text(name, word, most)).map(|text| text.value).collect())
    }

    /// Either one string, or a list of them that may be empty; `hint` says what to write if it is missing.
    pub fn word_or_words(&self, name: &'static str, hint: &str) -> Option<At<WordOrWords<'a>>> {
        if !self.has(name) {
            self.missing(name, &format!(": {hint}"));
        }
        self.optional_word_or_words(name)
    }

    pub fn optional_word_or_words(&self, name: &'static str) -> Option<At<WordOrWords<'a>>> {
        let read = |value: &'a DeValue<'a>| value.as_str().map(Ok).or_else(|| items(value).map(Err));
        let found = self.read(name, "a string or a list of strings", read)?;
        let value = match found.value {
            Ok(word) => WordOrWords::Word(word),
            Err(list) => WordOrWords::Words(self.words_of(name, &At { value: list, line: found.line })),
        };
        Some(At { value, line: found.line })
    }

    fn words_of(&self, name: &str, list: &At<Items<'a>>) -> Vec<At<&'a str>> {
        let word = |item: At<&'a DeValue<'a>>| {
            let value = item.value.as_str();
            if value.is_none() {
                self.report(item.line, format!("every item of `{name}`{} must be a string", self.within()));
            }
            value.map(|value| At { value, line: item.line })
        };
        self.each(list).filter_map(word).collect()
    }

    fn each(&self, list: &At<Items<'a>>) -> impl Iterator<Item = At<&'a DeValue<'a>>> {
        list.value.iter().map(|item| At { value: item.get_ref(), line: self.faults.line(&item.span()) })
    }

    fn refuse_empty(&self, name: &str, list: &At<Items<'_>>) {
        if list.value.is_empty() {
            self.report(list.line, format!("`{name}`{} is empty: write at least one", self.within()));
        }
    }

    /// A table of its own; `place` is its header.
    pub fn optional_table(&self, name: &'static str, place: &'static str) -> Option<Table<'a>> {
        let found = self.read(name, &format!("a table: write {place}"), DeValue::as_table)?;
        Some(Self::new(self.faults, found.line, place, found.value))
    }

    pub fn table(&self, name: &'static str, place: &'static str) -> Option<Table<'a>> {
        if !self.has(name) {
            self.missing(place, "");
        }
        self.optional_table(name, place)
    }

    /// A list of tables, of at least one; `place` is the header that each begins with.
    pub fn tables(&self, name: &'static str, place: &'static str) -> Vec<Table<'a>> {
        if !self.has(name) {
            self.missing(place, ": write at least one");
        }
        self.optional_tables(name, place)
    }

    pub fn optional_tables(&self, name: &'static str, place: &'static str) -> Vec<Table<'a>> {
        let Some(list) = self.read(name, &format!("a list of tables: begin each with {place}"), items) else {
            return Vec::new();
        };
        self.refuse_empty(name, &list);
        let table = |item: At<&'a DeValue<'a>>| match item.value.as_table() {
            Some(members) => Some(Self::new(self.faults, item.line, place, members)),
            None => {
                self.report(item.line, format!("every item of `{name}` must be a table: begin each with {place}"));
                None
            }
        };
        self.each(&list).filter_map(table).collect()
    }
}

/// What a member holds that takes both.
pub(super) enum WordOrWords<'a> {
    Word(&'a str),
    Words(Vec<At<&'a str>>),
}

type Items<'a> = &'a [Spanned<DeValue<'a>>];

fn items<'a>(value: &'a DeValue<'a>) -> Option<Items<'a>> {
    value.as_array().map(|array| &**array)
}

fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// The end of a message about an unknown name: what is nearest to it, if anything is near.
pub(super) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let near = known.map(|known| (distance(name, known), known)).min();
    near.filter(|(edits, known)| edits * 3 <= known.len().max(name.len()))
        .map(|(_, known)| format!("; did you mean `{known}`?"))
        .unwrap_or_default()
}

/// How many characters have to be added, removed or replaced (Levenshtein), a row at a time.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
