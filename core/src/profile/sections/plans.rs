//! `[[plans]]`: what a workspace gets for what it pays.

use super::{named, refuse_repeats, scopes::scope_set, value};
use crate::{
    codes,
    profile::{Algorithm, Each, Limit, Per, Plan, ScopeSet, ScopeSpec, grammar, reader::Table},
};

const MOST_KEYS: u32 = 1_000_000;
const MOST_REQUESTS: u32 = 1_000_000_000;
const MOST_CONCURRENT: u32 = 1_000_000;
/// A day: what is longer should end at midnight.
const MOST_SECONDS: u32 = 86_400;

const PERS: &[(Per, &str)] = &[(Per::Minute, "minute"), (Per::Hour, "hour"), (Per::Day, "day")];
const ALGORITHMS: &[(Algorithm, &str)] = &[(Algorithm::Fixed, "fixed"), (Algorithm::Sliding, "sliding")];
const EACHES: &[(Each, &str)] = &[(Each::Workspace, "workspace"), (Each::Key, "key")];

pub(super) fn read(root: &Table<'_>, scopes: &[ScopeSpec]) -> Vec<Plan> {
    let mut names = Vec::new();
    let mut plans = Vec::new();
    for table in root.tables("plans", "[[plans]]") {
        let name = table.name("name", grammar::plain_name);
        names.extend(name.clone());
        let (keys, api) = keys_and_api(&table);
        plans.push(Plan {
            name: value(name),
            title: value(table.text("title", 40)),
            keys,
            api,
            scopes: table
                .optional_word_or_words("scopes")
                .map_or(ScopeSet::ALL, |read| scope_set(&table, &read, scopes, ScopeSet::ALL)),
            limits: limits(&table),
            concurrent: concurrent(&table, "concurrent"),
            concurrent_requests: concurrent(&table, "concurrent_requests"),
        });
        table.close();
    }
    refuse_repeats(root, "plan", named(&names));
    plans
}

fn concurrent(table: &Table<'_>, name: &'static str) -> Option<u32> {
    table.optional_number(name, 1, MOST_CONCURRENT).map(|most| most.value)
}

fn keys_and_api(table: &Table<'_>) -> (u32, bool) {
    let keys = table.number("keys", 0, MOST_KEYS);
    let api = table.optional_flag("api").is_none_or(|api| api.value);
    if let Some(keys) = keys.as_ref().filter(|keys| keys.value > 0 && !api) {
        table.report(keys.line, "`keys` must be 0 where `api` = false: the keys would never work");
    }
    (value(keys), api)
}

fn limits(plan: &Table<'_>) -> Vec<Limit> {
    let mut limits: Vec<(Limit, usize)> = Vec::new();
    for table in plan.optional_tables("limits", "[[plans.limits]]") {
        let line = table.line;
        if let Some(limit) = limit(&table, &limits) {
            refuse_second(&table, &limit, &limits);
            limits.push((limit, line));
        }
        table.close();
    }
    limits.into_iter().map(|(limit, _)| limit).collect()
}

fn limit(table: &Table<'_>, before: &[(Limit, usize)]) -> Option<Limit> {
    let name = table.optional_name("name", grammar::plain_name);
    let requests = table.number("requests", 1, MOST_REQUESTS);
    let per = table.word_or_number("per", PERS, 1, MOST_SECONDS, Per::Seconds);
    let each = table.choice("each", EACHES);
    let algorithm = table.optional_choice("algorithm", ALGORITHMS).unwrap_or(Algorithm::Fixed);
    let (requests, per, each) = (requests?, per?, each?);
    if (per, algorithm) == (Per::Day, Algorithm::Sliding) {
        table.report(table.line, "a day cannot be `sliding`: it ends at midnight; write `per` = 86400");
    }
    let name = name.map_or_else(|| usual_name(per, each, before), |name| name.value);
    Some(Limit { name, requests: requests.value.into(), per, each, algorithm })
}

/// `minute`; for the second limit of this length `minute-key`.
fn usual_name(per: Per, each: Each, before: &[(Limit, usize)]) -> String {
    let word = PERS.iter().find(|(known, _)| *known == per).map(|(_, word)| (*word).to_owned());
    let name = word.unwrap_or_else(|| match per {
        Per::Seconds(seconds) => format!("seconds-{seconds}"),
        Per::Minute | Per::Hour | Per::Day => per.words(),
    });
    if before.iter().all(|(limit, _)| limit.name != name) {
        return name;
    }
    format!("{name}-{}", codes::code(EACHES, each))
}

fn refuse_second(table: &Table<'_>, limit: &Limit, before: &[(Limit, usize)]) {
    let same = |other: &Limit| (other.per, other.each) == (limit.per, limit.each);
    if let Some((_, first)) = before.iter().find(|(other, _)| same(other)) {
        let again = format!("there are two limits with the same `per` and `each`, the first in line {first}");
        table.report(table.line, again);
    } else if let Some((_, first)) = before.iter().find(|(other, _)| other.name == limit.name) {
        let again = format!("there are two limits called `{}`, the first in line {first}", limit.name);
        table.report(table.line, again);
    }
}
