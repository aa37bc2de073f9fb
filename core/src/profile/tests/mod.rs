//! What a profile says, and every fault that its form can have, with the line that it is told for.

mod cors;
mod grants;
mod keys;
mod oauth;
mod plans;
mod products;
mod rules;

use super::*;

/// The smallest profile with one of everything. The tests change a line of it.
const GOOD: &str = r#"product = "Acme"
docs_url = "https://acme.example/docs"
menu = ["Settings", "Developer"]

[words]
workspace = "agency"
workspaces = "agencies"

[key]
prefix = "acme_"
alphabet = "hex"
visible = 8
carriers = ["bearer", "x-api-key"]
refusals = "uniform"

[expiry]
presets = [30, 90]
default_days = 90
max_days = 365
required = true

[[scopes]]
name = "leads:read"
group = "Leads"
description = "List leads"

[[scopes]]
name = "leads:write"
group = "Leads"
description = "Create leads"

[[roles]]
name = "owner"
title = "Owner"
rights = "all"
scopes = "all"

[[roles]]
name = "viewer"
title = "Viewer"
rights = ["keys:read"]
scopes = ["leads:read"]

[[plans]]
name = "free"
title = "Free"
keys = 3
api = true

[[routes]]
method = "GET"
path = "/v1/leads/{id}"
scope = "leads:read"

[[routes]]
method = "GET"
path = "/v1/ping"
scope = "none"
"#;

fn faults(text: &str) -> Vec<String> {
    Profile::parse("acme", text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// The faults of the good profile after `from` (which must be in it) has become `to`.
fn faults_after(from: &str, to: &str) -> Vec<String> {
    assert!(GOOD.contains(from), "{from} is not in the profile");
    faults(&GOOD.replacen(from, to, 1))
}

#[track_caller]
fn one_fault(from: &str, to: &str, fault: &str) {
    assert_eq!(faults_after(from, to), [fault]);
}

#[test]
fn every_member_is_read() {
    let profile = Profile::parse("acme", GOOD).unwrap();
    let (read, write) = (ScopeSet::one(0), ScopeSet::one(1));
    assert_eq!(profile.name, "acme");
    assert_eq!(profile.product, "Acme");
    assert_eq!(profile.docs_url.as_deref(), Some("https://acme.example/docs"));
    assert_eq!(profile.menu, ["Settings", "Developer"]);
    assert_eq!(
        profile.words,
        Words { workspace: "agency".into(), workspaces: "agencies".into(), create_key: "Create key".into() }
    );
    assert_eq!(
        profile.key,
        KeyFormat { prefix: "acme_".into(), alphabet: Alphabet::Hex, visible: 8, environments: Vec::new() }
    );
    assert_eq!(profile.carriers, [Carrier::Bearer, Carrier::XApiKey]);
    assert_eq!(profile.refusals, Refusals::Uniform);
    let expiry = ExpiryPolicy { presets: vec![30, 90], default_days: Some(90), max_days: Some(365), required: true };
    assert_eq!(profile.expiry, expiry);
    assert_eq!(profile.scopes[1].description, "Create leads");
    assert_eq!(profile.owner_role().scopes, read.with(write));
    assert!(Right::ALL.iter().all(|(right, _)| profile.owner_role().may(*right)));
    let viewer = profile.role("viewer").unwrap();
    assert_eq!((viewer.rights.as_slice(), viewer.scopes), (&[Right::KeysRead][..], read));
    assert_eq!(
        profile.plan("free"),
        Some(&Plan {
            name: "free".into(),
            title: "Free".into(),
            keys: 3,
            api: true,
            scopes: ScopeSet::ALL,
            limits: Vec::new(),
            concurrent: None,
            concurrent_requests: None,
        })
    );
    assert_eq!(profile.routes[0].needs, RouteNeeds::Scopes(read));
    assert_eq!(profile.routes[1], Route { method: "GET".into(), path: "/v1/ping".into(), needs: RouteNeeds::Nothing });
}

#[test]
fn what_is_left_out_has_a_default() {
    let text = GOOD
        .replace("docs_url = \"https://acme.example/docs\"\nmenu = [\"Settings\", \"Developer\"]", "")
        .replace("[words]\nworkspace = \"agency\"\nworkspaces = \"agencies\"", "")
        .replace("alphabet = \"hex\"\nvisible = 8\ncarriers = [\"bearer\", \"x-api-key\"]\nrefusals = \"uniform\"", "")
        .replace("default_days = 90\nmax_days = 365\nrequired = true", "")
        .replace("api = true", "");
    let profile = Profile::parse("acme", &text).unwrap();
    assert_eq!((profile.docs_url, profile.billing_url), (None, None));
    assert_eq!(profile.menu, ["Settings", "API keys"]);
    assert_eq!(
        profile.words,
        Words { workspace: "workspace".into(), workspaces: "workspaces".into(), create_key: "Create key".into() }
    );
    assert_eq!(
        profile.key,
        KeyFormat { prefix: "acme_".into(), alphabet: Alphabet::Base62, visible: 4, environments: Vec::new() }
    );
    assert_eq!((profile.carriers, profile.refusals), (vec![Carrier::Bearer], Refusals::Detailed));
    let expiry = ExpiryPolicy { presets: vec![30, 90], default_days: None, max_days: None, required: false };
    assert_eq!(profile.expiry, expiry);
    assert!(profile.plans[0].api);
    assert_eq!((profile.workspace_keys, profile.longest_grace_days), (false, 30));
    assert_eq!((profile.wildcard, profile.default_scopes), (false, Vec::new()));
}

#[test]
fn the_built_in_profiles_have_no_fault() {
    for name in Profile::built_in_names() {
        let parsed = Profile::parse(name, Profile::built_in(name).unwrap());
        assert_eq!(parsed.err(), None, "{name}");
    }
    assert_eq!(Profile::built_in("unheard-of"), None);
}

#[test]
fn the_documentation_is_right() {
    let documentation = include_str!("../../../../docs/profiles.md");
    let example = documentation.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(faults(example), Vec::<String>::new());
    for own in OWN_PATHS {
        assert!(documentation.contains(&format!("`{own}`")), "{own}");
    }
    for name in Profile::built_in_names() {
        assert!(documentation.contains(&format!("| `{name}` |")), "{name}");
    }
    for (right, name) in Right::ALL {
        assert!(documentation.contains(&format!("| `{name}` |")), "{right:?}");
    }
}

#[test]
fn all_faults_are_told_at_once_by_line() {
    let text = GOOD
        .replace("product = \"Acme\"", "")
        .replace("visible = 8", "visible = 80")
        .replace("prefix", "prefx")
        .replace("max_days = 365", "max_days = 60")
        .replace("[\"leads:read\"]", "[\"leads:raed\"]");
    assert_eq!(
        faults(&text),
        [
            "line 1: `product` is missing",
            "line 9: `prefix` is missing in [key]",
            "line 10: there is no member `prefx` in [key]; did you mean `prefix`?",
            "line 12: `visible` must be a whole number from 4 to 12",
            "line 17: `presets` offers 90 days, beyond `max_days` = 60",
            "line 18: `default_days` = 90 is beyond `max_days` = 60",
            "line 42: there is no scope `leads:raed`; did you mean `leads:read`?",
        ]
    );
}

#[test]
fn an_empty_profile_is_told_all_that_it_needs() {
    assert_eq!(
        faults(""),
        [
            "line 1: `[[plans]]` is missing: write at least one",
            "line 1: `[[roles]]` is missing: write at least one",
            "line 1: `[[routes]]` is missing: write at least one",
            "line 1: `[[scopes]]` is missing: write at least one",
            "line 1: `[expiry]` is missing",
            "line 1: `[key]` is missing",
            "line 1: `product` is missing",
        ]
    );
}

#[test]
fn broken_toml_is_told_by_line_and_nothing_else_is() {
    let broken = faults_after("visible = 8", "visible = = 8");
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("line 12: "), "{broken:?}");
    let twice = faults_after("visible = 8", "visible = 8\nvisible = 8");
    assert_eq!(twice, ["line 13: duplicate key"]);
    let two = faults(&GOOD.replace("visible = 8", "visible = = 8").replace("keys = 3", "keys = "));
    assert_eq!(two.len(), 2, "{two:?}");
}

#[test]
fn unknown_members_are_refused_everywhere() {
    one_fault("menu =", "manu = 1\nmenu =", "line 3: there is no member `manu`; did you mean `menu`?");
    one_fault("workspace =", "team = 1\nworkspace =", "line 6: there is no member `team` in [words]");
    one_fault("max_days", "maxdays", "line 19: there is no member `maxdays` in [expiry]; did you mean `max_days`?");
    one_fault(
        "group = \"Leads\"",
        "group = \"Leads\"\ngroups = 1",
        "line 25: there is no member `groups` in [[scopes]]; did you mean `group`?",
    );
    one_fault(
        "title = \"Viewer\"",
        "title = \"Viewer\"\nlevel = 1",
        "line 41: there is no member `level` in [[roles]]",
    );
    one_fault("api = true", "ipa = true", "line 48: there is no member `ipa` in [[plans]]");
    one_fault("scope = \"none\"", "scope = \"none\"\nlimit = 3", "line 59: there is no member `limit` in [[routes]]");
    one_fault("[words]", "[limits]\nday = 1\n[words]", "line 5: there is no member `limits`");
}

#[test]
fn a_member_of_another_type_is_refused() {
    one_fault("product = \"Acme\"", "product = 7", "line 1: `product` must be a string, not an integer");
    one_fault(
        "[\"Settings\", \"Developer\"]",
        "\"Settings\"",
        "line 3: `menu` must be a list of strings, not a string",
    );
    one_fault("\"Settings\", \"Developer\"", "\"Settings\", 7", "line 3: every item of `menu` must be a string");
    one_fault("visible = 8", "visible = 8.5", "line 12: `visible` in [key] must be a whole number, not a float");
    one_fault("[30, 90]", "[30, \"x\", 90]", "line 17: every item of `presets` must be a whole number from 1 to 36500");
    one_fault(
        "required = true",
        "required = 1",
        "line 20: `required` in [expiry] must be true or false, not an integer",
    );
    one_fault(
        "scope = \"none\"",
        "scope = false",
        "line 58: `scope` in [[routes]] must be a string or a list of strings, not a boolean",
    );
    one_fault(
        "[words]\nworkspace = \"agency\"\nworkspaces = \"agencies\"",
        "words = 7",
        "line 5: `words` must be a table: write [words], not an integer",
    );
    let table = faults(&GOOD.replace("[[plans]]", "[plans]"));
    assert_eq!(table, ["line 44: `plans` must be a list of tables: begin each with [[plans]], not a table"]);
}

#[test]
fn missing_members_are_told_at_the_head_of_their_table() {
    one_fault("workspaces = \"agencies\"", "", "line 5: `workspaces` is missing in [words]");
    one_fault("prefix = \"acme_\"", "", "line 9: `prefix` is missing in [key]");
    one_fault("presets = [30, 90]", "", "line 16: `presets` is missing in [expiry]");
    one_fault("description = \"Create leads\"", "", "line 27: `description` is missing in [[scopes]]");
    one_fault("title = \"Viewer\"", "", "line 38: `title` is missing in [[roles]]");
    one_fault("rights = [\"keys:read\"]", "", "line 38: `rights` is missing in [[roles]]: write a list, or \"all\"");
    one_fault("keys = 3", "", "line 44: `keys` is missing in [[plans]]");
    one_fault("path = \"/v1/ping\"", "", "line 55: `path` is missing in [[routes]]");
}

#[test]
fn empty_lists_are_refused() {
    one_fault("[\"Settings\", \"Developer\"]", "[]", "line 3: `menu` is empty: write at least one");
    one_fault("[\"bearer\", \"x-api-key\"]", "[]", "line 13: `carriers` in [key] is empty: write at least one");
    one_fault("[30, 90]", "[]", "line 17: `presets` in [expiry] is empty: write at least one");
    let head = GOOD.split("[[routes]]").next().unwrap();
    assert_eq!(faults(&format!("routes = []\n{head}")), ["line 1: `routes` is empty: write at least one"]);
}

#[test]
fn words_that_stand_for_a_choice_are_known() {
    one_fault("\"hex\"", "\"base64\"", "line 11: `alphabet` cannot be `base64`: choose `base62` or `hex`");
    one_fault("\"uniform\"", "\"terse\"", "line 14: `refusals` cannot be `terse`: choose `detailed` or `uniform`");
    one_fault("\"x-api-key\"", "\"cookie\"", "line 13: `carriers` cannot be `cookie`: choose `bearer` or `x-api-key`");
    one_fault(
        "[\"keys:read\"]",
        "[\"keys:write\"]",
        "line 41: `rights` cannot be `keys:write`: choose `keys:read` or `keys:manage` or `members:read` or `members:manage` or `apps:read` or `apps:manage` or `audit:read`",
    );
    one_fault("[\"keys:read\"]", "\"some\"", "line 41: `rights` must be a list, or \"all\"");
    one_fault("[\"leads:read\"]", "\"leads:read\"", "line 42: `scopes` must be a list, or \"all\"");
}

#[test]
fn lines_are_counted_as_editors_count_them() {
    let windows = GOOD.replace('\n', "\r\n").replace("visible = 8", "visible = 80");
    assert_eq!(faults(&windows), ["line 12: `visible` must be a whole number from 4 to 12"]);
}
