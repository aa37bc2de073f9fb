//! What is asked before a key is rotated or ended.

use super::*;

#[test]
fn the_question_says_what_revoking_means_and_to_whom() {
    let last = LastUse {
        at: at(-180),
        route: "GET /v1/leads".into(),
        address: "203.0.113.7".into(),
        agent: Some(Agent::Curl),
        status: Some(200),
    };
    let key = ApiKey { last_use: Some(last), ..key("ci") };
    let props = RevokePageProps {
        slug: "acme".into(),
        key,
        reason: String::new(),
        errors: Vec::new(),
        refusal: None,
        now: at(0),
    };
    let page = html(move || RevokePage(props));
    assert!(page.contains("Used 3 minutes ago from 203.0.113.7, for GET /v1/leads."));
    assert!(page.contains("This cannot be undone."));
}

#[test]
fn before_many_keys_stop_those_in_use_come_first() {
    let idle = key("idle");
    let busy = ApiKey { last_use: used(-180), ..key("busy") };
    let over = ApiKey { revoked_at: Some(at(-60)), ..key("over") };
    let props = BulkPageProps {
        slug: "acme".into(),
        work: BulkWork::Revoke,
        keys: vec![idle, over, busy],
        reason: String::new(),
        errors: Vec::new(),
        now: at(0),
    };
    let page = html(move || BulkPage(props));
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(place("<bdi>busy") < place("<bdi>idle") && place("<bdi>idle") < place("<bdi>over"));
    assert!(page.contains("1 of them was used in the last 7 days.") && page.contains("Revoke 2 keys"));
    assert_eq!(page.matches("type=\"hidden\" name=\"key\"").count(), 2, "what is over is left alone");
}

#[test]
fn rotating_says_until_when_and_never_beyond_the_keys_end() {
    let rotate = |key: ApiKey| {
        let props = RotatePageProps {
            slug: "acme".into(),
            key,
            form: RotateForm::default(),
            errors: Vec::new(),
            refusal: None,
            profile: Arc::new(profile()),
            now: at(0),
        };
        html(move || RotatePage(props))
    };
    let page = rotate(ApiKey { last_use: used(-180), expires_at: None, ..key("ci") });
    assert!(page.contains("used 3 minutes ago from 203.0.113.7"));
    assert!(page.contains("until 22 November 2026, 12:00 UTC") && page.contains("up to 30 days"));
    let page = rotate(ApiKey { expires_at: Some(at(7_200)), ..key("ci") });
    assert!(page.contains("until the key expires, 21 November 2026, 14:00 UTC"));
}
