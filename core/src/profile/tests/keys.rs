//! Whose keys may be, for which environment, and how long an old secret lives on.

use super::*;

const ENVIRONMENTS: &str = r#"
[[key.environments]]
name = "live"
title = "Live"
prefix = "acme_live_"

[[key.environments]]
name = "test"
title = "Test"
prefix = "acme_test_"
"#;

/// The good profile with environments, after `from` in them has become `to`.
fn faults_in_environments(from: &str, to: &str) -> Vec<String> {
    assert!(ENVIRONMENTS.contains(from), "{from} is not there");
    let head = GOOD.replacen("prefix = \"acme_\"\n", "", 1);
    faults(&format!("{head}{}", ENVIRONMENTS.replacen(from, to, 1)))
}

/// The line, counted from that of the first environment's header.
fn fault(line: usize, what: &str) -> String {
    format!("line {}: {what}", GOOD.lines().count() + line)
}

#[test]
fn environments_have_a_prefix_each_and_the_first_is_the_usual_one() {
    let head = GOOD.replacen("prefix = \"acme_\"\n", "", 1);
    let key = Profile::parse("acme", &format!("{head}{ENVIRONMENTS}")).unwrap().key;
    assert_eq!(key.prefix, "acme_live_");
    assert_eq!(key.prefixes().collect::<Vec<_>>(), ["acme_live_", "acme_test_"]);
    let test = Environment { name: "test".into(), title: "Test".into(), prefix: "acme_test_".into() };
    assert_eq!(key.environment("test"), Some(&test));
    assert_eq!(key.environment("staging"), None);
    let one = ENVIRONMENTS.split("\n\n").next().unwrap();
    let key = Profile::parse("acme", &format!("{head}{one}")).unwrap().key;
    assert_eq!(key.prefixes().collect::<Vec<_>>(), ["acme_live_"]);
    let plain = Profile::parse("acme", GOOD).unwrap().key;
    assert_eq!(plain.prefixes().collect::<Vec<_>>(), ["acme_"]);
}

#[test]
fn every_fault_of_an_environment_is_told_by_its_line() {
    assert_eq!(
        faults_in_environments("name = \"live\"\n", ""),
        [fault(1, "`name` is missing in [[key.environments]]")]
    );
    assert_eq!(
        faults_in_environments("title = \"Live\"\n", ""),
        [fault(1, "`title` is missing in [[key.environments]]")]
    );
    assert_eq!(
        faults_in_environments("prefix = \"acme_live_\"\n", ""),
        [fault(1, "`prefix` is missing in [[key.environments]]")]
    );
    assert_eq!(
        faults_in_environments("\"acme_live_\"", "\"kw_live_\""),
        [fault(4, "`prefix` must not begin with `kw_`, which Keywright keeps for its own credentials")]
    );
    assert_eq!(
        faults_in_environments("\"live\"", "\"Live\""),
        [fault(
            2,
            "`name` must be 1 to 32 lower-case letters, digits, underscores and hyphens, and begin with a letter"
        )]
    );
    assert_eq!(
        faults_in_environments("\"live\"", "\"live\"\nlevel = 1"),
        [fault(3, "there is no member `level` in [[key.environments]]")]
    );
    one_fault("prefix = \"acme_\"", "environments = []", {
        "line 10: `environments` in [key] is empty: write at least one"
    });
}

#[test]
fn environments_are_told_apart_by_name_and_by_prefix() {
    let first = GOOD.lines().count();
    assert_eq!(
        faults_in_environments("\"test\"", "\"live\""),
        [fault(7, &format!("the environment `live` is there twice, first in line {}", first + 2))]
    );
    assert_eq!(
        faults_in_environments("acme_test_", "acme_live_"),
        [fault(9, &format!("the prefix `acme_live_` is there twice, first in line {}", first + 4))]
    );
    assert_eq!(
        faults_in_environments("acme_test_", "acme_live_test_"),
        [fault(9, "no prefix may begin with another: `acme_live_test_` begins with `acme_live_`")]
    );
    assert_eq!(
        faults_in_environments("acme_live_", "acme_"),
        [fault(9, "no prefix may begin with another: `acme_test_` begins with `acme_`")]
    );
}

#[test]
fn a_key_has_one_prefix_or_one_per_environment() {
    let fault = "line 10: `prefix` must be left out: every one of [[key.environments]] has its own";
    assert_eq!(faults(&format!("{GOOD}{ENVIRONMENTS}")), [fault]);
}

#[test]
fn keys_belong_to_a_workspace_only_where_the_profile_says_so() {
    let owned = |flag: &str| GOOD.replace("visible = 8", &format!("workspace_owned = {flag}"));
    assert!(Profile::parse("acme", &owned("true")).unwrap().workspace_keys);
    assert!(!Profile::parse("acme", &owned("false")).unwrap().workspace_keys);
    assert!(!Profile::parse("acme", GOOD).unwrap().workspace_keys);
    let fault = "line 12: `workspace_owned` in [key] must be true or false, not a string";
    assert_eq!(faults(&owned("\"yes\"")), [fault]);
}

#[test]
fn an_old_secret_lives_on_for_at_most_a_year() {
    let rotation = |days: &str| format!("{GOOD}[rotation]\nmax_grace_days = {days}\n");
    assert_eq!(Profile::parse("acme", &rotation("365")).unwrap().longest_grace_days, 365);
    assert_eq!(Profile::parse("acme", &format!("{GOOD}[rotation]\n")).unwrap().longest_grace_days, 30);
    for days in ["0", "366"] {
        let line = GOOD.lines().count() + 2;
        let fault = format!("line {line}: `max_grace_days` must be a whole number from 1 to 365");
        assert_eq!(faults(&rotation(days)), [fault]);
    }
    let line = GOOD.lines().count() + 2;
    let unknown = format!("line {line}: there is no member `grace` in [rotation]");
    assert_eq!(faults(&format!("{GOOD}[rotation]\ngrace = 3\n")), [unknown]);
}
