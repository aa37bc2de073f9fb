//! What the key pages say, in HTML.

use super::*;
use crate::{
    Frame, Theme,
    fixtures::{self, profile},
    render,
};
use keywright_core::{
    Time,
    error::FieldError,
    gate::Gauge,
    ids::{KeyId, UserId},
    keys::{ApiKey, KeyForm, KeyOwner, KeyQuery, LastUseFilter, Person, Quota, RotateForm, Rotation, StatusFilter},
    profile::{Algorithm, Each, Limit, Per, Plan, Profile, Right, Role, ScopeSet, ScopeSpec},
    usage::{Agent, Count, LastUse, RefusedUses},
};
use leptos::prelude::*;
use std::{collections::HashMap, sync::Arc, time::Duration};

mod ending;
mod forms;
mod listing;
mod showing;

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_795_262_400 + seconds, 0).unwrap_or_default()
}

fn ada() -> Person {
    Person { id: UserId::from_uuid(Default::default()), name: "Ada".into() }
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
        owner: KeyOwner::Member { person: ada(), role: Some("owner".into()) },
        creator: ada(),
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

fn page_of(keys: Vec<ApiKey>, quota: Quota, can_manage: bool) -> KeyListPageProps {
    KeyListPageProps {
        slug: "acme".into(),
        profile: Arc::new(profile()),
        keys,
        days: HashMap::new(),
        query: KeyQuery::default(),
        errors: Vec::new(),
        owners: Vec::new(),
        expiring: None,
        found: None,
        quota,
        can_manage,
        suspended: false,
        now: at(0),
        next: None,
        first: true,
    }
}

fn list(keys: Vec<ApiKey>, quota: Quota, can_manage: bool) -> String {
    let props = page_of(keys, quota, can_manage);
    html(move || KeyListPage(props))
}

fn quota(used: u32, limit: u32) -> Quota {
    Quota { used, limit, plan: "Pro".into(), api: true }
}

fn scope(name: &str, read_only: bool) -> ScopeSpec {
    ScopeSpec { name: name.into(), group: "All".into(), description: "Does things".into(), read_only }
}

/// Two scopes, of which an editor has the first.
fn two_scopes() -> Profile {
    Profile { scopes: vec![scope("a:read", true), scope("b:write", false)], ..profile() }
}

fn editor() -> Role {
    Role { name: "editor".into(), title: "Editor".into(), rights: vec![Right::KeysManage], scopes: ScopeSet::one(0) }
}

fn new_props(form: KeyForm, errors: Vec<FieldError>, same_label: Option<String>) -> NewKeyPageProps {
    NewKeyPageProps {
        slug: "acme".into(),
        form,
        errors,
        profile: Arc::new(two_scopes()),
        role: editor(),
        now: at(0),
        quota: quota(1, 3),
        same_label,
        others: Vec::new(),
    }
}

fn new_key(form: KeyForm, errors: Vec<FieldError>, same_label: Option<String>) -> String {
    let props = new_props(form, errors, same_label);
    html(move || NewKeyPage(props))
}

#[test]
fn pages_keep_within_the_content_security_policy() {
    let page = list(vec![key("ci")], quota(1, 3), true);
    assert!(page.contains(r#"<html lang="en" data-theme="dark">"#));
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="));
    assert_eq!(page.matches("<script").count(), 1);
}

fn used(seconds: i64) -> Option<LastUse> {
    Some(LastUse {
        at: at(seconds),
        route: "GET /v1/leads".into(),
        address: "203.0.113.7".into(),
        agent: Some(Agent::Curl),
        status: Some(200),
    })
}

fn rotation(old: Option<LastUse>, new: Option<LastUse>) -> Option<Rotation> {
    Some(Rotation {
        start: "sk_live_Zz00".into(),
        last4: "9999".into(),
        last_use: old,
        new_last_use: new,
        began_at: at(-3_600),
        ends_at: at(82_800),
    })
}

fn show_in(profile: Profile, key: ApiKey, refusal: Option<KeyRefusal>) -> String {
    show_props(profile, key, refusal, Vec::new())
}

fn show_with(key: ApiKey, gauges: Vec<Gauge>) -> String {
    show_props(two_scopes(), key, None, gauges)
}

fn show_props(profile: Profile, key: ApiKey, refusal: Option<KeyRefusal>, gauges: Vec<Gauge>) -> String {
    let props = KeyPageProps {
        slug: "acme".into(),
        key,
        plan: profile.plans.first().cloned(),
        profile: Arc::new(profile),
        history: Vec::new(),
        gauges,
        can_manage: true,
        can_hand_over: true,
        gateway: "https://api.example.com".into(),
        sample: None,
        first_call: None,
        refusal,
        extend: RotateForm::default(),
        errors: Vec::new(),
        now: at(0),
    };
    html(move || KeyPage(props))
}

fn show(key: ApiKey) -> String {
    show_in(two_scopes(), key, None)
}

#[test]
fn new_pages_keep_within_the_content_security_policy_too() {
    for page in
        [show(ApiKey { rotation: rotation(None, None), ..key("ci") }), new_key(KeyForm::default(), Vec::new(), None)]
    {
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="));
        assert_eq!(page.matches("<script").count(), 1);
    }
}
