//! What a key is, and what people send to get one.

use crate::{
    Time,
    error::FieldError,
    ids::{KeyId, UserId},
    profile::{ExpiryPolicy, Profile, Role, ScopeSet},
    text,
    usage::LastUse,
    words,
};
use chrono::{Days, NaiveDate, NaiveTime};

/// A key as everyone but its holder knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id; it stays the same when the secret is rotated.
    pub id: KeyId,
    /// What people call it.
    pub label: String,
    /// Where it is kept, or what for. May be empty.
    pub note: String,
    /// What it was given, in the profile's order.
    pub scopes: Vec<String>,
    /// The secret's prefix and first characters: `sk_live_4fT9`.
    pub start: String,
    /// The secret's last four characters.
    pub last4: String,
    /// Who made it, and whose role bounds it.
    pub owner: KeyOwner,
    /// When it was made.
    pub created_at: Time,
    /// When it ends, if ever.
    pub expires_at: Option<Time>,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Time>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Time>,
    /// The last request that it was let through for; none if it was never used.
    pub last_use: Option<LastUse>,
}

/// The member to whom a key belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOwner {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// How a key stands at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It works.
    Active,
    /// It is switched off, and can be switched on again.
    Disabled,
    /// Its time is over.
    Expired,
    /// It was ended by hand, for good.
    Revoked,
}

impl KeyStatus {
    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl ApiKey {
    /// The key with its middle left out: `sk_live_4fT9…x2Qp`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}…{}", self.start, self.last4)
    }

    /// How the key stands now. Revoked wins over expired: it says that somebody acted.
    #[must_use]
    pub fn status(&self, now: Time) -> KeyStatus {
        if self.revoked_at.is_some() {
            KeyStatus::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            KeyStatus::Expired
        } else if self.disabled_at.is_some() {
            KeyStatus::Disabled
        } else {
            KeyStatus::Active
        }
    }
}

/// How many keys a workspace has, and may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Keys that work or could be switched on: expired and revoked ones do not count.
    pub used: u32,
    /// How many the plan allows.
    pub limit: u32,
    /// The plan's title.
    pub plan: String,
    /// Whether the plan lets requests through the gate at all.
    pub api: bool,
}

impl Quota {
    /// Whether one more key may be made.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.used < self.limit
    }
}

/// What the form and the REST call send, as typed. A refused form comes back as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyForm {
    /// The label.
    pub label: String,
    /// The note.
    pub note: String,
    /// The names of the chosen scopes.
    pub scopes: Vec<String>,
    /// `""` the policy's default · `never` · a number of days · `custom`: see `expires_on`.
    pub expiry: String,
    /// With `custom`: the last day on which the key works (UTC), `2027-01-31`.
    pub expires_on: String,
}

impl KeyForm {
    /// The form as it is first shown: the policy's choice of expiry made, nothing else.
    #[must_use]
    pub fn blank(policy: &ExpiryPolicy) -> Self {
        let expiry = policy.default_days.map_or_else(|| "never".to_owned(), |days| days.to_string());
        Self { expiry, ..Self::default() }
    }
}

/// A key that may be made: everything in it has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The label, trimmed.
    pub label: String,
    /// The note, trimmed.
    pub note: String,
    /// The scopes; never empty, never beyond the creator's role.
    pub scopes: ScopeSet,
    /// When it ends, by the policy.
    pub expires_at: Option<Time>,
}

impl NewKey {
    /// Reads a form against the profile and the creator's role; every wrong field is reported.
    pub fn parse(form: &KeyForm, profile: &Profile, role: &Role, now: Time) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut keep = |result: Result<_, FieldError>| result.map_err(|e| errors.push(e)).ok();

        let label = keep(text::line(&form.label, 80).map_err(|f| FieldError::new("label", f.message("The label"))));
        let note = keep(text::note(&form.note, 500).map_err(|f| FieldError::new("note", f.message("The note"))));
        let scopes = parse_scopes(&form.scopes, profile, role).map_err(|e| errors.push(e)).ok();
        let expires_at = parse_expiry(form, &profile.expiry, now).map_err(|e| errors.push(e)).ok();

        match (label, note, scopes, expires_at) {
            (Some(label), Some(note), Some(scopes), Some(expires_at)) => Ok(Self { label, note, scopes, expires_at }),
            (..) => Err(errors),
        }
    }
}

fn parse_scopes(names: &[String], profile: &Profile, role: &Role) -> Result<ScopeSet, FieldError> {
    let wrong = |message: String| FieldError::new("scopes", message);
    if names.is_empty() {
        return Err(wrong("Choose at least one scope.".to_owned()));
    }
    let scopes = profile
        .scope_set(names)
        .map_err(|name| wrong(format!("There is no scope called “{}”.", name.chars().take(60).collect::<String>())))?;
    let beyond = scopes.without(role.scopes);
    if beyond.is_empty() {
        return Ok(scopes);
    }
    Err(wrong(format!("Your role ({}) does not include {}.", role.title, profile.scope_names(beyond).join(", "))))
}

fn parse_expiry(form: &KeyForm, policy: &ExpiryPolicy, now: Time) -> Result<Option<Time>, FieldError> {
    match form.expiry.trim() {
        "custom" => parse_last_day(&form.expires_on, policy, now).map(Some),
        "" if policy.default_days.is_some() => Ok(policy.default_days.map(|days| in_days(now, days))),
        "" | "never" if policy.required => Err(FieldError::new("expiry", "Keys must expire. Choose when.")),
        "" | "never" => Ok(None),
        days => parse_days(days, policy, now).map(Some),
    }
}

fn parse_days(text: &str, policy: &ExpiryPolicy, now: Time) -> Result<Time, FieldError> {
    let wrong = |message: String| FieldError::new("expiry", message);
    let days: u32 = text.parse().map_err(|_| wrong("The number of days must be a whole number from 1.".to_owned()))?;
    if days == 0 {
        return Err(wrong("The key would expire at once. Choose at least 1 day.".to_owned()));
    }
    let most = policy.longest();
    if days > most {
        return Err(wrong(format!("A key can last at most {}.", words::plural(i64::from(most), "day"))));
    }
    Ok(in_days(now, days))
}

/// The key works through the whole of its last day, wherever on earth the day was chosen by its UTC date.
fn parse_last_day(text: &str, policy: &ExpiryPolicy, now: Time) -> Result<Time, FieldError> {
    let wrong = |message: String| FieldError::new("expires_on", message);
    let day: NaiveDate = text.trim().parse().map_err(|_| wrong("Enter a date such as 2027-01-31.".to_owned()))?;
    let today = now.date_naive();
    if day < today {
        return Err(wrong("This day is past. Choose today or later.".to_owned()));
    }
    let last = today.checked_add_days(Days::new(policy.longest().into())).unwrap_or(NaiveDate::MAX);
    if day > last {
        return Err(wrong(format!("A key can last until {} at most.", last.format("%-d %B %Y"))));
    }
    let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    Ok(next.and_time(NaiveTime::MIN).and_utc())
}

impl ExpiryPolicy {
    /// The longest life in days; where the profile sets none, [`Self::MOST_DAYS`].
    #[must_use]
    pub const fn longest(&self) -> u32 {
        match self.max_days {
            Some(days) => days,
            None => Self::MOST_DAYS,
        }
    }
}

/// The moment so many days from now.
#[must_use]
pub fn in_days(now: Time, days: u32) -> Time {
    now.checked_add_days(Days::new(days.into())).unwrap_or(Time::MAX_UTC)
}
