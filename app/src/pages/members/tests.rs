//! What the member pages say, in HTML.

use super::*;
use crate::{fixtures, render};
use keywright_core::{
    Time,
    accounts::User,
    error::FieldError,
    ids::{InvitationId, KeyId, UserId},
    members::{AtStake, Heir, HeldKey, Invitation, MemberInfo},
};
use leptos::prelude::*;

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_795_262_400 + seconds, 0).unwrap_or_default()
}

fn member(name: &str) -> MemberInfo {
    let user = User { id: UserId::from_uuid(Default::default()), name: name.into(), email: "bob@example.com".into() };
    MemberInfo { user, role: "admin".into(), since: at(-86_400 * 3), live_keys: 2, last_owner: false }
}

fn html<V: IntoView + 'static>(page: impl FnOnce() -> V) -> String {
    render(fixtures::frame(), page).body.replace("<!>", "")
}

fn list(rows: Vec<MemberRow>, can_manage: bool) -> String {
    let invitation = Invitation {
        id: InvitationId::from_uuid(Default::default()),
        email: "new@example.com".into(),
        role: "viewer".into(),
        inviter: "Ada".into(),
        created_at: at(-7_200),
        expires_at: at(5 * 86_400 + 60),
    };
    let props = MemberListPageProps {
        slug: "acme".into(),
        words: fixtures::profile().words,
        members: rows,
        invitations: vec![
            (invitation.clone(), "Viewer".into()),
            (Invitation { expires_at: at(0), ..invitation }, "Viewer".into()),
        ],
        can_manage,
        now: at(0),
        next: None,
        first: true,
    };
    html(move || MemberListPage(props))
}

fn row(name: &str, may: bool) -> MemberRow {
    MemberRow { member: member(name), role: "Admin".into(), is_viewer: false, can_change: may, can_remove: may }
}

fn remove(keys: Vec<HeldKey>, heirs: Vec<Heir>, errors: Vec<FieldError>) -> String {
    let props = RemoveMemberPageProps {
        slug: "acme".into(),
        workspace: "Acme".into(),
        stake: AtStake { member: member("Bob"), keys, heirs },
        is_viewer: false,
        chosen: String::new(),
        heir: String::new(),
        errors,
        now: at(0),
    };
    html(move || RemoveMemberPage(props))
}

fn key(label: &str, used: Option<i64>) -> HeldKey {
    let id = KeyId::from_uuid(Default::default());
    HeldKey { id, label: label.into(), scopes: Vec::new(), used_at: used.map(at) }
}

#[test]
fn the_list_says_who_is_here_and_who_is_invited() {
    let page = list(vec![row("<b>Bob</b>", true)], true);
    for words in [
        "&lt;b&gt;Bob&lt;/b&gt;",
        "bob@example.com",
        "3 days ago",
        "Change role",
        "new@example.com",
        "by <bdi>Ada</bdi>",
        "in 5 days",
        "Expired",
        "Revoke invitation",
        "/w/acme/members/invite",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn who_may_not_manage_members_is_offered_nothing_to_do() {
    let page = list(vec![row("Bob", false)], false);
    for words in ["Change role", "/remove", "Revoke invitation", "/members/invite"] {
        assert!(!page.contains(words), "{words}");
    }
}

#[test]
fn the_question_names_the_keys_that_are_in_use_and_chooses_nothing() {
    let heirs = vec![Heir { id: UserId::from_uuid(Default::default()), name: "Carol".into(), role: "Admin".into() }];
    let keys = vec![key("ci", Some(-180)), key("old", Some(-86_400 * 8)), key("never", None)];
    let page = remove(keys, heirs, vec![FieldError::new("keys", "Choose what happens to the 3 keys of Bob.")]);
    for words in ["What happens to 3 keys?", "1 of them used", "<bdi>ci</bdi>", "3 minutes ago", "Carol (Admin)"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("Choose what happens to the 3 keys of Bob.") && !page.contains("checked"));
    assert!(!page.contains("<bdi>old</bdi>"));
}

#[test]
fn without_anybody_to_take_the_keys_only_stopping_is_offered() {
    let page = remove(vec![key("ci", None)], Vec::new(), Vec::new());
    assert!(page.contains("Handing over is not possible") && !page.contains(r#"value="hand_over""#));
    let none = remove(Vec::new(), Vec::new(), Vec::new());
    assert!(none.contains("No working key belongs to them.") && !none.contains("<fieldset"));
}

#[test]
fn the_link_is_copied_from_the_page_and_not_from_a_prop() {
    let url = "https://keys.example.com/invite?token=abc";
    let invitation = Invitation {
        id: InvitationId::from_uuid(Default::default()),
        email: "new@example.com".into(),
        role: "viewer".into(),
        inviter: "Ada".into(),
        created_at: at(0),
        expires_at: at(86_400 * 7),
    };
    let props =
        InvitedPageProps { slug: "acme".into(), invitation, role: "Viewer".into(), url: url.into(), now: at(0) };
    let page = html(move || InvitedPage(props));
    assert_eq!(page.matches("token=abc").count(), 1);
    assert!(page.contains("in 7 days"));
}
