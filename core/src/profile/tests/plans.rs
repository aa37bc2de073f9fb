//! What a plan gives: keys, scopes, and how many requests.

#![expect(clippy::expect_used, reason = "a test that cannot go on must stop")]

use super::*;

/// The plan of the good profile with these lines more.
fn plan(more: &str) -> Plan {
    let text = GOOD.replacen("api = true", &format!("api = true\n{more}"), 1);
    Profile::parse("acme", &text).expect("a good profile").plans.remove(0)
}

#[track_caller]
fn one_fault_of(more: &str, fault: &str) {
    one_fault("api = true", &format!("api = true\n{more}"), fault);
}

#[test]
fn a_plan_without_the_api_has_no_keys() {
    one_fault("api = true", "api = false", "line 47: `keys` must be 0 where `api` = false: the keys would never work");
    one_fault("keys = 3", "keys = -1", "line 47: `keys` must be a whole number from 0 to 1000000");
    one_fault("keys = 3", "keys = 99999999999999999999", "line 47: `keys` must be a whole number from 0 to 1000000");
    assert_eq!(faults_after("keys = 3", "keys = 0x1_f"), Vec::<String>::new());
}

#[test]
fn a_plan_has_every_scope_unless_it_names_some() {
    assert_eq!(plan("").scopes, ScopeSet::ALL);
    assert_eq!(plan("scopes = \"all\"").scopes, ScopeSet::ALL);
    assert_eq!(plan("scopes = [\"leads:write\"]").scopes, ScopeSet::one(1));
    assert_eq!(plan("scopes = []").scopes, ScopeSet::NONE);
    one_fault_of("scopes = \"some\"", "line 49: `scopes` must be a list, or \"all\"");
    one_fault_of("scopes = [\"leads:raed\"]", "line 49: there is no scope `leads:raed`; did you mean `leads:read`?");
    let twice = "line 49: the scope `leads:read` is there twice, first in line 49";
    one_fault_of("scopes = [\"leads:read\", \"leads:read\"]", twice);
}

fn limit(name: &str, requests: u64, per: Per, each: Each) -> Limit {
    Limit { name: name.into(), requests, per, each, algorithm: Algorithm::Fixed }
}

#[test]
fn limits_are_read_inline_and_as_blocks() {
    let minute = limit("minute", 15, Per::Minute, Each::Workspace);
    let day = limit("day", 10_000, Per::Day, Each::Key);
    let inline = plan(
        "limits = [{ requests = 15, per = \"minute\", each = \"workspace\" }, { requests = 10_000, per = \"day\", \
         each = \"key\" }]\nconcurrent = 5",
    );
    assert_eq!((inline.limits, inline.concurrent), (vec![minute, day], Some(5)));
    let blocks = plan("concurrent = 1\n[[plans.limits]]\nrequests = 7\nper = \"hour\"\neach = \"key\"");
    let hour = limit("hour", 7, Per::Hour, Each::Key);
    assert_eq!((blocks.limits, blocks.concurrent), (vec![hour], Some(1)));
    assert_eq!((plan("").limits, plan("").concurrent), (Vec::new(), None));
    let at_once = plan("concurrent = 5\nconcurrent_requests = 20");
    assert_eq!((at_once.concurrent, at_once.concurrent_requests), (Some(5), Some(20)));
}

#[test]
fn a_limit_has_a_name_a_length_and_a_way_to_count() {
    let named = plan(
        "limits = [{ requests = 2, per = 10, each = \"key\", algorithm = \"sliding\", name = \"burst\" }, \
         { requests = 9, per = \"minute\", each = \"key\" }, { requests = 9, per = \"minute\", each = \"workspace\" }, \
         { requests = 5, per = 90, each = \"key\" }]",
    );
    let limits: Vec<_> = named.limits.iter().map(|l| (l.name.as_str(), l.per, l.algorithm)).collect();
    assert_eq!(
        limits,
        [
            ("burst", Per::Seconds(10), Algorithm::Sliding),
            ("minute", Per::Minute, Algorithm::Fixed),
            ("minute-workspace", Per::Minute, Algorithm::Fixed),
            ("seconds-90", Per::Seconds(90), Algorithm::Fixed),
        ]
    );
}

#[test]
fn every_fault_of_a_limit_is_told_by_its_line() {
    one_fault_of("limits = []", "line 49: `limits` in [[plans]] is empty: write at least one");
    one_fault_of("limits = 15", {
        "line 49: `limits` in [[plans]] must be a list of tables: begin each with [[plans.limits]], not an integer"
    });
    let limit = |members: &str| format!("limits = [\n{{ {members} }}\n]");
    one_fault_of(&limit("per = \"day\", each = \"key\""), "line 50: `requests` is missing in [[plans.limits]]");
    one_fault_of(&limit("requests = 1, each = \"key\""), "line 50: `per` is missing in [[plans.limits]]");
    one_fault_of(&limit("requests = 1, per = \"day\""), "line 50: `each` is missing in [[plans.limits]]");
    one_fault_of(&limit("requests = 0, per = \"day\", each = \"key\""), {
        "line 50: `requests` must be a whole number from 1 to 1000000000"
    });
    one_fault_of(&limit("requests = 1, per = \"week\", each = \"key\""), {
        "line 50: `per` cannot be `week`: choose `minute` or `hour` or `day`"
    });
    one_fault_of(&limit("requests = 1, per = \"day\", each = \"member\""), {
        "line 50: `each` cannot be `member`: choose `workspace` or `key`"
    });
    one_fault_of(&limit("requests = 1, per = \"day\", each = \"key\", burst = 2"), {
        "line 50: there is no member `burst` in [[plans.limits]]"
    });
    one_fault_of(&limit("requests = 1, per = 0, each = \"key\""), {
        "line 50: `per` must be a whole number from 1 to 86400"
    });
    one_fault_of(&limit("requests = 1, per = true, each = \"key\""), {
        "line 50: `per` in [[plans.limits]] must be a string or a whole number, not a boolean"
    });
    one_fault_of(&limit("requests = 1, per = \"day\", each = \"key\", algorithm = \"sliding\""), {
        "line 50: a day cannot be `sliding`: it ends at midnight; write `per` = 86400"
    });
    let twice =
        "requests = 1, per = 7, each = \"key\", name = \"a\" },\n{ requests = 1, per = 8, each = \"key\", name = \"a\"";
    one_fault_of(&limit(twice), "line 51: there are two limits called `a`, the first in line 50");
    one_fault_of("concurrent_requests = 0", "line 49: `concurrent_requests` must be a whole number from 1 to 1000000");
    one_fault_of("concurrent = 0", "line 49: `concurrent` must be a whole number from 1 to 1000000");
}

#[test]
fn two_limits_of_one_plan_differ_in_what_they_count() {
    let second = |per: &str, each: &str| {
        let first = "requests = 1, per = \"day\", each = \"key\"";
        let second = format!("requests = 2, per = \"{per}\", each = \"{each}\"");
        faults_after("api = true", &format!("limits = [\n{{ {first} }},\n{{ {second} }},\n]"))
    };
    let fault = "line 50: there are two limits with the same `per` and `each`, the first in line 49";
    assert_eq!(second("day", "key"), [fault]);
    assert_eq!(second("day", "workspace"), Vec::<String>::new());
    assert_eq!(second("hour", "key"), Vec::<String>::new());
}
