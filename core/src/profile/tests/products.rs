//! What the documents of the five products print, as far as their profiles alone show it.

#![expect(clippy::expect_used, reason = "a test that cannot go on must stop")]

use super::*;
use crate::{
    random::CountingRandom,
    secret::{NotASecret, Secret},
};

fn product(name: &str) -> Profile {
    Profile::parse(name, Profile::built_in(name).expect("a built-in profile")).expect("a good one")
}

/// The roles that may do this.
fn who_may(profile: &Profile, right: Right) -> Vec<&str> {
    profile.roles.iter().filter(|role| role.may(right)).map(|role| role.name.as_str()).collect()
}

fn names(profile: &Profile) -> Vec<&str> {
    profile.scopes.iter().map(|scope| scope.name.as_str()).collect()
}

/// What a route needs, by the names of its scopes.
#[track_caller]
fn needs(profile: &Profile, method: &str, path: &str) -> Vec<String> {
    let route = profile.routes.iter().find(|route| route.method == method && route.path == path).expect("a route");
    match &route.needs {
        RouteNeeds::Nothing => Vec::new(),
        RouteNeeds::Scopes(scopes) => profile.scope_names(*scopes),
        RouteNeeds::Segment(name) => vec![format!("{{{name}}}")],
    }
}

fn limits(profile: &Profile, plan: &str) -> Vec<(u64, Per, Each)> {
    profile.plan(plan).expect("a plan").limits.iter().map(|limit| (limit.requests, limit.per, limit.each)).collect()
}

#[test]
fn common_01_who_manages_members_or_keys_sees_them_in_every_product() {
    for name in Profile::built_in_names() {
        let profile = product(name);
        assert!(who_may(&profile, Right::KeysManage).len() >= 2, "{name}");
        assert!(who_may(&profile, Right::MembersManage).len() >= 2, "{name}");
    }
}

#[test]
fn common_10_every_product_has_a_role_whose_keys_can_do_less() {
    for name in Profile::built_in_names() {
        let profile = product(name);
        assert!(profile.roles.iter().any(|role| role.scopes != profile.all_scopes()), "{name}");
    }
}

#[test]
fn every_scope_of_every_product_has_a_route_that_needs_it() {
    for name in Profile::built_in_names() {
        let profile = product(name);
        let needed = profile.routes.iter().fold(ScopeSet::NONE, |set, route| match &route.needs {
            RouteNeeds::Nothing => set,
            RouteNeeds::Scopes(scopes) => set.with(*scopes),
            RouteNeeds::Segment(_) => profile.all_scopes(),
        });
        assert_eq!(needed, profile.all_scopes(), "{name}");
    }
}

#[test]
fn the_default_profile_has_live_and_test_keys_that_may_be_the_workspaces_own() {
    let default = product("default");
    assert_eq!(default.key.prefixes().collect::<Vec<_>>(), ["sk_live_", "sk_test_"]);
    assert!(default.workspace_keys);
    assert_eq!(who_may(&default, Right::KeysManage), ["owner", "admin", "developer"]);
    assert_eq!(who_may(&default, Right::MembersManage), ["owner", "admin"]);
    assert_eq!(default.scope_names(default.role("viewer").unwrap().scopes), ["workflows:read", "executions:read"]);
    let read_only: Vec<_> = default.scopes.iter().filter(|s| s.read_only).map(|s| s.name.as_str()).collect();
    assert_eq!(read_only, ["workflows:read", "executions:read"]);
}

#[test]
fn skode_01_keys_are_found_under_api_and_webhooks_and_begin_with_sk_live() {
    let skode = product("skode");
    assert_eq!(skode.menu, ["Settings", "API & Webhooks", "API Keys"]);
    let key = Secret::generate(&skode.key, &CountingRandom::default());
    assert!(key.expose().starts_with("sk_live_"));
    let roles: Vec<_> = skode.roles.iter().map(|role| role.name.as_str()).collect();
    assert_eq!(roles, ["owner", "admin", "member"]);
}

#[test]
fn skode_02_the_printed_request_is_a_route() {
    assert_eq!(needs(&product("skode"), "GET", "/v1/leads"), ["leads:read"]);
}

#[test]
fn skode_05_every_key_has_a_window_of_its_own() {
    let skode = product("skode");
    for (plan, requests) in [("free", 100), ("pro", 1_000), ("enterprise", 10_000)] {
        assert_eq!(limits(&skode, plan), [(requests, Per::Minute, Each::Key)]);
    }
}

#[test]
fn skillett_01_keys_are_hexadecimal_and_show_eight_characters() {
    let skillett = product("skillett");
    let key = Secret::generate(&skillett.key, &CountingRandom::default());
    let word = key.expose().strip_prefix("sk_").unwrap();
    assert!(word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{word}");
    assert_eq!(key.start(&skillett.key), format!("sk_{}", &word[..8]));
}

#[test]
fn skillett_03_scopes_are_integrations_and_all_of_them_unless_narrowed() {
    let skillett = product("skillett");
    for integration in ["github", "gmail", "slack", "notion", "linear", "stripe"] {
        assert!(names(&skillett).contains(&integration), "{integration}");
    }
    assert_eq!(skillett.default_scopes, ["*"]);
    assert_eq!(skillett.scope_set(&["*"]), Ok(skillett.all_scopes()));
    let both = skillett.scope_set(&["github", "gmail"]).unwrap();
    assert_eq!(skillett.scope_names(both), ["github", "gmail"]);
}

#[test]
fn skillett_05_the_free_plan_has_a_minute_and_a_day() {
    let skillett = product("skillett");
    let free = [(30, Per::Minute, Each::Workspace), (10_000, Per::Day, Each::Workspace)];
    assert_eq!(limits(&skillett, "free"), free);
    for pair in ["free", "pro", "unlimited"].windows(2) {
        let [less, more] = [limits(&skillett, pair[0]), limits(&skillett, pair[1])];
        assert!(less.iter().zip(&more).all(|(less, more)| less.0 < more.0), "{pair:?}");
    }
}

#[test]
fn skillett_06_the_way_out_of_a_limit_is_the_printed_address() {
    assert_eq!(product("skillett").billing_url.as_deref(), Some("https://app.skillett.dev/billing"));
}

#[test]
fn skillett_07_every_printed_route_is_there() {
    let skillett = product("skillett");
    for (method, path, needed) in [
        ("GET", "/v1/skills", None),
        ("GET", "/v1/skills/{integration}", Some("{integration}")),
        ("GET", "/v1/skills/{integration}/{endpoint}", Some("{integration}")),
        ("POST", "/v1/{integration}/{endpoint}", Some("{integration}")),
        ("POST", "/v1/connect", None),
        ("GET", "/v1/connect/{id}", None),
        ("GET", "/v1/{slug}/download", Some("{slug}")),
    ] {
        assert_eq!(needs(&skillett, method, path), needed.into_iter().collect::<Vec<_>>(), "{method} {path}");
    }
}

#[test]
fn lodol_01_the_printed_request_is_a_route() {
    assert_eq!(needs(&product("lodol"), "GET", "/api/v1/workflows"), ["workflows:read"]);
}

#[test]
fn lodol_02_only_owners_and_admins_manage_keys_under_settings() {
    let lodol = product("lodol");
    assert_eq!(lodol.menu, ["Settings", "API Keys"]);
    assert_eq!(lodol.key.prefix, "sk_live_");
    assert_eq!(who_may(&lodol, Right::KeysManage), ["owner", "admin"]);
    assert_eq!(who_may(&lodol, Right::MembersManage), ["owner", "admin"]);
}

#[test]
fn lodol_04_scopes_are_those_of_the_document_in_its_words() {
    let lodol = product("lodol");
    let scopes: Vec<_> = lodol.scopes.iter().map(|scope| (scope.name.as_str(), scope.description.as_str())).collect();
    assert_eq!(
        scopes,
        [
            ("workflows:read", "List workflows, get workflow details"),
            ("workflows:execute", "Run workflows, stop executions"),
            ("executions:read", "List and view execution details"),
        ]
    );
    assert_eq!(needs(&lodol, "GET", "/api/v1/executions/{id}"), ["executions:read"]);
}

#[test]
fn lodol_05_plans_have_the_printed_numbers_of_keys() {
    let lodol = product("lodol");
    let keys: Vec<_> = lodol.plans.iter().map(|plan| (plan.title.as_str(), plan.keys)).collect();
    assert_eq!(keys, [("Free", 0), ("Pro", 3), ("Team", 10), ("Enterprise", 20)]);
}

#[test]
fn lodol_06_the_free_plan_has_no_api() {
    let lodol = product("lodol");
    let without: Vec<_> = lodol.plans.iter().filter(|plan| !plan.api).map(|plan| plan.name.as_str()).collect();
    assert_eq!(without, ["free"]);
}

#[test]
fn lodol_07_an_end_is_optional() {
    let expiry = product("lodol").expiry;
    assert!(!expiry.required && expiry.default_days.is_none());
}

#[test]
fn lodol_08_workspaces_share_their_window_and_their_executions() {
    let lodol = product("lodol");
    for (plan, requests, concurrent) in [("pro", 15, 5), ("team", 25, 10), ("enterprise", 50, 25)] {
        assert_eq!(limits(&lodol, plan), [(requests, Per::Minute, Each::Workspace)]);
        assert_eq!(lodol.plan(plan).unwrap().concurrent, Some(concurrent));
    }
}

#[test]
fn skaala_02_a_key_comes_as_bearer_or_as_x_api_key() {
    assert_eq!(product("skaala").carriers, [Carrier::Bearer, Carrier::XApiKey]);
}

#[test]
fn skaala_03_scopes_are_those_of_the_document_in_its_words() {
    let skaala = product("skaala");
    let scopes: Vec<_> = skaala.scopes.iter().map(|scope| (scope.name.as_str(), scope.description.as_str())).collect();
    assert_eq!(
        scopes,
        [
            ("read:bookings", "View bookings and appointments"),
            ("read:contacts", "View contacts and customer profiles"),
            ("read:calls", "View call history and transcripts"),
            ("read:services", "View services and pricing"),
            ("read:staff", "View staff information"),
            ("write:bookings", "Create and update bookings"),
            ("write:contacts", "Create and update contacts"),
            ("write:calls", "Create call records"),
            ("webhooks:manage", "Subscribe to and manage webhooks"),
        ]
    );
    let read_only: Vec<_> = skaala.scopes.iter().filter(|s| s.read_only).map(|s| s.name.as_str()).collect();
    assert_eq!(read_only, ["read:bookings", "read:contacts", "read:calls", "read:services", "read:staff"]);
}

#[test]
fn skaala_04_keys_end_after_365_days_unless_said_otherwise() {
    let expiry = product("skaala").expiry;
    assert_eq!((expiry.default_days, expiry.required), (Some(365), false));
}

#[test]
fn skaala_05_callers_do_not_learn_why_a_key_is_refused() {
    let skaala = product("skaala");
    assert_eq!(skaala.refusals, Refusals::Uniform);
    let key = Secret::generate(&skaala.key, &CountingRandom::default());
    assert!(key.expose().starts_with("sk_live_"));
    let other = key.expose().replacen("sk_live_", "sk_test_", 1);
    assert_eq!(Secret::parse(&skaala.key, &other).err(), Some(NotASecret));
}

#[test]
fn skaala_07_admins_and_owners_manage_the_keys_of_a_team() {
    let skaala = product("skaala");
    assert_eq!(
        skaala.words,
        Words { workspace: "team".into(), workspaces: "teams".into(), create_key: "Create key".into() }
    );
    assert_eq!(who_may(&skaala, Right::KeysManage), ["owner", "admin"]);
}

#[test]
fn skaala_08_bookings_are_read_and_written_with_their_scopes() {
    let skaala = product("skaala");
    assert_eq!(needs(&skaala, "GET", "/api/v1/bookings"), ["read:bookings"]);
    assert_eq!(needs(&skaala, "POST", "/api/v1/bookings"), ["write:bookings"]);
}

#[test]
fn skaala_10_webhooks_need_the_scope_that_manages_them() {
    let skaala = product("skaala");
    let webhooks: Vec<_> = skaala.routes.iter().filter(|route| route.path.starts_with("/api/v1/webhooks")).collect();
    assert_eq!(webhooks.len(), 5);
    for route in webhooks {
        assert_eq!(needs(&skaala, &route.method, &route.path), ["webhooks:manage"]);
    }
}

#[test]
fn skedcast_01_owners_and_managers_make_keys_of_an_agency_under_developer() {
    let skedcast = product("skedcast");
    assert_eq!(skedcast.menu, ["Settings", "Developer"]);
    assert_eq!(
        skedcast.words,
        Words { workspace: "agency".into(), workspaces: "agencies".into(), create_key: "Create key".into() }
    );
    assert_eq!(who_may(&skedcast, Right::KeysRead), ["owner", "manager"]);
    assert_eq!(who_may(&skedcast, Right::KeysManage), ["owner", "manager"]);
    let key = Secret::generate(&skedcast.key, &CountingRandom::default());
    assert!(key.expose().starts_with("sked_live_"));
}

#[test]
fn skedcast_02_keys_belong_to_members_and_every_lower_role_can_do_less() {
    let skedcast = product("skedcast");
    assert!(!skedcast.workspace_keys, "a key of nobody would have no member whose role bounds it");
    for pair in skedcast.roles.windows(2).take(2) {
        let [more, less] = [pair[0].scopes, pair[1].scopes];
        assert!(more.covers(less) && more != less, "{} and {}", pair[0].name, pair[1].name);
    }
}

#[test]
fn skedcast_03_every_key_ends_within_a_year() {
    let expiry = product("skedcast").expiry;
    assert!(expiry.required);
    assert_eq!(expiry.max_days, Some(365));
}

#[test]
fn skedcast_04_the_agency_is_a_route() {
    assert_eq!(needs(&product("skedcast"), "GET", "/v1/agency"), ["agency:read"]);
}
