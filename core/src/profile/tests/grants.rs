//! What keys can be given: the wildcard, the default, what counts as reading, and the scope in a path.

use super::*;

fn with_grants(members: &str) -> String {
    format!("{GOOD}[grants]\n{members}\n")
}

/// The fault of a `[grants]` that holds this.
#[track_caller]
fn one_fault_of(members: &str, line: usize, fault: &str) {
    let line = GOOD.lines().count() + 1 + line;
    assert_eq!(faults(&with_grants(members)), [format!("line {line}: {fault}")]);
}

#[test]
fn the_wildcard_is_every_scope_only_where_the_profile_has_it() {
    let with = Profile::parse("acme", &with_grants("wildcard = true")).unwrap();
    let without = Profile::parse("acme", GOOD).unwrap();
    let (read, all) = (ScopeSet::one(0), ScopeSet::one(0).with(ScopeSet::one(1)));
    assert_eq!(with.scope_set(&["*"]), Ok(all));
    assert_eq!(with.scope_set(&["leads:read", "*"]), Ok(all));
    assert_eq!(with.scope_set(&["leads:read"]), Ok(read));
    assert_eq!(with.known_scopes(&["*", "gone"]), all);
    assert_eq!(without.scope_set(&["*"]), Err("*".to_owned()));
    assert_eq!(without.known_scopes(&["*", "leads:read"]), read, "a wildcard that was stored earlier grants nothing");
}

#[test]
fn the_default_is_the_wildcard_or_scopes_of_the_profile() {
    let default = |members: &str| Profile::parse("acme", &with_grants(members)).unwrap().default_scopes;
    assert_eq!(default("wildcard = true\ndefault = [\"*\"]"), ["*"]);
    assert_eq!(default("wildcard = true\ndefault = [\"leads:read\"]"), ["leads:read"]);
    assert_eq!(default("default = [\"leads:write\", \"leads:read\"]"), ["leads:write", "leads:read"]);
    assert_eq!(default("wildcard = true"), Vec::<String>::new());
}

#[test]
fn every_fault_of_the_grants_is_told_by_its_line() {
    one_fault_of("default = [\"*\"]", 1, "`default` can have `*` only where `wildcard` = true");
    one_fault_of("wildcard = false\ndefault = [\"*\"]", 2, "`default` can have `*` only where `wildcard` = true");
    one_fault_of("wildcard = true\ndefault = [\"leads:read\", \"*\"]", 2, {
        "`default` has `*`, which is every scope: leave the others out"
    });
    one_fault_of("default = [\"leads:raed\"]", 1, "there is no scope `leads:raed`; did you mean `leads:read`?");
    one_fault_of(
        "default = [\"leads:read\",\n\"leads:read\"]",
        2,
        &format!("the scope `leads:read` is there twice, first in line {}", GOOD.lines().count() + 2),
    );
    one_fault_of("default = []", 1, "`default` in [grants] is empty: write at least one");
    one_fault_of("default = \"*\"", 1, "`default` in [grants] must be a list of strings, not a string");
    let flag = "`wildcard` in [grants] must be true or false, not an integer";
    one_fault_of("wildcard = 1\ndefault = [\"*\"]", 1, flag);
    one_fault_of("wildcards = true", 1, "there is no member `wildcards` in [grants]; did you mean `wildcard`?");
}

#[test]
fn a_scope_only_reads_if_its_name_or_the_profile_says_so() {
    let first = |from: &str, to: &str| Profile::parse("acme", &GOOD.replace(from, to)).unwrap().scopes[0].read_only;
    assert!(first("leads:read", "leads:read"));
    assert!(first("leads:read", "read:leads"));
    assert!(!first("leads:read", "leads:readdress"));
    assert!(!first("leads:read", "github"));
    let description = "description = \"List leads\"";
    assert!(!first(description, &format!("{description}\nread_only = false")));
    assert!(
        Profile::parse("acme", &GOOD.replace("Create leads\"", "See\"\nread_only = true")).unwrap().scopes[1].read_only
    );
    let fault = "line 26: `read_only` in [[scopes]] must be true or false, not an integer";
    one_fault(description, &format!("{description}\nread_only = 1"), fault);
}

#[test]
fn a_route_can_need_the_scope_that_its_path_names() {
    let text = GOOD.replace("scope = \"leads:read\"", "scope = \"{id}\"");
    assert_eq!(Profile::parse("acme", &text).unwrap().routes[0].needs, RouteNeeds::Segment("id".into()));
    one_fault("scope = \"leads:read\"", "scope = \"{lead}\"", {
        "line 53: `scope` is the segment `{lead}`, which /v1/leads/{id} does not have"
    });
    one_fault("scope = \"none\"", "scope = \"{ping}\"", {
        "line 58: `scope` is the segment `{ping}`, which /v1/ping does not have"
    });
    one_fault("scope = \"none\"", "scope = \"{}\"", {
        "line 58: `scope` is the segment `{}`, which /v1/ping does not have"
    });
    one_fault("scope = \"leads:read\"", "scope = [\"leads:read\", \"{id}\"]", {
        "line 53: `{id}` must stand alone: write scope = \"{id}\""
    });
}
