//! Which pages of other sites may call.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use super::*;

/// The rule of the good profile with these lines.
fn rule(lines: &str) -> Cors {
    let text = GOOD.replacen("[expiry]", &format!("[cors]\n{lines}\n[expiry]"), 1);
    Profile::parse("acme", &text).unwrap().cors.unwrap()
}

#[track_caller]
fn one_fault_of(lines: &str, fault: &str) {
    one_fault("[expiry]", &format!("[cors]\n{lines}\n[expiry]"), fault);
}

#[test]
fn a_rule_names_origins_or_says_any_and_without_one_there_is_none() {
    assert_eq!(Profile::parse("acme", GOOD).unwrap().cors, None);
    let any = Cors { origins: Origins::Any, headers: Vec::new(), max_age: 600 };
    assert_eq!(rule("origins = \"*\""), any);
    assert!(any.admits("https://anybody.example"));
    let some =
        rule("origins = [\"https://app.example.com\", \"http://localhost:5173\"]\nheaders = [\"X-Team\"]\nmax_age = 0");
    assert_eq!((some.headers.as_slice(), some.max_age), (&["X-Team".to_owned()][..], 0));
    assert!(some.admits("https://app.example.com") && some.admits("http://localhost:5173"));
    for other in ["https://app.example.com.evil.example", "http://app.example.com", "https://example.com", "null", ""] {
        assert!(!some.admits(other), "{other}");
    }
}

#[test]
fn an_origin_that_no_browser_would_send_is_a_fault() {
    let fault = "line 17: every item of `origins` must be an origin as browsers write it, in lower case and without a \
                 path, such as https://app.example.com";
    for origin in [
        "app.example.com",
        "https://app.example.com/",
        "https://App.example.com",
        "https://a.example:443",
        "https://",
        "*",
    ] {
        one_fault_of(&format!("origins = [\"{origin}\"]"), fault);
    }
    one_fault_of("origins = \"all\"", "line 17: `origins` must be a list, or \"*\"");
    one_fault_of("origins = []", "line 17: `origins` in [cors] is empty: leave [cors] out if no page may call");
    one_fault_of("", "line 16: `origins` is missing in [cors]: write a list of origins, or \"*\"");
}

#[test]
fn the_rest_of_a_rule_is_checked_as_well() {
    one_fault_of(
        "origins = \"*\"\nheaders = [\"X Team\"]",
        "line 18: every item of `headers` must be the name of a header, in letters, digits, `-` and `_`",
    );
    one_fault_of("origins = \"*\"\nmax_age = 86401", "line 18: `max_age` must be a whole number from 0 to 86400");
    one_fault_of("origins = \"*\"\ncredentials = true", "line 18: there is no member `credentials` in [cors]");
}
