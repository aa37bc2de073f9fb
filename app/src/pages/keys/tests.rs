//! What the key pages say, in HTML.

use super::*;
use crate::{
    Frame, Theme,
    fixtures::{self, policy, profile},
    render,
};
use keywright_core::{
    Time,
    error::FieldError,
    ids::{KeyId, UserId},
    keys::{ApiKey, KeyForm, KeyOwner, Person, Quota},
    usage::LastUse,
};
use leptos::prelude::*;

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_795_262_400 + seconds, 0).unwrap_or_default()
}

fn key(label: &str) -> ApiKey {
    ApiKey {
        id: KeyId::from_uuid(Default::default()),
        label: label.into(),
        note: String::new(),
        scopes: ["a:read", "b:read", "c:read", "d:read"].map(String::from).to_vec(),
        start: "sk_live_4fT9".into(),
        last4: "x2Qp".into(),
        environment: String::new(),
        networks: Vec::new(),
        owner: KeyOwner::Workspace,
        creator: Person { id: UserId::from_uuid(Default::default()), name: "Ada".into() },
        created_at: at(-7_200),
        expires_at: Some(at(12 * 86_400 + 60)),
        disabled_at: None,
        revoked_at: None,
        revoked_reason: None,
        rotation: None,
        last_use: None,
        refused: None,
        version: 1,
    }
}

/// The page alone, without its comments: they only mark places for hydration.
fn html<V: IntoView + 'static>(page: impl FnOnce() -> V) -> String {
    let frame = Frame { theme: Theme::Dark, ..fixtures::frame() };
    render(frame, page).body.replace("<!>", "")
}

fn list(keys: Vec<ApiKey>, quota: Quota, can_manage: bool) -> String {
    let profile = profile();
    let props = KeyListPageProps {
        slug: "acme".into(),
        words: profile.words,
        menu: profile.menu,
        keys,
        quota,
        can_manage,
        now: at(0),
        next: None,
        first: true,
    };
    html(move || KeyListPage(props))
}

fn quota(used: u32, limit: u32) -> Quota {
    Quota { used, limit, plan: "Pro".into(), api: true }
}

#[test]
fn a_row_says_what_is_known_of_a_key() {
    let page = list(vec![key("ci")], quota(1, 3), true);
    for words in [
        "1 of 3 keys used",
        "sk_live_4fT9…x2Qp",
        "2 hours ago",
        "by <bdi>Ada</bdi>",
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
fn a_typed_value_cannot_leave_its_attribute() {
    let form = KeyForm {
        label: "\" autofocus onfocus=alert(1) x=\"".into(),
        note: "</textarea><b>".into(),
        ..KeyForm::default()
    };
    let page = new_key(form, Vec::new(), None);
    assert!(page.contains(r#"value="&quot; autofocus onfocus=alert(1) x=&quot;""#), "{page}");
    assert!(page.contains("\n&lt;/textarea>&lt;b></textarea>"), "{page}");
}

fn new_key(form: KeyForm, errors: Vec<FieldError>, same_label: Option<String>) -> String {
    let scope = |name: &str, allowed| ScopeChoice { name: name.into(), description: "Reads".into(), allowed };
    let props = NewKeyPageProps {
        slug: "acme".into(),
        form,
        errors,
        groups: vec![ScopeGroup { title: "All".into(), scopes: vec![scope("a:read", true), scope("b:read", false)] }],
        expiry: policy(),
        now: at(0),
        quota: quota(1, 3),
        role_title: "Editor".into(),
        same_label,
    };
    html(move || NewKeyPage(props))
}

#[test]
fn the_form_offers_what_policy_and_role_allow() {
    let page = new_key(KeyForm::blank(&profile()), Vec::new(), None);
    assert!(page.contains("until 21 December 2026"));
    assert!(page.contains("Your role (Editor) does not include this."));
    assert!(page.contains("This will be key 2 of 3 on the Pro plan."));
    assert!(!page.contains("No expiry"), "the policy requires an end");
    assert!(!page.contains("confirmed"));
}

#[test]
fn a_label_that_is_taken_is_asked_about_once_more() {
    let form = KeyForm { label: "ci".into(), scopes: vec!["a:read".into()], ..KeyForm::default() };
    let page = new_key(form, Vec::new(), Some("sk_live_4fT9…x2Qp".into()));
    assert!(page.contains(r#"name="confirmed" value="1""#));
    assert!(page.contains("Create anyway"));
    assert!(page.contains(r#"value="ci""#));
}

#[test]
fn a_fault_stands_at_its_field_and_one_of_no_field_at_the_top() {
    let page = new_key(KeyForm::default(), vec![FieldError::new("label", "The label cannot be empty.")], None);
    assert!(page.contains(r#"id="label-error""#));
    assert!(page.contains(r#"aria-describedby="label-hint label-error""#));
    assert!(!page.contains("needs your attention"), "one fault needs no list");

    let page = new_key(KeyForm::default(), vec![FieldError::new("form", "All keys are in use.")], None);
    assert!(page.contains("This needs your attention") && page.contains("All keys are in use."));
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
fn the_question_says_what_revoking_means_and_to_whom() {
    let last = LastUse { at: at(-180), route: "GET /v1/leads".into(), address: "203.0.113.7".into() };
    let key = ApiKey { last_use: Some(last), ..key("ci") };
    let props = RevokePageProps { slug: "acme".into(), key, now: at(0) };
    let page = html(move || RevokePage(props));
    assert!(page.contains("Used 3 minutes ago from 203.0.113.7, for GET /v1/leads."));
    assert!(page.contains("This cannot be undone."));
}

#[test]
fn the_secret_is_copied_from_the_page_and_not_from_a_prop() {
    let secret = "sk_live_4fT9secretx2Qp";
    let props = RevealPageProps {
        slug: "acme".into(),
        key: key("ci"),
        secret: secret.into(),
        gateway: "https://api.example.com/".into(),
        sample: Some(("GET".into(), "/v1/leads".into())),
    };
    let page = html(move || RevealPage(props));
    assert_eq!(page.matches(secret).count(), 3, "the field, the curl line, the .env lines");
    assert!(page.contains(
        "curl -X GET \"https://api.example.com/v1/leads\" -H \"Authorization: Bearer sk_live_4fT9secretx2Qp\""
    ));
    assert!(page.contains("ACME_API_KEY=sk_live_4fT9secretx2Qp"));
}

#[test]
fn pages_keep_within_the_content_security_policy() {
    let page = list(vec![key("ci")], quota(1, 3), true);
    assert!(page.contains(r#"<html lang="en" data-theme="dark">"#));
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="));
    assert_eq!(page.matches("<script").count(), 1);
}
