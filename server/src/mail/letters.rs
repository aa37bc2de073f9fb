//! What the letters say: plain text, short, in the product's words. The only secret in any of them is a link that works
//! once, where that link is what the letter is for.

use crate::config::BaseUrl;
use keywright_core::{
    Time,
    keys::{EndingKey, Reminder},
    profile::Profile,
    words,
};

/// A letter without its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// What an invitation says.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// The workspace's name.
    pub workspace: &'a str,
    /// Who invites, by name.
    pub inviter: &'a str,
    /// The whole link. It works once.
    pub link: &'a str,
    /// When it stops working.
    pub expires_at: Time,
}

/// An invitation into a workspace.
pub(super) fn invitation(profile: &Profile, invitation: &Invitation<'_>) -> Letter {
    let Invitation { workspace, inviter, link, expires_at } = invitation;
    let (product, noun, end) = (&profile.product, &profile.words.workspace, minute(*expires_at));
    Letter {
        subject: format!("You are invited to the {noun} “{workspace}” in {product}"),
        body: format!(
            "Hello,\n\n\
             “{inviter}” invites you to the {noun} “{workspace}” in {product}. Open this link to join:\n\n\
             {link}\n\n\
             It works once, until {end}. Whoever has it can join in your place: do not pass it on.\n\n\
             If you did not expect this, do nothing.\n"
        ),
    }
}

/// Keys that end soon.
pub(super) fn reminder(profile: &Profile, public_url: &BaseUrl, reminder: &Reminder, now: Time) -> Letter {
    let (product, noun) = (&profile.product, &profile.words.workspace);
    let (name, workspace, slug) = (&reminder.to.name, &reminder.workspace.name, &reminder.workspace.slug);
    let keys: String = reminder.keys.iter().map(|key| paragraph(public_url, slug, key)).collect();
    let window = reminder.keys.iter().map(|key| key.days).max().unwrap_or_default().max(7);
    let list = public_url.join(&format!("/w/{slug}/keys?expiry={window}d"));
    let (what, stop, it) = match reminder.keys.len() {
        1 => ("This API key", "stops", "it"),
        _ => ("These API keys", "stop", "them"),
    };
    Letter {
        subject: subject(product, reminder, now),
        body: format!(
            "Hello {name},\n\n\
             {what} of the {noun} “{workspace}” in {product} {stop} working soon:\n\n\
             {keys}\
             Whatever uses {it} is refused from then on. Make a new key and put it in the old one's place before that.\n\n\
             Everything that ends soon: {list}\n"
        ),
    }
}

fn subject(product: &str, reminder: &Reminder, now: Time) -> String {
    let workspace = &reminder.workspace.name;
    let first = reminder.keys.iter().map(|key| key.expires_at).min().unwrap_or(now);
    let days = words::plural(days_left(first, now), "day");
    match reminder.keys.as_slice() {
        [key] => format!("{product}: API key “{}” of “{workspace}” ends within {days}", key.label),
        keys => format!("{product}: {} API keys of “{workspace}” end soon, the first within {days}", keys.len()),
    }
}

fn paragraph(public_url: &BaseUrl, slug: &str, key: &EndingKey) -> String {
    let (label, masked, end) = (&key.label, &key.masked, minute(key.expires_at));
    let link = public_url.join(&format!("/w/{slug}/keys/{}", key.id));
    format!("  {label} ({masked})\n  ends on {end}\n  {link}\n\n")
}

/// Days that have begun count: "within 7 days" is true until the last of them is over.
fn days_left(end: Time, now: Time) -> i64 {
    const DAY: i64 = 86_400;
    ((end - now).num_seconds() + DAY - 1).div_euclid(DAY).max(1)
}

/// "28 November 2026, 12:00 UTC".
fn minute(time: Time) -> String {
    time.format("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ProfileSource, load_profile};
    use chrono::TimeDelta;
    use keywright_core::{
        accounts::User,
        ids::{KeyId, UserId, WorkspaceId},
        workspaces::Workspace,
    };
    use uuid::Uuid;

    fn profile(name: &str) -> Profile {
        load_profile(&ProfileSource::named(name)).unwrap()
    }

    fn now() -> Time {
        Time::from_timestamp(1_795_262_400, 0).unwrap()
    }

    fn key(n: u128, label: &str, days: u32, hours_left: i64) -> EndingKey {
        let expires_at = now() + TimeDelta::hours(hours_left);
        EndingKey {
            id: KeyId::from_uuid(Uuid::from_u128(n)),
            label: label.into(),
            masked: "sk_live_4fT9…x2Qp".into(),
            expires_at,
            days,
        }
    }

    fn ending(keys: Vec<EndingKey>) -> Reminder {
        Reminder {
            to: User {
                id: UserId::from_uuid(Uuid::nil()),
                name: "Ada Lovelace".into(),
                email: "ada@example.com".into(),
            },
            workspace: Workspace {
                id: WorkspaceId::from_uuid(Uuid::nil()),
                slug: "acme".into(),
                name: "Acme".into(),
                plan: "pro".into(),
                suspended_at: None,
            },
            keys,
        }
    }

    fn text(letter: &Letter) -> String {
        format!("Subject: {}\n\n{}", letter.subject, letter.body)
    }

    #[test]
    fn an_invitation_has_the_link_and_the_products_words() {
        let invited = Invitation {
            workspace: "Acme",
            inviter: "Ada Lovelace",
            link: "https://keys.example.com/invitation?token=0123",
            expires_at: now(),
        };
        insta::assert_snapshot!(text(&invitation(&profile("skedcast"), &invited)));
    }

    #[test]
    fn a_reminder_of_one_key_names_it() {
        let url = BaseUrl::parse("https://keys.example.com").unwrap();
        let letter = reminder(&profile("lodol"), &url, &ending(vec![key(1, "ci", 7, 167)]), now());
        insta::assert_snapshot!(text(&letter));
    }

    #[test]
    fn a_reminder_of_several_keys_lists_them() {
        let url = BaseUrl::parse("https://keys.example.com").unwrap();
        let keys = vec![key(1, "ci", 1, 23), key(2, "nightly export", 30, 700)];
        let letter = reminder(&profile("skaala"), &url, &ending(keys), now());
        insta::assert_snapshot!(text(&letter));
    }

    #[test]
    fn days_that_have_begun_count() {
        for (hours, days) in [(1, 1), (24, 1), (25, 2), (168, 7), (0, 1)] {
            assert_eq!(days_left(now() + TimeDelta::hours(hours), now()), days, "{hours}");
        }
    }
}
