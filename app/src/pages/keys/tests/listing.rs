//! The list of keys.

use super::*;

#[test]
fn a_row_says_what_is_known_of_a_key() {
    let page = list(vec![key("ci")], quota(1, 3), true);
    for words in [
        "1 of 3 keys used",
        "sk_live_4fT9…x2Qp",
        "2 hours ago",
        ">Ada</bdi>",
        "Never used",
        "in 12 days",
        "Active",
        "+2",
        "and c:read, d:read",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(r#"title="2026-11-21 10:00:00 UTC""#), "the exact time is on hover");
}

#[test]
fn a_label_is_shown_as_text() {
    for label in ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "مفتاح", "{{7*7}}"] {
        let page = list(vec![key(label)], quota(1, 3), true);
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{label}");
        let text = label.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&format!("<bdi>{text}</bdi>")), "{label} keeps its own direction");
    }
}

#[test]
fn a_full_plan_keeps_the_button_and_says_why_it_does_nothing() {
    let page = list(vec![key("ci")], quota(3, 3), true);
    assert!(page.contains("All 3 keys of the Pro plan are in use."));
    assert!(page.contains(r#"aria-disabled="true""#));
    assert!(!page.contains("/w/acme/keys/new"));
}

#[test]
fn a_plan_without_keys_says_so() {
    let page = list(Vec::new(), Quota { api: false, ..quota(0, 0) }, true);
    assert!(page.contains("API keys are not available on the Pro plan."));
    assert!(page.contains("Move this team to a plan with API keys"));
    assert!(!page.contains("keys used"));
}

#[test]
fn who_may_not_manage_keys_is_offered_nothing_to_do() {
    let page = list(vec![key("ci")], quota(1, 3), false);
    assert!(!page.contains("Create key") && !page.contains("/revoke"));
}

#[test]
fn revoking_is_offered_for_keys_that_could_still_be_used() {
    let revoked = ApiKey { revoked_at: Some(at(-60)), ..key("old") };
    let expired = ApiKey { expires_at: Some(at(-60)), ..key("older") };
    let disabled = ApiKey { disabled_at: Some(at(-60)), ..key("paused") };
    assert!(!list(vec![revoked, expired], quota(0, 3), true).contains("/revoke"));
    assert!(list(vec![disabled], quota(1, 3), true).contains("/revoke"));
}

#[test]
fn a_row_says_what_a_working_key_wants() {
    let soon = ApiKey { expires_at: Some(at(86_400)), ..key("soon") };
    let rotating = ApiKey { rotation: rotation(None, None), ..key("rotating") };
    let left = ApiKey { owner: KeyOwner::Member { person: ada(), role: None }, ..key("left") };
    let of_team = ApiKey { owner: KeyOwner::Workspace, ..key("ours") };
    let page = list(vec![soon, rotating, left, of_team], quota(4, 9), true);
    for words in ["Expires soon", "Rotating", ">left</span>", "The team itself", "Select soon"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn what_is_asked_of_a_list_can_be_asked_no_longer_one_by_one() {
    let query = KeyQuery {
        search: "<ci> & co".into(),
        status: Some(StatusFilter::Active),
        last_use: Some(LastUseFilter::NotFor(90)),
        ..KeyQuery::default()
    };
    let props = KeyListPageProps { query, next: Some(key("a").id), ..page_of(vec![key("ci")], quota(1, 3), true) };
    let page = html(move || KeyListPage(props));
    for words in ["“&lt;ci&gt; &amp; co”", "Last used: not for 90 days"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("href=\"/w/acme/keys?status=active&amp;last_used=not_90d\""), "without the search");
    assert!(
        page.contains("q=%3Cci%3E+%26+co&amp;status=active&amp;last_used=not_90d&amp;cursor=key_"),
        "the next page"
    );
}

#[test]
fn an_empty_answer_is_not_an_empty_workspace() {
    let query = KeyQuery { search: "nothing".into(), ..KeyQuery::default() };
    let props = KeyListPageProps { query, ..page_of(Vec::new(), quota(0, 3), true) };
    let page = html(move || KeyListPage(props));
    assert!(page.contains("No key matches.") && !page.contains("No keys yet"));
    assert!(list(Vec::new(), quota(0, 3), true).contains("No keys yet"));
}

#[test]
fn a_key_that_is_not_found_is_not_said_again() {
    let with = |found| {
        let props = KeyListPageProps { found: Some(found), ..page_of(vec![key("ci")], quota(1, 3), true) };
        html(move || KeyListPage(props))
    };
    let page = with(Found::Nothing(None));
    assert!(page.contains("No key of this team has this secret."));
    assert!(with(Found::Nothing(Some("<b>".into()))).contains("begins with “&lt;b&gt;”"));
    assert!(page.contains("maxlength=\"12\""), "no more than the visible beginning without scripts");
}

#[test]
fn keys_that_end_soon_are_pointed_out() {
    let expiring = Some(ExpiringKeys { within_days: 7, count: 2, first: at(3 * 86_400 + 5) });
    let props = KeyListPageProps { expiring, ..page_of(vec![key("ci")], quota(1, 3), true) };
    let page = html(move || KeyListPage(props));
    assert!(page.contains("2 keys expire within 7 days") && page.contains("in 3 days"));
    assert!(page.contains("/w/acme/keys?expiry=7d&amp;sort=expires"));
}

#[test]
fn skaala_09_the_list_tells_by_bars_and_in_words_how_much_a_key_is_used() {
    let mut days = vec![Count::default(); 14];
    (days[3], days[13]) = (Count { allowed: 400, refused: 3 }, Count { allowed: 9, refused: 0 });
    let (used, mut unused) = (ApiKey { last_use: used(-180), ..key("used") }, key("unused"));
    unused.id = "key_00000000000000000000000000000002".parse().expect("an id");
    let props = KeyListPageProps {
        days: [(used.id, days), (unused.id, vec![Count::default(); 14])].into(),
        ..page_of(vec![used, unused], quota(2, 3), true)
    };
    let page = html(move || KeyListPage(props));
    assert_eq!(page.matches("aria-label=\"412 requests in 14 days, 3 of them refused\"").count(), 1);
    assert_eq!(page.matches("Never used").count(), 1);
    assert_eq!(page.matches("class=\"bars bars--small\"").count(), 1, "none where there is nothing to see");
    let heights = |class: &str| {
        let (drawn, _) = page.split_once(&format!("\" class=\"{class}\"")).expect("the bars");
        let (_, path) = drawn.rsplit_once("d=\"").expect("a path");
        path.split('v').skip(1).map(|bar| bar.split('h').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    // What there is can be seen, however little it is.
    assert_eq!(
        (heights("bars__allowed"), heights("bars__refused")),
        (vec!["992".to_owned(), "22".to_owned()], vec!["12".to_owned()])
    );
}
