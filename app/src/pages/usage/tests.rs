//! What the usage pages say, in HTML.

use super::*;
use crate::{
    fixtures::{frame, profile},
    render,
};
use keywright_core::{
    Time,
    ids::{AppId, KeyId, UserId},
    keys::{KeyOwner, Person},
    profile::{Algorithm, Each, Limit, Per},
    usage::{Agent, Bucket, Count, CredentialShare, Home, LastUse, Reason, RouteShare, UsedBy},
};
use std::time::Duration;

fn now() -> Time {
    Time::from_timestamp(1_795_262_400, 0).unwrap_or_default()
}

fn key() -> ApiKey {
    let ada = Person { id: UserId::from_uuid(Default::default()), name: "Ada".into() };
    let at = now() - Duration::from_secs(180);
    ApiKey {
        id: KeyId::from_uuid(Default::default()),
        label: "<ci>".into(),
        note: String::new(),
        scopes: vec!["a:read".into()],
        environment: String::new(),
        networks: Vec::new(),
        start: "sk_live_4fT9".into(),
        last4: "x2Qp".into(),
        owner: KeyOwner::Member { person: ada.clone(), role: Some("owner".into()) },
        creator: ada,
        created_at: at,
        expires_at: None,
        disabled_at: None,
        revoked_at: None,
        revoked_reason: None,
        rotation: None,
        last_use: Some(LastUse {
            at,
            route: "GET /v1/leads".into(),
            address: "203.0.113.7".into(),
            agent: Some(Agent::Curl),
            status: Some(200),
        }),
        refused: None,
        version: 1,
    }
}

/// 412 requests, all within the last hour of the day.
fn report() -> Report {
    let count = Count { allowed: 409, refused: 3 };
    let mut buckets: Vec<_> =
        Range::Day.starts(now()).into_iter().map(|start| Bucket { start, count: Count::default() }).collect();
    if let Some(last) = buckets.last_mut() {
        last.count = count;
    }
    Report {
        range: Range::Day,
        until: now(),
        buckets,
        shares: vec![CredentialShare { by: UsedBy::Key(key().id), home: Home::Here, label: "<ci>".into(), count }],
        routes: vec![RouteShare { route: "GET /v1/leads".into(), count }],
        reasons: vec![
            Reason { code: "insufficient_scope".into(), requests: 2 },
            Reason { code: "of_another_release".into(), requests: 1 },
        ],
        ever: true,
    }
}

fn page(report: Report, key: Option<ApiKey>) -> String {
    page_for(report, key, true)
}

fn page_for(report: Report, key: Option<ApiKey>, sees_apps: bool) -> String {
    let limit = Limit {
        name: "minute".into(),
        requests: 15,
        per: Per::Minute,
        each: Each::Workspace,
        algorithm: Algorithm::Fixed,
    };
    let props = UsagePageProps {
        slug: "acme".into(),
        profile: Arc::new(profile()),
        key,
        report,
        gauges: vec![Gauge::Window { limit, remaining: 12, resets_in: Duration::from_secs(43) }],
        can_manage: true,
        sees_apps,
        gateway: "https://api.example.com".into(),
        sample: Some(("GET".into(), "/v1/leads".into())),
    };
    render(frame(), move || UsagePage(props)).body.replace("<!>", "")
}

#[test]
fn common_11_the_page_of_a_workspace_says_when_with_what_and_for_what() {
    let page = page(report(), None);
    for words in [
        "Requests in the last 24 hours",
        ">412<",
        ">409<",
        "99.3 %",
        "0.7 %",
        "409 allowed and 3 refused. The most, 412, came at 21 Nov, 12:00 UTC.",
        "<a href=\"/w/acme/keys/key_00000000000000000000000000000000/usage\"><bdi>&lt;ci&gt;</bdi></a>",
        "GET /v1/leads",
        "The key lacked a scope",
        "of_another_release",
        "All of it again in 43 seconds",
        "href=\"/w/acme/usage.csv?range=24h\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page.matches("<tr>").count(), 25, "every hour is in the table, and the heading");
    assert_eq!(page.matches("aria-current=\"true\"").count(), 1);
    assert!(page.contains("href=\"/w/acme/usage?range=24h\" aria-current=\"true\""));
}

/// An app that is busier than the key.
fn with_app(home: Home) -> Report {
    let (by, label) = (UsedBy::App(AppId::from_uuid(Default::default())), "<reporter>".to_owned());
    let app = CredentialShare { by, home, label, count: Count { allowed: 500, refused: 0 } };
    let shares = [app].into_iter().chain(report().shares).collect();
    Report { shares, ..report() }
}

#[test]
fn an_app_stands_among_the_keys_with_the_way_to_it() {
    let id = AppId::from_uuid(Default::default());
    let page = page(with_app(Home::Here), None);
    let link = format!("<a href=\"/w/acme/apps/{id}\"><bdi>&lt;reporter&gt;</bdi></a>");
    for words in [
        "<h2 id=\"keys-title\">Keys and apps</h2>",
        "<dt>Busiest app</dt>",
        &format!("<span class=\"share__name\">{link} <span class=\"badge badge--plain\">App</span></span>"),
        &format!("<dd class=\"figure__name\">{link}</dd>"),
        "The key or the token lacked a scope",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page.matches(">App</span>").count(), 1, "the key has no badge");
    let keys_alone = self::page(report(), None);
    assert!(keys_alone.contains(">Keys</h2>") && keys_alone.contains("<dt>Busiest key</dt>"));
}

#[test]
fn of_what_was_refused_altogether_it_is_said_so_but_for_the_reasons_that_are_nothing_else() {
    let count = Count { allowed: 0, refused: 3 };
    let shares = report().shares.into_iter().map(|share| CredentialShare { count, ..share }).collect();
    let page = page(Report { shares, ..report() }, None);
    assert_eq!(page.matches(">all refused<").count(), 1, "the key");
    assert_eq!(page.matches(">3 refused<").count(), 1, "the route");
}

#[test]
fn an_app_has_a_link_only_where_the_viewer_finds_a_page() {
    let elsewhere = format!("/w/acme/apps/elsewhere/{}", AppId::from_uuid(Default::default()));
    assert!(page(with_app(Home::Elsewhere), None).contains(&elsewhere));
    for (home, sees_apps) in [(Home::Nowhere, true), (Home::Here, false), (Home::Elsewhere, false)] {
        let page = page_for(with_app(home), None, sees_apps);
        assert!(page.contains("<bdi>&lt;reporter&gt;</bdi>") && !page.contains("/apps/"), "{home:?}");
    }
}

#[test]
fn the_page_of_a_key_is_about_it_alone() {
    let page = page(Report { shares: Vec::new(), ..report() }, Some(key()));
    assert!(page.contains("Usage of <bdi>&lt;ci&gt;</bdi>") && page.contains("3 minutes ago"));
    assert!(page.contains("href=\"/w/acme/keys/key_00000000000000000000000000000000/usage?range=7d\""));
    assert!(!page.contains("Busiest key") && !page.contains("id=\"keys-title\""));
    assert!(page.contains("id=\"limits-title\""));
    let revoked = ApiKey { revoked_at: Some(now()), ..key() };
    assert!(!self::page(report(), Some(revoked)).contains("id=\"limits-title\""), "what is over has no limits");
}

#[test]
fn before_the_first_request_the_page_says_how_to_send_one() {
    let never = || Report { buckets: Vec::new(), ever: false, ..report() };
    let workspace = page(never(), None);
    for words in
        ["No requests yet", "href=\"/w/acme/keys/new\"", "https://api.example.com/v1/leads", "Bearer $ACME_API_KEY"]
    {
        assert!(workspace.contains(words), "{words}");
    }
    assert!(!workspace.contains("usage.csv") && !workspace.contains("class=\"ranges\""));
    assert!(workspace.contains("12</strong> left of 15"), "limits are there before they are used");
    let of_key = page(never(), Some(key()));
    assert!(of_key.contains("ACME_API_KEY=sk_live_4fT9…x2Qp") && !of_key.contains("/keys/new\""));
}

#[test]
fn a_time_without_requests_is_no_picture_of_nothing() {
    let silent = Range::Day.starts(now()).into_iter().map(|start| Bucket { start, count: Count::default() }).collect();
    let nothing = Report { buckets: silent, shares: Vec::new(), routes: Vec::new(), reasons: Vec::new(), ..report() };
    let page = page(nothing, None);
    assert!(page.contains("Choose a longer time") && page.contains("class=\"ranges\""));
    assert!(!page.contains("chart__bars") && !page.contains("id=\"routes-title\""));
}

#[test]
fn the_picture_keeps_within_the_content_security_policy() {
    assert!(!page(report(), None).contains(" style="));
}
