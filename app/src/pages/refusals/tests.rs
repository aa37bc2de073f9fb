//! What the pages about refused requests say, in HTML.

use super::*;
use crate::{
    fixtures::{self, profile},
    render,
};
use keywright_core::{
    gate::{Facts, Lacking, Reason, Source, Verdict},
    ids::WorkspaceId,
    refusals::RefusedRequest,
};

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_795_262_400 + seconds, 0).unwrap_or_default()
}

fn html<V: IntoView + 'static>(page: impl FnOnce() -> V) -> String {
    render(fixtures::frame(), page).body.replace("<!>", "")
}

fn listed() -> Listed {
    let facts = Facts {
        route: Some("GET /v1/runs".into()),
        address: "203.0.113.7".parse().ok(),
        needed: vec!["runs:read".into()],
        lacking: vec![Lacking { scope: "runs:read".into(), from: Source::Key }],
        ..Facts::default()
    };
    let request = RefusedRequest {
        id: RefusalId::from_uuid(Default::default()),
        request_id: "0198c0de-7f3a".into(),
        at: at(-180),
        key: KeyId::from_uuid(Default::default()),
        workspace: WorkspaceId::from_uuid(Default::default()),
        reason: Reason::Verdict(Verdict::ScopeMissing),
        facts,
    };
    Listed { request, label: "<b>ci</b>".into() }
}

fn list(query: RefusalQuery, requests: Vec<Listed>, sought: Option<Sought>) -> String {
    let props = RefusalsPageProps {
        slug: "acme".into(),
        profile: Arc::new(profile()),
        query,
        errors: Vec::new(),
        keys: vec![(KeyId::from_uuid(Default::default()), "<b>ci</b>".into())],
        requests,
        sought,
        first: true,
        next: None,
        now: at(0),
    };
    html(move || RefusalsPage(props))
}

fn show(listed: Listed, can_manage: bool) -> String {
    let props = RefusalPageProps { slug: "acme".into(), profile: Arc::new(profile()), listed, can_manage, now: at(0) };
    html(move || RefusalPage(props))
}

#[test]
fn a_request_is_listed_with_its_reason_in_words() {
    let page = list(RefusalQuery::default(), vec![listed()], None);
    for text in [
        "3 minutes ago",
        "Scope missing",
        "The request needs runs:read. The key lacks runs:read.",
        "GET /v1/runs",
        "answered 403",
        "203.0.113.7",
        "href=\"/w/acme/refusals/0198c0de-7f3a\"",
        "&lt;b&gt;ci&lt;/b&gt;",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<b>ci</b>"));
}

#[test]
fn a_request_is_explained_by_the_checks_in_their_order() {
    let page = show(listed(), true);
    let places: Vec<_> =
        ["One of ours.", "Not revoked.", "Failed: ", "Not reached: "].map(|text| page.find(text)).into();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    assert_eq!(page.matches("checks__item--failed").count(), 1);
    assert!(page.contains("Give the key runs:read."));
    let edit = format!("href=\"/w/acme/keys/{}/edit\"", KeyId::from_uuid(Default::default()));
    assert!(page.contains(&edit));
    assert!(!show(listed(), false).contains(&edit), "who may not edit is not sent there");
}

#[test]
fn nothing_refused_and_nothing_found_say_what_to_do() {
    assert!(list(RefusalQuery::default(), Vec::new(), None).contains("Nothing was refused in the last 7 days."));
    let narrow = RefusalQuery { reason: Some(Reason::Misplaced), ..RefusalQuery::default() };
    let page = list(narrow, Vec::new(), Some(Sought::Nothing));
    assert!(page.contains("No refused request fits these filters.") && page.contains("Key in the wrong place"));
    assert!(page.contains("No refused request is known by this, and no key."));
    let several = Sought::Several(vec![(KeyId::from_uuid(Default::default()), "CI".into())]);
    assert!(list(RefusalQuery::default(), Vec::new(), Some(several)).contains("Several keys begin like this:"));
}

#[test]
fn the_field_for_ids_takes_whole_ones_without_a_script() {
    assert!(!list(RefusalQuery::default(), Vec::new(), None).contains("maxlength"));
}
