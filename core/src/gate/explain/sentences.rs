//! What was seen, as sentences.

use super::{Check, Facts, Place, Source};
use crate::{Time, profile::Profile, words};

pub fn passed(check: Check, facts: &Facts, profile: &Profile) -> String {
    let workspace = &profile.words.workspace;
    match check {
        Check::Place => "Came where keys are read.".to_owned(),
        Check::Route => match &facts.route {
            Some(route) => format!("{route}."),
            None => "Only scopes were asked about.".to_owned(),
        },
        Check::Known => "One of ours.".to_owned(),
        Check::NotRevoked => "Not revoked.".to_owned(),
        Check::NotReplaced => match facts.retires_at {
            Some(end) => format!("The old secret, which works until {}.", words::exact(end)),
            None => "No new secret has taken its place.".to_owned(),
        },
        Check::Enabled => "Switched on.".to_owned(),
        Check::NotExpired => match facts.expires_at {
            Some(end) => format!("Ends on {}.", words::exact(end)),
            None => "Never ends.".to_owned(),
        },
        Check::NotSuspended => format!("The {workspace} is not suspended."),
        Check::PlanHasApi => "The plan includes the API.".to_owned(),
        Check::OwnerIsMember => match facts.owner {
            Some(_) => "Its owner is a member.".to_owned(),
            None => format!("Belongs to the {workspace} itself."),
        },
        Check::Address if facts.networks.is_empty() => "May be used from anywhere.".to_owned(),
        Check::Address => format!("May be used from {}.", facts.origin()),
        Check::Scopes if facts.needed.is_empty() => "The request needs no scope.".to_owned(),
        Check::Scopes => format!("The request needs {}, which the key has.", words::list(&facts.needed)),
        Check::AtOnce => "Not too many at once.".to_owned(),
        Check::Limits => "No limit is in the way.".to_owned(),
    }
}

pub fn failed(check: Check, facts: &Facts, profile: &Profile) -> String {
    let workspace = &profile.words.workspace;
    let on = |end: Option<Time>| end.map(|end| format!(" on {}", words::exact(end))).unwrap_or_default();
    match check {
        Check::Place => facts.place.map_or("No key came with the request.", Place::words).to_owned(),
        Check::Route => "No route of the API has this method and this path.".to_owned(),
        Check::Known if facts.malformed => {
            "Not a key: its beginning, its length or its checksum is wrong. It was mistyped or cut off.".to_owned()
        }
        Check::Known => "Made like a key, but nobody has it.".to_owned(),
        Check::NotRevoked => "The key is revoked.".to_owned(),
        Check::NotReplaced => {
            format!("A new secret has taken its place; this one stopped working{}.", on(facts.retires_at))
        }
        Check::Enabled => "The key is switched off.".to_owned(),
        Check::NotExpired => format!("The key ended{}.", on(facts.expires_at)),
        Check::NotSuspended => format!("The {workspace} is suspended."),
        Check::PlanHasApi => "The plan does not include the API.".to_owned(),
        Check::OwnerIsMember => format!("Its owner is no member of the {workspace} any more."),
        Check::Address => {
            let networks: Vec<_> = facts.networks.iter().map(crate::keys::network_text).collect();
            format!(
                "The request came from {}; the key may be used from {} only.",
                facts.origin(),
                words::list(&networks)
            )
        }
        Check::Scopes => format!("The request needs {}. {}", words::list(&facts.needed), lacking(facts)),
        Check::AtOnce => format!("As many requests of the {workspace} were under way as the plan has room for."),
        Check::Limits => "No more requests fit into the plan.".to_owned(),
    }
}

/// "The key lacks a and b; the plan does not include c."
fn lacking(facts: &Facts) -> String {
    let of = |from: Source, words: &str| {
        let scopes = scopes_from(facts, from);
        (!scopes.is_empty()).then(|| format!("{words} {}", words::list(&scopes)))
    };
    let parts = [
        of(Source::Key, "the key lacks"),
        of(Source::Role, "the role of its owner does not include"),
        of(Source::Plan, "the plan does not include"),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    format!("{}.", words::capitalised(&text))
}

fn scopes_from(facts: &Facts, from: Source) -> Vec<String> {
    facts.lacking.iter().filter(|lacking| lacking.from == from).map(|lacking| lacking.scope.clone()).collect()
}
