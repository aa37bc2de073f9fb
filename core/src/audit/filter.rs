//! Which lines of the log are wanted.

use super::Action;
use crate::{error::FieldError, ids::UserId};
use chrono::NaiveDate;

/// The filter as it was typed, or as it stands in a query string. What is empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditForm {
    /// Who did it: a person's id.
    pub actor: String,
    /// What was done: an action's code.
    pub action: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// `1`: the short way to say `outcome=refused`.
    pub refused: String,
    /// To what it was done: the id of a key, say.
    pub subject: String,
    /// The first day, in UTC.
    pub from: String,
    /// The last day, in UTC.
    pub to: String,
}

/// Whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was.
    Done,
    /// It was only tried.
    Refused,
}

impl Outcome {
    /// Every outcome with its code and its words.
    pub const ALL: &[(Self, &'static str, &'static str)] =
        &[(Self::Done, "done", "Done"), (Self::Refused, "refused", "Refused")];

    /// The word in query strings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// A filter in which everything has been checked. Empty, it lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only what this person did.
    pub actor: Option<UserId>,
    /// Only this.
    pub action: Option<Action>,
    /// Only what was done, or only what was refused.
    pub outcome: Option<Outcome>,
    /// Only what was done to this.
    pub subject: Option<String>,
    /// Only on this day (UTC) or later.
    pub from: Option<NaiveDate>,
    /// Only on this day (UTC) or earlier.
    pub to: Option<NaiveDate>,
}

impl AuditFilter {
    /// The names in query strings, in the order in which the form shows them.
    pub const NAMES: [&'static str; 6] = ["action", "actor", "outcome", "from", "to", "subject"];

    /// Reads what was typed.
    pub fn parse(form: &AuditForm) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let filter = Self {
            action: keep(&mut errors, given(&form.action, action)),
            actor: keep(&mut errors, given(&form.actor, person)),
            outcome: keep(&mut errors, outcome(&form.outcome, &form.refused)),
            from: keep(&mut errors, given(&form.from, |text| day("from", text))),
            to: keep(&mut errors, given(&form.to, |text| day("to", text))),
            subject: keep(&mut errors, given(&form.subject, subject)),
        };
        if filter.from.zip(filter.to).is_some_and(|(from, to)| to < from) {
            errors.push(FieldError::new("to", "The last day is before the first."));
        }
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }

    /// What narrows, by name. Each value is made of letters, digits, `_`, `.` and `-` alone, so that it
    /// stands in a query string as it is.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let values = [
            self.action.map(|action| action.code().to_owned()),
            self.actor.map(|actor| actor.to_string()),
            self.outcome.map(|outcome| outcome.code().to_owned()),
            self.from.map(|day| day.to_string()),
            self.to.map(|day| day.to_string()),
            self.subject.clone(),
        ];
        Self::NAMES.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// `action=key.created&outcome=done`, without the member of one name.
    #[must_use]
    pub fn query_without(&self, name: &str) -> String {
        let pairs = self.pairs().into_iter().filter(|(n, _)| *n != name);
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// `action=key.created&outcome=done`; empty if nothing narrows.
    #[must_use]
    pub fn query(&self) -> String {
        self.query_without("")
    }
}

/// Of a member that is wrong nothing is left but its error.
fn keep<T>(errors: &mut Vec<FieldError>, read: Result<Option<T>, FieldError>) -> Option<T> {
    read.unwrap_or_else(|error| {
        errors.push(error);
        None
    })
}

fn given<T>(text: &str, read: impl FnOnce(&str) -> Result<T, FieldError>) -> Result<Option<T>, FieldError> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

fn person(text: &str) -> Result<UserId, FieldError> {
    text.parse().map_err(|_| FieldError::new("actor", "Choose one of the people, or give a person's id: user_…"))
}

fn action(text: &str) -> Result<Action, FieldError> {
    let found = Action::ALL.iter().find(|(_, code, ..)| *code == text).map(|(action, ..)| *action);
    found.ok_or_else(|| FieldError::new("action", "Choose one of the actions, such as key.created."))
}

fn outcome(outcome: &str, refused: &str) -> Result<Option<Outcome>, FieldError> {
    let wrong = || FieldError::new("outcome", "The outcome is done or refused.");
    let named = given(outcome, |text| {
        Outcome::ALL.iter().find(|(_, code, _)| *code == text).map(|(outcome, ..)| *outcome).ok_or_else(wrong)
    })?;
    match (named, refused.trim()) {
        (named, "") => Ok(named),
        (None | Some(Outcome::Refused), "1") => Ok(Some(Outcome::Refused)),
        (Some(Outcome::Done), "1") => Err(FieldError::new("outcome", "What was done was not refused: ask for one.")),
        (_, _) => Err(FieldError::new("outcome", "Ask for refused attempts with refused=1.")),
    }
}

fn subject(text: &str) -> Result<String, FieldError> {
    let is_id = text.split_once('_').is_some_and(|(kind, hex)| {
        (1..=20).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && hex.len() == 32
            && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    let wrong = || FieldError::new("subject", "Give an id, such as a key's: key_ and 32 characters.");
    if is_id { Ok(text.to_owned()) } else { Err(wrong()) }
}

fn day(field: &'static str, text: &str) -> Result<NaiveDate, FieldError> {
    let wrong = || FieldError::new(field, "Give a day as in 2026-11-21.");
    // chrono also reads years of other lengths, and signs.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !plain {
        return Err(wrong());
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn fields(form: &AuditForm) -> Vec<Cow<'static, str>> {
        AuditFilter::parse(form).err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn an_empty_form_narrows_nothing() {
        assert_eq!(AuditFilter::parse(&AuditForm::default()), Ok(AuditFilter::default()));
        assert_eq!(AuditFilter::default().query(), "");
    }

    #[test]
    fn a_filter_reads_back_from_its_query_string() {
        let form = AuditForm {
            actor: "user_0198c0de000070008000000000000007".into(),
            action: "key.revoked".into(),
            outcome: String::new(),
            refused: "1".into(),
            subject: " key_0198c0de000070008000000000000008 ".into(),
            from: "2026-11-01".into(),
            to: "2026-11-01".into(),
        };
        let filter = AuditFilter::parse(&form).expect("a filter");
        let query = filter.query();
        let take = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(n, _)| *n == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        let again = AuditForm {
            actor: take("actor"),
            action: take("action"),
            outcome: take("outcome"),
            refused: String::new(),
            subject: take("subject"),
            from: take("from"),
            to: take("to"),
        };
        assert_eq!(AuditFilter::parse(&again), Ok(filter.clone()));
        assert!(!filter.query_without("actor").contains("user_") && filter.query_without("actor").contains("key_"));
    }

    #[test]
    fn every_member_that_is_wrong_is_named() {
        let bad = "' or 1=1 --".to_owned();
        let form = AuditForm {
            actor: bad.clone(),
            action: bad.clone(),
            outcome: bad.clone(),
            refused: String::new(),
            subject: bad.clone(),
            from: bad.clone(),
            to: bad,
        };
        assert_eq!(fields(&form), AuditFilter::NAMES);
        for wrong in ["2026-02-30", "26-11-01", "+12026-1-1", "2026-11-01T00:00:00Z", "01.11.2026", "\0"] {
            assert_eq!(fields(&AuditForm { from: wrong.into(), ..AuditForm::default() }), ["from"], "{wrong}");
        }
        let backwards = AuditForm { from: "2026-11-02".into(), to: "2026-11-01".into(), ..AuditForm::default() };
        assert_eq!(fields(&backwards), ["to"]);
        let both = AuditForm { outcome: "done".into(), refused: "1".into(), ..AuditForm::default() };
        assert_eq!(fields(&both), ["outcome"]);
        assert_eq!(fields(&AuditForm { refused: "maybe".into(), ..AuditForm::default() }), ["outcome"]);
    }
}
