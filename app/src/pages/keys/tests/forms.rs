//! The forms in which a key is made or changed.

use super::*;

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
