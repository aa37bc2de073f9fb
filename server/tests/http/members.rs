//! Members, invitations and the way between workspaces, through the doors.

use crate::app::{Client, TestApp};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use chrono::TimeDelta;
use keywright_core::{
    actor::Actor,
    members::{InvitationLink, InviteForm},
    testing::PASSWORD,
};
use serde_json::{Value, json};

const MEMBERS: &str = "/api/v1/workspaces/acme/members";
const INVITATIONS: &str = "/api/v1/workspaces/acme/invitations";

async fn invite(app: &TestApp, actor: &Actor, email: &str, role: &str) -> InvitationLink {
    let form = InviteForm { email: email.into(), role: role.into() };
    app.world.services.members.invite(actor, &form).await.expect("an invitation").1
}

fn path(link: &InvitationLink) -> String {
    format!("/invite?token={}", link.token())
}

async fn patch(client: &mut Client, path: &str, body: Value) -> crate::app::Answer {
    client.send(Method::PATCH, path, Some("application/json"), Body::from(body.to_string())).await
}

fn text(page: &str) -> String {
    page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

#[tokio::test]
async fn an_invitations_link_is_shown_once_and_is_nowhere_else() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let form = [("email", "Nora@example.com"), ("role", "viewer")];
    let made = client.form("/w/acme/members/invite", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let cookie = made.set_cookie("keywright_invited").expect("a sealed cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Max-Age=60"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let at = made.header("location").to_owned();
    let shown = client.get(&at).await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    let begin = shown.text.find("/invite?token=").expect("the link");
    let token = &shown.text[begin + 14..begin + 14 + 64];
    assert!(token.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
    assert!(!at.contains(token) && !cookie.contains(token));
    assert!(!app.world.test_db.dump().await.contains(token));
    let again = client.get(&at).await;
    assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, "/w/acme/members"));
    let list = client.get("/w/acme/members").await;
    assert!(list.text.contains("nora@example.com") && !list.text.contains(token));
}

#[tokio::test]
async fn somebody_new_comes_in_once_and_is_signed_in() {
    let (app, ada) = TestApp::lodol().await;
    let link = invite(&app, &ada, "nora@example.com", "viewer").await;
    let mut nora = app.anonymous();
    let page = nora.get(&path(&link)).await;
    assert_eq!((page.status, page.header("referrer-policy")), (StatusCode::OK, "no-referrer"));
    assert!(page.text.contains("nora@example.com") && page.text.contains("Ada Lovelace"));

    let weak = [("token", link.token()), ("name", "Nora <b>"), ("password", "password1234")];
    let refused = nora.form("/invite", &weak).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Nora &lt;b&gt;") && !refused.text.contains("password1234"));
    let forged = [weak.as_slice(), &[("email", "eve@example.com")]].concat();
    assert_eq!(nora.form("/invite", &forged).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let good = [("token", link.token()), ("name", "Nora"), ("password", PASSWORD)];
    let done = nora.form("/invite", &good).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/w/acme"));
    assert_eq!(nora.get("/w/acme/keys").await.status, StatusCode::OK, "and is signed in");

    let mut stranger = app.anonymous();
    let used = stranger.get(&path(&link)).await;
    assert_eq!(used.status, StatusCode::GONE);
    assert!(used.text.contains("has been used") && !used.text.contains("nora@") && !used.text.contains("Acme"));
    assert_eq!(stranger.form("/invite", &good).await.status, StatusCode::GONE);
    assert_eq!(stranger.get("/w/acme/keys").await.status, StatusCode::SEE_OTHER, "and is not signed in");
}

#[tokio::test]
async fn somebody_with_an_account_signs_in_first_and_comes_back() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.person("Bob").await;
    let link = invite(&app, &ada, "bob@example.com", "viewer").await;
    let mut client = app.anonymous();
    let sent = client.get(&path(&link)).await;
    let next = format!("/login?next=%2Finvite%3Ftoken%3D{}", link.token());
    assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, next.as_str()));
    let form = [("email", bob.email.as_str()), ("password", PASSWORD), ("next", &path(&link))];
    assert_eq!(client.form("/login", &form).await.header("location"), path(&link));
    let asked = client.get(&path(&link)).await;
    assert!(asked.status == StatusCode::OK && text(&asked.text).contains("Ada Lovelace has invited you as Viewer."));
    assert_eq!(client.get("/w/acme/keys").await.status, StatusCode::NOT_FOUND, "looking is not coming in");
    let done = client.form("/invite", &[("token", link.token())]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/w/acme"));
    assert_eq!(client.get("/w/acme/keys").await.status, StatusCode::OK);
}

#[tokio::test]
async fn somebody_else_is_told_whose_the_invitation_is_and_uses_nothing_up() {
    let (app, ada) = TestApp::lodol().await;
    let link = invite(&app, &ada, "nora@example.com", "viewer").await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let mut eve = app.session(&eve).await;
    let page = eve.get(&path(&link)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(text(&page.text).contains("This invitation is for nora@example.com; sign in as that person."));
    assert_eq!(eve.form("/invite", &[("token", link.token())]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.get("/w/acme/keys").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.anonymous().get(&path(&link)).await.status, StatusCode::OK, "it is still open");
}

#[tokio::test]
async fn a_link_that_opens_nothing_says_why() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.anonymous();
    for unknown in ["/invite", "/invite?token=", "/invite?token=guess"] {
        let page = client.get(unknown).await;
        assert!(page.status == StatusCode::NOT_FOUND && page.text.contains("does not work"), "{unknown}");
    }
    assert_eq!(client.form("/invite", &[("token", "guess")]).await.status, StatusCode::NOT_FOUND);

    let revoked = invite(&app, &ada, "nora@example.com", "viewer").await;
    let mut ada = app.session(&ada).await;
    let id = ada.get(INVITATIONS).await.json()["data"][0]["id"].as_str().expect("an id").to_owned();
    let question = ada.get(&format!("/w/acme/members/invitations/{id}/revoke")).await;
    assert!(question.status == StatusCode::OK && question.text.contains("data-question"));
    let done = ada.form(&format!("/w/acme/members/invitations/{id}/revoke"), &[]).await;
    assert_eq!(done.header("location"), "/w/acme/members");
    let page = client.get(&path(&revoked)).await;
    assert!(page.status == StatusCode::GONE && page.text.contains("was withdrawn"));
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_and_a_member_is_told_that_they_are_one() {
    let (app, ada) = TestApp::lodol().await;
    let link = invite(&app, &ada, "nora@example.com", "viewer").await;
    let bobs = invite(&app, &ada, "bob@example.com", "viewer").await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let page = app.session(&bob).await.get(&path(&bobs)).await;
    assert!(page.status == StatusCode::OK && page.text.contains("You are a member already"));
    app.advance(TimeDelta::days(7));
    let page = app.anonymous().get(&path(&link)).await;
    assert!(page.status == StatusCode::GONE && page.text.contains("has expired"));
}

#[tokio::test]
async fn removing_somebody_asks_what_becomes_of_their_keys() {
    let (app, ada) = TestApp::lodol().await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;
    let made = app.make_key(&grace, "ci", &["workflows:read"]).await;
    let mut holder = app.key(made.secret.expose());
    assert_ne!(holder.get("/api/v1/workflows").await.status, StatusCode::FORBIDDEN, "the gate lets it pass");
    let mut client = app.session(&ada).await;
    let remove = format!("/w/acme/members/{}/remove", grace.user.id);
    let question = client.get(&remove).await;
    let said = text(&question.text);
    assert!(said.contains("What happens to 1 key?") && said.contains("Ada Lovelace (Owner)"), "{said}");
    let unanswered = client.form(&remove, &[]).await;
    assert_eq!(unanswered.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&unanswered.text).contains("Choose what happens to the 1 key of Grace."));
    for bad in [
        [("keys", "burn"), ("hand_over_to", "")],
        [("keys", "hand_over"), ("hand_over_to", "")],
        [("keys", "hand_over"), ("hand_over_to", "user_1")],
        [("keys", "stop"), ("owner", "1")],
    ] {
        assert_eq!(client.form(&remove, &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
    }
    let to = ada.user.id.to_string();
    let done = client.form(&remove, &[("keys", "hand_over"), ("hand_over_to", &to)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/w/acme/members"));
    assert!(client.get("/w/acme/members").await.text.contains("Grace is removed. 1 key handed over."));
    assert_ne!(holder.get("/api/v1/workflows").await.status, StatusCode::FORBIDDEN, "it works on");
}

#[tokio::test]
async fn common_10_a_removed_members_key_answers_403_until_it_has_a_new_owner() {
    let (app, ada) = TestApp::lodol().await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;
    let made = app.make_key(&grace, "ci", &["workflows:read"]).await;
    let mut client = app.session(&ada).await;
    let removed = client.delete(&format!("{MEMBERS}/{}", grace.user.id)).await;
    assert_eq!(
        (removed.status, removed.json()["keys"].clone()),
        (StatusCode::OK, json!({"handed_over": 0, "stopped": 1}))
    );
    let mut holder = app.key(made.secret.expose());
    assert_eq!(holder.get("/api/v1/workflows").await.status, StatusCode::FORBIDDEN);

    let owner = format!("/w/acme/keys/{}/owner", made.key.id);
    let question = client.get(&owner).await;
    assert!(text(&question.text).contains("Grace has left: the gate refuses the key until it has a new owner."));
    assert_eq!(client.form(&owner, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let to = ada.user.id.to_string();
    let done = client.form(&owner, &[("hand_over_to", &to)]).await;
    assert_eq!(done.header("location"), format!("/w/acme/keys/{}", made.key.id));
    assert_ne!(holder.get("/api/v1/workflows").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_role_is_chosen_first_and_what_it_means_is_asked_next() {
    let (app, ada) = TestApp::lodol().await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;
    app.make_key(&grace, "runner", &["workflows:execute"]).await;
    let mut client = app.session(&ada).await;
    let role = format!("/w/acme/members/{}/role", grace.user.id);
    assert!(client.get(&role).await.text.contains(r#"value="viewer""#));
    let asked = client.get(&format!("{role}?role=viewer")).await;
    assert!(text(&asked.text).contains("What happens to 1 key?"), "{}", asked.text);
    assert!(text(&client.get(&format!("{role}?role=member")).await.text).contains("Their keys are not affected."));
    assert_eq!(client.get(&format!("{role}?role=emperor")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(client.form(&role, &[("role", "viewer")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(client.form(&role, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = client.form(&role, &[("role", "viewer"), ("keys", "stop")]).await;
    assert_eq!(done.header("location"), "/w/acme/members");
    assert!(client.get("/w/acme/members").await.text.contains("Grace is Viewer now."));
}

#[tokio::test]
async fn rest_lists_changes_and_removes_members() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let mut client = app.session(&ada).await;
    let first = client.get(&format!("{MEMBERS}?limit=1")).await.json();
    assert_eq!(first["data"][0]["name"], "Ada Lovelace");
    let cursor = first["meta"]["next_cursor"].as_str().expect("a cursor").to_owned();
    let second = client.get(&format!("{MEMBERS}?limit=1&cursor={cursor}")).await.json();
    assert_eq!(second["meta"]["next_cursor"], json!(null));
    let one = format!("{MEMBERS}/{}", bob.user.id);
    let shown = client.get(&one).await.json();
    assert_eq!(second["data"][0], shown);
    let expected = json!({
        "id": bob.user.id, "name": "Bob", "email": "bob@example.com", "role": "member",
        "joined_at": app.now(), "live_keys": 0,
    });
    assert_eq!(shown, expected);

    let changed = patch(&mut client, &one, json!({"role": "admin"})).await;
    assert_eq!((changed.status, changed.json()["role"].clone()), (StatusCode::OK, json!("admin")));
    for (body, status) in [
        (json!({"role": "admin"}), 422),
        (json!({"role": "emperor"}), 422),
        (json!({"role": "viewer", "keys": {"hand_over_to": "bob"}}), 422),
        (json!({"role": "viewer", "plan": "team"}), 422),
        (json!({}), 422),
    ] {
        assert_eq!(patch(&mut client, &one, body.clone()).await.status.as_u16(), status, "{body}");
    }
    let me = format!("{MEMBERS}/{}", ada.user.id);
    let last = patch(&mut client, &me, json!({"role": "viewer"})).await;
    assert_eq!((last.status, last.json()["error"].clone()), (StatusCode::CONFLICT, json!("conflict")));
    assert_eq!(client.delete(&me).await.status, StatusCode::CONFLICT);
    assert_eq!(client.delete(&format!("{one}?hand_over_to=x")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(client.delete(&one).await.status, StatusCode::OK);
    assert_eq!(client.delete(&one).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rest_makes_lists_and_revokes_invitations() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let made = client.post_json(INVITATIONS, json!({"email": "nora@example.com", "role": "viewer"})).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"));
    let at = made.header("location").to_owned();
    let body = made.json();
    assert_eq!(at, format!("{INVITATIONS}/{}", body["id"].as_str().expect("an id")));
    let url = body["url"].as_str().expect("a link").to_owned();
    assert!(url.starts_with("http://127.0.0.1:3000/invite?token="), "{url}");
    let expected = json!({
        "id": body["id"], "email": "nora@example.com", "role": "viewer", "status": "open",
        "invited_by": "Ada Lovelace", "created_at": app.now(), "expires_at": app.now() + TimeDelta::days(7),
    });
    assert_eq!(client.get(&at).await.json(), expected);
    assert_eq!(client.get(INVITATIONS).await.json(), json!({"data": [expected], "meta": {"next_cursor": null}}));
    for bad in [
        json!({"email": "nora@example.com", "role": "viewer"}),
        json!({"email": "ada@example.com", "role": "viewer"}),
        json!({"email": "nobody", "role": "viewer"}),
        json!({"email": "a@example.com", "role": "emperor"}),
        json!({"email": "a@example.com", "role": "viewer", "token": "mine"}),
    ] {
        assert_eq!(client.post_json(INVITATIONS, bad.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(client.delete(&at).await.json()["status"], "revoked");
    assert_eq!(client.delete(&at).await.status, StatusCode::NOT_FOUND);
    let token = url.rsplit('=').next().expect("a token");
    assert_eq!(app.anonymous().get(&format!("/invite?token={token}")).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn common_14_strangers_find_nothing_and_who_may_only_look_changes_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let eve = app.world.neighbour("Eve", "pro").await;
    invite(&app, &ada, "nora@example.com", "viewer").await;
    let id = app.session(&ada).await.get(INVITATIONS).await.json()["data"][0]["id"].as_str().expect("an id").to_owned();
    let (mut eve, mut bob_client, mut nobody) = (app.session(&eve).await, app.session(&bob).await, app.anonymous());
    for path in [
        MEMBERS.to_owned(),
        format!("{MEMBERS}/{}", ada.user.id),
        INVITATIONS.to_owned(),
        format!("{INVITATIONS}/{id}"),
        "/w/acme/members".to_owned(),
        "/w/acme/members/invite".to_owned(),
        format!("/w/acme/members/{}/remove", bob.user.id),
        format!("/w/acme/members/{}/role", bob.user.id),
        format!("/w/acme/members/invitations/{id}/revoke"),
        "/w/acme/plan".to_owned(),
    ] {
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        let stranger = nobody.get(&path).await.status;
        assert!(matches!(stranger, StatusCode::UNAUTHORIZED | StatusCode::SEE_OTHER), "{path}");
    }
    for (there, ours) in [("eve-ltd", &ada.user.id.to_string()), ("eve-ltd", &"user_1".to_owned())] {
        let foreign = eve.delete(&format!("/api/v1/workspaces/{there}/members/{ours}")).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{ours}");
    }
    assert_eq!(eve.delete(&format!("/api/v1/workspaces/eve-ltd/invitations/{id}")).await.status, StatusCode::NOT_FOUND);

    let other = format!("{MEMBERS}/{}", ada.user.id);
    assert_eq!(bob_client.delete(&other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(patch(&mut bob_client, &other, json!({"role": "viewer"})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob_client.delete(&format!("{INVITATIONS}/{id}")).await.status, StatusCode::FORBIDDEN);
    let new = [("email", "x@example.com"), ("role", "viewer")];
    assert_eq!(bob_client.form("/w/acme/members/invite", &new).await.status, StatusCode::FORBIDDEN);
    let role = [("role", "owner")];
    let promote = format!("/w/acme/members/{}/role", bob.user.id);
    assert_eq!(bob_client.form(&promote, &role).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_leaves_goes_where_they_still_are() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let mut client = app.session(&bob).await;
    assert_eq!(client.get("/").await.header("location"), "/w/acme/keys");
    let question = client.get(&format!("/w/acme/members/{}/remove", bob.user.id)).await;
    assert!(text(&question.text).contains("Leave Acme?"));
    let left = client.form(&format!("/w/acme/members/{}/remove", bob.user.id), &[]).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(client.get("/").await.header("location"), "/workspaces");
    let nowhere = client.get("/workspaces").await;
    assert!(text(&nowhere.text).contains("You are a member of no workspace"), "{}", nowhere.text);
    assert!(nowhere.text.contains("You have left Acme."));
}

#[tokio::test]
async fn whoever_has_several_workspaces_finds_the_way_between_them() {
    let (app, ada) = TestApp::lodol().await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let mut alone = app.session(&ada).await;
    assert!(!alone.get("/w/acme/keys").await.text.contains("switch to another"));
    app.world.join(&ada.workspace, &eve.user, "viewer").await;
    let mut client = app.session(&eve).await;
    assert_eq!(client.get("/").await.header("location"), "/w/acme/keys", "the first by name");
    assert!(client.get("/w/eve-ltd/keys").await.text.contains("switch to another"));
    assert_eq!(client.get("/").await.header("location"), "/w/eve-ltd/keys", "the last visited");
    let all = text(&client.get("/workspaces").await.text);
    for words in ["Acme", "Pro plan · Viewer", "Eve Ltd", "Pro plan · Owner", "Last visited"] {
        assert!(all.contains(words), "{words}: {all}");
    }
    assert_eq!(all.matches("Leave").count(), 1, "nobody is offered to leave where they are the last owner: {all}");
    client.cookies.insert("keywright_place".into(), "../evil".into());
    assert_eq!(client.get("/").await.header("location"), "/w/acme/keys", "a wish, no more");
}

#[tokio::test]
async fn the_plan_page_says_what_is_used_and_who_changes_it() {
    let (app, ada) = TestApp::lodol().await;
    app.make_key(&ada, "ci", &["workflows:read"]).await;
    let page = app.session(&ada).await.get("/w/acme/plan").await;
    let said = text(&page.text);
    for words in [
        "15 per minute, shared by all keys",
        "5 running at once",
        "1 of 3 keys",
        "Enterprise",
        "20 keys",
        "Current",
        "Your plan is set by Lodol; ask them to change it.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}
