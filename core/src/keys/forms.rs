//! What people send to get a key or to change one, and what may come of it.

use super::{ApiKey, KeyOwner};
use crate::{
    Time,
    error::FieldError,
    profile::{ExpiryPolicy, Profile, Role},
    text, words,
};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use ipnet::IpNet;
use std::net::IpAddr;

/// How many networks one key can be bound to.
const MOST_NETWORKS: usize = 50;

/// What the form and the REST call send, as typed. A refused form comes back as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyForm {
    /// The label.
    pub label: String,
    /// The note.
    pub note: String,
    /// The names of the chosen scopes; none: the profile's default.
    pub scopes: Vec<String>,
    /// `""` the policy's default · `never` · a number of days · `custom`: see `expires_on`.
    pub expiry: String,
    /// With `custom`: the last day on which the key works (UTC), `2027-01-31`.
    pub expires_on: String,
    /// The name of an environment; `""` the usual one.
    pub environment: String,
    /// Networks and addresses, with lines, commas or spaces between them.
    pub networks: String,
    /// `""` or `member`: the creator's · `workspace`: nobody's.
    pub owner: String,
}

impl KeyForm {
    /// The form as it is first shown: what the profile chooses is chosen.
    #[must_use]
    pub fn blank(profile: &Profile) -> Self {
        let days = profile.expiry.default_days;
        let expiry = days.map_or_else(|| "never".to_owned(), |days| days.to_string());
        Self { expiry, scopes: profile.default_scopes.clone(), ..Self::default() }
    }

    /// The form for another key like this one.
    #[must_use]
    pub fn like(key: &ApiKey, profile: &Profile) -> Self {
        Self {
            label: key.label.clone(),
            note: key.note.clone(),
            scopes: key.scopes.clone(),
            environment: key.environment.clone(),
            networks: networks_text(&key.networks),
            owner: if key.owner == KeyOwner::Workspace { "workspace".to_owned() } else { String::new() },
            ..Self::blank(profile)
        }
    }
}

/// What is to be changed about a key; none: stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPatch {
    /// The label.
    pub label: Option<String>,
    /// The note.
    pub note: Option<String>,
    /// The names of the scopes.
    pub scopes: Option<Vec<String>>,
    /// Networks and addresses, as in [`KeyForm::networks`].
    pub networks: Option<String>,
    /// The version that the change was made on; another one is refused.
    pub version: Option<i64>,
}

/// How long the old secret goes on working.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotateForm {
    /// Seconds · `""` a day · `custom`: see `hours`.
    pub grace: String,
    /// With `custom`: a number of hours.
    pub hours: String,
    /// The version that the change was made on; another one is refused.
    pub version: Option<i64>,
}

/// A key that may be made: everything in it has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The label, trimmed.
    pub label: String,
    /// The note, trimmed.
    pub note: String,
    /// The scopes; never empty, never beyond the creator's role.
    pub scopes: Vec<String>,
    /// When it ends, by the policy.
    pub expires_at: Option<Time>,
    /// The name of its environment; empty where the profile has none.
    pub environment: String,
    /// From where it may be used; empty: from anywhere.
    pub networks: Vec<IpNet>,
    /// Whether it is the workspace's own.
    pub of_workspace: bool,
}

impl NewKey {
    /// Reads a form against the profile and the creator's role; every wrong field is reported.
    pub fn parse(form: &KeyForm, profile: &Profile, role: &Role, now: Time) -> Result<Self, Vec<FieldError>> {
        let scopes = if form.scopes.is_empty() { &profile.default_scopes } else { &form.scopes };
        let parts = (
            parse_label(&form.label),
            parse_note(&form.note),
            parse_scopes(scopes, profile, role),
            parse_expiry(form, &profile.expiry, now),
            parse_environment(&form.environment, profile),
            parse_networks(&form.networks),
            parse_owner(&form.owner, profile),
        );
        match parts {
            (Ok(label), Ok(note), Ok(scopes), Ok(expires_at), Ok(environment), Ok(networks), Ok(of_workspace)) => {
                Ok(Self { label, note, scopes, expires_at, environment, networks, of_workspace })
            }
            (label, note, scopes, expires_at, environment, networks, owner) => {
                let errors = [
                    label.err(),
                    note.err(),
                    scopes.err(),
                    expires_at.err(),
                    environment.err(),
                    networks.err(),
                    owner.err(),
                ];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }
}

/// A change that may be made: what it makes of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The label afterwards.
    pub label: String,
    /// The note afterwards.
    pub note: String,
    /// The scopes afterwards.
    pub scopes: Vec<String>,
    /// The networks afterwards.
    pub networks: Vec<IpNet>,
}

impl Changes {
    /// Reads a patch of this key. Scopes that the key has already may stay, whatever the editor's role;
    /// those that are added must be within it, and within that of the key's owner, where they would
    /// otherwise do nothing.
    pub fn parse(patch: &KeyPatch, key: &ApiKey, profile: &Profile, editor: &Role) -> Result<Self, Vec<FieldError>> {
        let label = patch.label.as_deref().map_or_else(|| Ok(key.label.clone()), parse_label);
        let note = patch.note.as_deref().map_or_else(|| Ok(key.note.clone()), parse_note);
        let networks = patch.networks.as_deref().map_or_else(|| Ok(key.networks.clone()), parse_networks);
        let scopes = match &patch.scopes {
            None => Ok(key.scopes.clone()),
            Some(names) => change_scopes(names, key, profile, editor),
        };
        match (label, note, scopes, networks) {
            (Ok(label), Ok(note), Ok(scopes), Ok(networks)) => Ok(Self { label, note, scopes, networks }),
            (label, note, scopes, networks) => {
                let errors = [label.err(), note.err(), scopes.err(), networks.err()];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }
}

impl RotateForm {
    /// What is chosen when nothing is said: a day.
    pub const USUAL: TimeDelta = TimeDelta::days(1);

    /// How long the old secret goes on working.
    pub fn grace(&self, profile: &Profile) -> Result<TimeDelta, FieldError> {
        let most = TimeDelta::days(profile.longest_grace_days.into());
        let (field, seconds) = match self.grace.trim() {
            "" => ("grace", Some(Self::USUAL.min(most).num_seconds())),
            "custom" => ("hours", self.hours.trim().parse::<i64>().ok().and_then(|hours| hours.checked_mul(3_600))),
            seconds => ("grace", seconds.parse().ok()),
        };
        let grace = seconds.filter(|seconds| *seconds >= 0).and_then(TimeDelta::try_seconds);
        let wrong = "Choose how long the old secret goes on working: a whole number from 0.";
        let grace = grace.ok_or_else(|| FieldError::new(field, wrong))?;
        if grace > most {
            let most = words::plural(most.num_days(), "day");
            return Err(FieldError::new(field, format!("The old secret can go on working for {most} at most.")));
        }
        Ok(grace)
    }
}

/// The networks as people type them: one a line.
#[must_use]
pub fn networks_text(networks: &[IpNet]) -> String {
    networks.iter().map(network_text).collect::<Vec<_>>().join("\n")
}

/// `10.0.0.0/8`; a single address without its length.
#[must_use]
pub fn network_text(network: &IpNet) -> String {
    let single = network.prefix_len() == network.max_prefix_len();
    if single { network.addr().to_string() } else { network.to_string() }
}

fn parse_label(text: &str) -> Result<String, FieldError> {
    text::line(text, 80).map_err(|f| FieldError::new("label", f.message("The label")))
}

fn parse_note(text: &str) -> Result<String, FieldError> {
    text::note(text, 500).map_err(|f| FieldError::new("note", f.message("The note")))
}

fn parse_environment(name: &str, profile: &Profile) -> Result<String, FieldError> {
    let environments = &profile.key.environments;
    match (name.trim(), environments.first()) {
        ("", None) => Ok(String::new()),
        ("", Some(usual)) => Ok(usual.name.clone()),
        (name, _) => match profile.key.environment(name) {
            Some(environment) => Ok(environment.name.clone()),
            None => Err(FieldError::new("environment", "There is no such environment.")),
        },
    }
}

fn parse_owner(owner: &str, profile: &Profile) -> Result<bool, FieldError> {
    let word = &profile.words.workspace;
    match owner.trim() {
        "" | "member" => Ok(false),
        "workspace" if profile.workspace_keys => Ok(true),
        "workspace" => Err(FieldError::new("owner", format!("Keys of the {word} itself are not available."))),
        _ => Err(FieldError::new("owner", format!("Choose whether the key is yours or the {word}’s."))),
    }
}

/// Networks and single addresses, IPv4 and IPv6, with lines, commas or spaces between them.
fn parse_networks(text: &str) -> Result<Vec<IpNet>, FieldError> {
    let wrong = |message: String| FieldError::new("networks", message);
    let mut networks = Vec::<IpNet>::new();
    for word in text.split([',', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        let shown: String = word.chars().filter(|c| !c.is_control()).take(60).collect();
        let network = parse_network(word).ok_or_else(|| {
            wrong(format!(
                "“{shown}” is no address or network. Write it like 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32."
            ))
        })?;
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    if networks.len() > MOST_NETWORKS {
        return Err(wrong(format!("A key can be bound to {MOST_NETWORKS} networks at most.")));
    }
    Ok(networks)
}

/// `10.1.2.3/8` is `10.0.0.0/8`: what is kept is what is meant. An IPv4 address that is written as IPv6 is IPv4, as
/// callers' addresses are.
fn parse_network(word: &str) -> Option<IpNet> {
    let network = word.parse::<IpNet>().or_else(|_| word.parse::<IpAddr>().map(IpNet::from)).ok()?;
    let network = match network {
        IpNet::V6(v6) if v6.prefix_len() == 128 => IpNet::from(v6.addr().to_canonical()),
        IpNet::V4(_) | IpNet::V6(_) => network,
    };
    Some(network.trunc())
}

fn parse_scopes(names: &[String], profile: &Profile, role: &Role) -> Result<Vec<String>, FieldError> {
    let wrong = |message: String| FieldError::new("scopes", message);
    if names.is_empty() {
        return Err(wrong("Choose at least one scope.".to_owned()));
    }
    let scopes = profile
        .scope_set(names)
        .map_err(|name| wrong(format!("There is no scope called “{}”.", name.chars().take(60).collect::<String>())))?;
    let beyond = scopes.without(role.scopes);
    if !beyond.is_empty() {
        let beyond = profile.scope_names(beyond).join(", ");
        return Err(wrong(format!("Your role ({}) does not include {beyond}.", role.title)));
    }
    if names.iter().any(|name| name == Profile::WILDCARD) {
        return Ok(vec![Profile::WILDCARD.to_owned()]);
    }
    Ok(profile.scope_names(scopes))
}

fn change_scopes(names: &[String], key: &ApiKey, profile: &Profile, editor: &Role) -> Result<Vec<String>, FieldError> {
    let kept: Vec<_> = names.iter().filter(|name| key.scopes.contains(name)).cloned().collect();
    let added: Vec<_> = names.iter().filter(|name| !key.scopes.contains(name)).cloned().collect();
    if added.is_empty() && !kept.is_empty() {
        return Ok(key.scopes.iter().filter(|name| kept.contains(name)).cloned().collect());
    }
    let added = parse_scopes(&added, profile, editor)?;
    if let KeyOwner::Member { person, role } = &key.owner {
        let covered = role.as_deref().and_then(|role| profile.role(role)).map(|role| role.scopes).unwrap_or_default();
        let beyond = profile.known_scopes(&added).without(covered);
        if !beyond.is_empty() {
            let beyond = profile.scope_names(beyond).join(", ");
            let message = format!("The role of {}, whose key it is, does not include {beyond}.", person.name);
            return Err(FieldError::new("scopes", message));
        }
    }
    if added.iter().chain(&kept).any(|name| name == Profile::WILDCARD) {
        return Ok(vec![Profile::WILDCARD.to_owned()]);
    }
    // What the profile has dropped since is kept as it is, after what it has.
    let known = profile.scope_names(profile.known_scopes(&added).with(profile.known_scopes(&kept)));
    let dropped = kept.into_iter().filter(|name| profile.scope_set(&[name]).is_err());
    Ok(known.iter().cloned().chain(dropped).collect())
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
