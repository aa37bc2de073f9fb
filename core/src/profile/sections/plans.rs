//! `[[plans]]`: what a workspace gets for what it pays.

use super::{named, refuse_repeats, scopes::scope_set, value};
use crate::profile::{Each, Limit, Per, Plan, ScopeSet, ScopeSpec, grammar, reader::Table};

const MOST_KEYS: u32 = 1_000_000;
const MOST_REQUESTS: u32 = 1_000_000_000;
const MOST_CONCURRENT: u32 = 1_000_000;

const PERS: &[(Per, &str)] = &[(Per::Minute, "minute"), (Per::Hour, "hour"), (Per::Day, "day")];
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
            concurrent: table.optional_number("concurrent", 1, MOST_CONCURRENT).map(|most| most.value),
        });
        table.close();
    }
    refuse_repeats(root, "plan", named(&names));
    plans
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
        let requests = table.number("requests", 1, MOST_REQUESTS);
        let (per, each) = (table.choice("per", PERS), table.choice("each", EACHES));
        if let (Some(requests), Some(per), Some(each)) = (requests, per, each) {
            if let Some((_, first)) = limits.iter().find(|(limit, _)| (limit.per, limit.each) == (per, each)) {
                let again = format!("there are two limits with the same `per` and `each`, the first in line {first}");
                table.report(table.line, again);
            }
            limits.push((Limit { requests: requests.value.into(), per, each }, table.line));
        }
        table.close();
    }
    limits.into_iter().map(|(limit, _)| limit).collect()
}
