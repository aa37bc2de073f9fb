//! Which keys a list shows, and in which order. All of it stands in the query string.

use crate::{error::FieldError, ids::UserId, text};

/// What is asked of a list of keys. The blank one shows all, live ones first, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyQuery {
    /// Part of a label or a note, or how the key begins; empty: any.
    pub search: String,
    /// How the keys stand.
    pub status: Option<StatusFilter>,
    /// A scope that they were given; empty: any.
    pub scope: String,
    /// Whose they are.
    pub owner: Option<OwnerFilter>,
    /// When they end.
    pub expiry: Option<ExpiryFilter>,
    /// When they were last used.
    pub last_use: Option<LastUseFilter>,
    /// The order.
    pub sort: KeySort,
}

/// How a key stands, as one chooses it in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// It works.
    Active,
    /// It is switched off.
    Disabled,
    /// Its time is over.
    Expired,
    /// It was ended.
    Revoked,
}

/// Whose keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerFilter {
    /// This person's.
    Member(UserId),
    /// The workspace's own.
    Workspace,
    /// Those of people who have left.
    Left,
}

/// When keys end, as one chooses it in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryFilter {
    /// Within so many days from now, and not yet over.
    Within(u32),
    /// Never.
    Never,
}

/// When keys were last used, as one chooses it in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastUseFilter {
    /// Never.
    Never,
    /// Within so many days.
    Within(u32),
    /// Not for so many days, or never.
    NotFor(u32),
}

/// The order of a list. Keys that are over always come after the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeySort {
    /// The newest first.
    #[default]
    Newest,
    /// By label.
    Label,
    /// The most recently used first, the unused last.
    LastUse,
    /// Those that end soonest first, those that never end last.
    Expiry,
}

impl KeyQuery {
    /// The words of the query string for each member, and what they mean.
    pub const STATUS: &[(&str, StatusFilter)] = &[
        ("active", StatusFilter::Active),
        ("disabled", StatusFilter::Disabled),
        ("expired", StatusFilter::Expired),
        ("revoked", StatusFilter::Revoked),
    ];
    /// The choices of `expiry`.
    pub const EXPIRY: &[(&str, ExpiryFilter)] = &[
        ("1d", ExpiryFilter::Within(1)),
        ("7d", ExpiryFilter::Within(7)),
        ("30d", ExpiryFilter::Within(30)),
        ("never", ExpiryFilter::Never),
    ];
    /// The choices of `last_used`.
    pub const LAST_USE: &[(&str, LastUseFilter)] = &[
        ("never", LastUseFilter::Never),
        ("7d", LastUseFilter::Within(7)),
        ("not_30d", LastUseFilter::NotFor(30)),
        ("not_90d", LastUseFilter::NotFor(90)),
    ];
    /// The choices of `sort`.
    pub const SORT: &[(&str, KeySort)] = &[
        ("newest", KeySort::Newest),
        ("label", KeySort::Label),
        ("last_used", KeySort::LastUse),
        ("expires", KeySort::Expiry),
    ];

    /// Reads a query string; what is absent or empty is not asked. Every wrong member is reported.
    pub fn parse<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let get = |name: &str| value(name).map(str::trim).unwrap_or_default();
        let query = Self {
            search: searched(get("q"), &mut errors),
            status: choose("status", get("status"), Self::STATUS, &mut errors),
            scope: get("scope").chars().take(64).collect(),
            owner: owner(get("owner"), &mut errors),
            expiry: choose("expiry", get("expiry"), Self::EXPIRY, &mut errors),
            last_use: choose("last_used", get("last_used"), Self::LAST_USE, &mut errors),
            sort: choose("sort", get("sort"), Self::SORT, &mut errors).unwrap_or_default(),
        };
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }

    /// The query as names and words, for links: only what is asked, in a fixed order.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let owner = self.owner.map(|owner| match owner {
            OwnerFilter::Member(id) => id.to_string(),
            OwnerFilter::Workspace => "workspace".to_owned(),
            OwnerFilter::Left => "left".to_owned(),
        });
        let sort = Some(self.sort).filter(|sort| *sort != KeySort::Newest);
        let pairs = [
            ("q", Some(self.search.clone())),
            ("status", word(Self::STATUS, self.status)),
            ("scope", Some(self.scope.clone())),
            ("owner", owner),
            ("expiry", word(Self::EXPIRY, self.expiry)),
            ("last_used", word(Self::LAST_USE, self.last_use)),
            ("sort", word(Self::SORT, sort)),
        ];
        let asked = |(name, value): (&'static str, Option<String>)| Some((name, value.filter(|v| !v.is_empty())?));
        pairs.into_iter().filter_map(asked).collect()
    }

    /// Whether anything is asked but the order.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        Self { sort: KeySort::Newest, ..self.clone() } != Self::default()
    }
}

fn searched(text: &str, errors: &mut Vec<FieldError>) -> String {
    if text.is_empty() {
        return String::new();
    }
    text::line(text, 80).unwrap_or_else(|fault| {
        errors.push(FieldError::new("q", fault.message("What is searched for")));
        String::new()
    })
}

fn owner(text: &str, errors: &mut Vec<FieldError>) -> Option<OwnerFilter> {
    match text {
        "" => None,
        "workspace" => Some(OwnerFilter::Workspace),
        "left" => Some(OwnerFilter::Left),
        id => match id.parse() {
            Ok(id) => Some(OwnerFilter::Member(id)),
            Err(_) => {
                errors.push(FieldError::new("owner", "The owner is the id of a member, `workspace` or `left`."));
                None
            }
        },
    }
}

fn choose<T: Copy>(field: &'static str, text: &str, choices: &[(&str, T)], errors: &mut Vec<FieldError>) -> Option<T> {
    let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
    if found.is_none() && !text.is_empty() {
        let words = choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        errors.push(FieldError::new(field, format!("This is one of {words}.")));
    }
    found
}

fn word<T: Copy + PartialEq>(choices: &[(&str, T)], choice: Option<T>) -> Option<String> {
    choices.iter().find(|(_, c)| Some(*c) == choice).map(|(word, _)| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &'static [(&'static str, &'static str)]) -> Result<KeyQuery, Vec<FieldError>> {
        KeyQuery::parse(|name| query.iter().find(|(n, _)| *n == name).map(|(_, v)| *v))
    }

    #[test]
    fn a_query_reads_back_what_it_writes() {
        let written = [
            ("q", "ci"),
            ("status", "active"),
            ("scope", "workflows:read"),
            ("owner", "left"),
            ("expiry", "7d"),
            ("last_used", "not_90d"),
            ("sort", "label"),
        ];
        let query = KeyQuery::parse(|name| written.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)).expect("good");
        let pairs: Vec<_> = query.pairs();
        assert_eq!(pairs.iter().map(|(n, v)| (*n, v.as_str())).collect::<Vec<_>>(), written);
        assert!(query.is_filtered());
    }

    #[test]
    fn nothing_asked_is_the_whole_list_and_garbage_is_told_by_member() {
        assert_eq!(parse(&[("q", "  "), ("status", "")]), Ok(KeyQuery::default()));
        let errors =
            parse(&[("status", "dead"), ("owner", "bob"), ("sort", "random"), ("q", "a\0b")]).expect_err("bad");
        assert_eq!(errors.iter().map(|e| &*e.field).collect::<Vec<_>>(), ["q", "status", "owner", "sort"]);
    }
}
