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
fn the_form_offers_what_policy_and_role_allow() {
    let page = new_key(KeyForm::blank(&two_scopes()), Vec::new(), None);
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
    let last = LastUse {
        at: at(-180),
        route: "GET /v1/leads".into(),
        address: "203.0.113.7".into(),
        agent: Some(Agent::Curl),
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
fn the_secret_is_copied_from_the_page_and_not_from_a_prop() {
    let secret = "sk_live_4fT9secretx2Qp";
    let props = RevealPageProps {
        slug: "acme".into(),
        profile: Arc::new(profile()),
        key: key("ci"),
        secret: secret.into(),
        gateway: "https://api.example.com/".into(),
        sample: Some(("GET".into(), "/v1/leads".into())),
        now: at(0),
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

fn used(seconds: i64) -> Option<LastUse> {
    Some(LastUse {
        at: at(seconds),
        route: "GET /v1/leads".into(),
        address: "203.0.113.7".into(),
        agent: Some(Agent::Curl),
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
fn presets_stand_for_what_the_role_covers() {
    let (profile, owner) = (two_scopes(), profile().roles[0].clone());
    assert_eq!(Preset::Read.scopes(&profile, &owner), ["a:read"]);
    assert_eq!(Preset::All.scopes(&profile, &owner), ["a:read", "b:write"]);
    assert_eq!(Preset::All.scopes(&profile, &editor()), ["a:read"]);
    assert!(Preset::None.scopes(&profile, &owner).is_empty());
    assert_eq!(Preset::parse("read"), Some(Preset::Read));
    assert_eq!(Preset::parse("root"), None);
    let page = new_key(KeyForm::blank(&profile), Vec::new(), None);
    for preset in ["?preset=read", "?preset=all", "?preset=none"] {
        assert!(page.contains(preset), "{preset}");
    }
}

#[test]
fn a_form_offers_environments_owners_and_everything_only_where_the_profile_has_them() {
    let plain = new_key(KeyForm::default(), Vec::new(), None);
    for absent in ["name=\"environment\"", "name=\"owner\"", "value=\"*\""] {
        assert!(!plain.contains(absent), "{absent}");
    }
    let mut rich = Profile { workspace_keys: true, wildcard: true, ..two_scopes() };
    rich.key.environments = ["live", "test"]
        .map(|name| keywright_core::profile::Environment {
            name: name.into(),
            title: name.to_uppercase(),
            prefix: format!("sk_{name}_"),
        })
        .to_vec();
    let owner = profile().roles[0].clone();
    let props =
        NewKeyPageProps { profile: Arc::new(rich), role: owner, ..new_props(KeyForm::default(), Vec::new(), None) };
    let page = html(move || NewKeyPage(props));
    assert!(page.contains("The team’s") && page.contains("It outlives people"));
    assert!(page.contains("sk_test_…") && page.contains("what comes later too"));
}

#[test]
fn addresses_are_folded_away_until_there_are_any() {
    assert!(new_key(KeyForm::default(), Vec::new(), None).contains("<details class=\"fold\">"));
    let form = KeyForm { networks: "10.0.0.0/8".into(), ..KeyForm::default() };
    assert!(new_key(form, Vec::new(), None).contains("<details open class=\"fold\">"));
    let wrong = vec![FieldError::new("networks", "That is no address.")];
    assert!(new_key(KeyForm::default(), wrong, None).contains("<details open class=\"fold\">"));
}

#[test]
fn without_room_nobody_is_asked_to_type_and_nothing_typed_is_lost() {
    let full = |form| NewKeyPageProps { quota: quota(3, 3), ..new_props(form, Vec::new(), None) };
    let props = full(KeyForm::default());
    let page = html(move || NewKeyPage(props));
    assert!(page.contains("/w/acme/plan") && !page.contains("name=\"label\""));
    let props = full(KeyForm { label: "typed".into(), ..KeyForm::default() });
    let page = html(move || NewKeyPage(props));
    assert!(page.contains("/w/acme/plan") && page.contains("value=\"typed\""));
}

#[test]
fn what_a_key_has_beyond_the_editors_role_may_stay_and_says_so() {
    let key = ApiKey { scopes: vec!["b:write".into(), "gone:read".into()], ..key("ci") };
    let props = EditKeyPageProps {
        slug: "acme".into(),
        form: EditForm::of(&key),
        key,
        errors: Vec::new(),
        refusal: None,
        profile: Arc::new(two_scopes()),
        role: editor(),
        now: at(0),
    };
    let page = html(move || EditKeyPage(props));
    assert!(page.contains("once removed, it cannot be added again"));
    assert!(!page.contains(" disabled"), "what is there can be taken away");
    assert!(page.contains("No longer offered") && page.contains("gone:read"));
    assert!(page.contains(r#"name="version" value="1""#));
}

#[test]
fn what_a_key_lacks_beyond_the_roles_cannot_be_added() {
    let mut profile = two_scopes();
    profile.roles.push(editor());
    let owner = KeyOwner::Member { person: ada(), role: Some("editor".into()) };
    let key = ApiKey { scopes: vec!["a:read".into()], owner, ..key("ci") };
    let edit = |role: Role| {
        let props = EditKeyPageProps {
            slug: "acme".into(),
            form: EditForm::of(&key),
            key: key.clone(),
            errors: Vec::new(),
            refusal: None,
            profile: Arc::new(profile.clone()),
            role,
            now: at(0),
        };
        html(move || EditKeyPage(props))
    };
    assert!(edit(editor()).contains("Your role (Editor) does not include this."));
    assert!(
        edit(profile.roles[0].clone()).contains("The role of Ada (Editor), whose key it is, does not include this.")
    );
}

#[test]
fn a_stale_form_keeps_what_was_typed_beside_what_is() {
    let key = ApiKey { label: "theirs".into(), version: 7, ..key("ci") };
    let props = EditKeyPageProps {
        slug: "acme".into(),
        form: EditForm { label: "mine".into(), ..EditForm::of(&key) },
        key,
        errors: Vec::new(),
        refusal: Some(KeyRefusal::Changed(Some(("Bob".into(), at(-120))))),
        profile: Arc::new(two_scopes()),
        role: editor(),
        now: at(0),
    };
    let page = html(move || EditKeyPage(props));
    for words in ["changed meanwhile", "<bdi>Bob</bdi>", "2 minutes ago", "value=\"mine\"", "<bdi>theirs</bdi>"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(r#"name="version" value="7""#), "sent again, it is taken");
}

#[test]
fn a_rotating_key_shows_both_secrets_and_what_their_use_means() {
    let rotating = |old, new| show(ApiKey { rotation: rotation(old, new), ..key("ci") });
    let page = rotating(used(-180), None);
    for words in
        ["Rotating", "sk_live_4fT9…x2Qp", "sk_live_Zz00…9999", "rotation/finish", "rotation/extend", "rotation/undo"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("The old secret was used 3 minutes ago from 203.0.113.7: something still has it."));
    assert!(!page.contains("/rotate\""), "it cannot be rotated twice at once");
    assert!(
        rotating(used(-7_200), used(-60)).contains("Only the new secret has been used"),
        "an old use means nothing"
    );
    assert!(rotating(None, None).contains("Neither secret has been used"));
}

#[test]
fn what_is_missing_says_why() {
    let mut narrow = two_scopes();
    narrow.roles.push(editor());
    narrow.plans[0].scopes = ScopeSet::one(1);
    let scopes: Vec<String> = ["a:read", "b:write", "gone:read"].map(String::from).to_vec();
    let owner = |role: Option<&str>| KeyOwner::Member { person: ada(), role: role.map(String::from) };
    let with = |role| show_in(narrow.clone(), ApiKey { scopes: scopes.clone(), owner: owner(role), ..key("ci") }, None);
    let page = with(Some("editor"));
    assert!(page.contains("0 of 3 scopes in effect now."));
    for why in ["not included in the Pro plan", "beyond the role of Ada (Editor)", "Acme has no such scope any more"] {
        assert!(page.contains(&format!("Not in effect: {why}")), "{why}");
    }
    let left = with(None);
    assert!(left.contains("Not in effect: Ada has left") && left.contains("/owner\""));
    let api_off = Plan { api: false, ..narrow.plans[0].clone() };
    let off = Profile { plans: vec![api_off], ..narrow.clone() };
    assert!(show_in(off, ApiKey { scopes, ..key("ci") }, None).contains("0 of 3 scopes"));
}

#[test]
fn the_nearer_the_end_the_louder_it_is_told() {
    let ending = |days: i64| show(ApiKey { expires_at: Some(at(days * 86_400 + 60)), ..key("ci") });
    assert!(!ending(31).contains("Expires <time"));
    for (days, tone) in [(29, "notice--plain"), (6, "notice--warning"), (0, "notice--danger")] {
        let page = ending(days);
        assert!(page.contains("<strong>Expires <time") && page.contains(tone), "{days}");
        assert!(page.contains("/w/acme/keys/new?like=key_"));
    }
}

#[test]
fn a_tombstone_counts_who_still_tries() {
    let tries = |tries| Some(RefusedUses { tries, at: at(-180), address: "203.0.113.7".into() });
    let revoked = ApiKey {
        revoked_at: Some(at(-9_000)),
        revoked_reason: Some("<b>Leaked</b>".into()),
        refused: tries(14),
        ..key("old")
    };
    let said = "Tried 14 times since, last from 203.0.113.7, 3 minutes ago.";
    let row = list(vec![revoked.clone()], quota(0, 3), true);
    assert!(row.contains(said) && row.contains("row--over") && !row.contains("name=\"key\""));
    let page = show(revoked);
    assert!(page.contains(said) && page.contains("&lt;b&gt;Leaked&lt;/b&gt;"));
    assert!(!page.contains("/edit\"") && page.contains("Make one like this"));
    let once = ApiKey { expires_at: Some(at(-60)), refused: tries(1), ..key("old") };
    assert!(list(vec![once], quota(0, 3), true).contains("Tried once since, from 203.0.113.7"));
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

#[test]
fn new_pages_keep_within_the_content_security_policy_too() {
    for page in
        [show(ApiKey { rotation: rotation(None, None), ..key("ci") }), new_key(KeyForm::default(), Vec::new(), None)]
    {
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="));
        assert_eq!(page.matches("<script").count(), 1);
    }
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
    assert_eq!(page.matches("bars__allowed").count(), 2);
}

#[test]
fn skode_05_a_key_shows_what_is_left_of_its_limits() {
    let limit =
        Limit { name: "minute".into(), requests: 100, per: Per::Minute, each: Each::Key, algorithm: Algorithm::Fixed };
    let gauge = Gauge::Window { limit, remaining: 98, resets_in: Duration::from_secs(43) };
    let page = show_with(key("ci"), vec![gauge.clone()]);
    assert!(page.contains("98</strong> left of 100") && page.contains("All of it again in 43 seconds"));
    assert!(page.contains("href=\"/w/acme/keys/key_00000000000000000000000000000000/usage\""));
    assert!(!show(key("ci")).contains("limits-title"), "a plan without limits has nothing to show");
    let revoked = ApiKey { revoked_at: Some(at(-60)), ..key("ci") };
    assert!(!show_with(revoked, vec![gauge]).contains("limits-title"));
}

#[test]
fn common_11_a_last_use_says_from_where_with_what_and_for_what() {
    let page = show(ApiKey { last_use: used(-180), ..key("ci") });
    for words in ["3 minutes ago", "203.0.113.7", ", with curl", "GET /v1/leads"] {
        assert!(page.contains(words), "{words}");
    }
}
