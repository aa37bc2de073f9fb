//! The forms of the key pages: what they take, what they give back, and what they must not let through.

use crate::app::{Answer, Client, TestApp};
use axum::http::StatusCode;
use chrono::TimeDelta;
use keywright_core::{actor::Actor, ids::KeyId, keys::KeyForm, secret::to_hex, testing::key_form};

const READ: &[&str] = &["workflows:read"];

/// Ada's instance, a key of hers, and her browser.
async fn with_key() -> (TestApp, Actor, KeyId, Client) {
    let (app, ada) = TestApp::owned("default", "growth", &[]).await;
    let id = app.make_key(&ada, "ci", READ).await.key.id;
    let client = app.session(&ada).await;
    (app, ada, id, client)
}

fn path(id: KeyId, rest: &str) -> String {
    format!("/w/acme/keys/{id}{rest}")
}

/// The version that a form was opened on.
fn version(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("name=\"version\" value=\"").expect("a version");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// What a person reads.
fn text(page: &Answer) -> String {
    page.text.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

#[tokio::test]
async fn a_key_is_changed_by_its_form_and_the_form_comes_back_with_what_was_typed() {
    let (app, ada, id, mut client) = with_key().await;
    let page = client.get(&path(id, "/edit")).await;
    let version = version(&page);
    let good = [
        ("label", "deploy"),
        ("note", "in the vault"),
        ("scopes", "workflows:read"),
        ("scopes", "executions:read"),
        ("networks", "203.0.113.0/24"),
        ("version", version.as_str()),
    ];
    for (field, wrong) in [
        ("label", ""),
        ("label", "a\u{202e}b"),
        ("scopes", "workflows:delete"),
        ("networks", "office"),
        ("networks", "10.0.0.0/99"),
    ] {
        let form = good.map(|(name, value)| (name, if name == field { wrong } else { value }));
        let refused = client.form(&path(id, "/edit"), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={wrong:?}");
        assert!(refused.text.contains("field__error") && refused.text.contains("in the vault"), "{field}={wrong:?}");
        assert!(field == "networks" || refused.text.contains("203.0.113.0/24"), "{field}={wrong:?}");
    }
    let nothing = [("label", "deploy"), ("note", "in the vault"), ("version", version.as_str())];
    assert_eq!(client.form(&path(id, "/edit"), &nothing).await.status, StatusCode::UNPROCESSABLE_ENTITY, "no scope");
    let forged = [good.as_slice(), &[("owner", "user_1")]].concat();
    assert_eq!(client.form(&path(id, "/edit"), &forged).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let done = client.form(&path(id, "/edit"), &good).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path(id, "").as_str()));
    let key = app.world.services.keys.get(&ada, id).await.expect("the key");
    assert_eq!((key.label.as_str(), key.scopes.len(), key.networks.len()), ("deploy", 2, 1));
    let shown = client.get(&path(id, "")).await;
    assert!(shown.text.contains("“deploy” is changed.") && shown.text.contains("203.0.113.0/24"));
}

#[tokio::test]
async fn a_form_that_was_opened_before_a_change_says_by_whom_it_was_and_saves_nothing() {
    let (app, ada, id, mut client) = with_key().await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;
    let mut grace = app.session(&grace).await;
    let (mine, hers) = (client.get(&path(id, "/edit")).await, grace.get(&path(id, "/edit")).await);
    let form = |label: &'static str, page: &Answer| {
        [("label", label.to_owned()), ("scopes", "workflows:read".to_owned()), ("version", version(page))]
    };
    let hers = form("hers", &hers);
    let first = grace.form(&path(id, "/edit"), &hers.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);

    let mine = form("mine", &mine);
    let stale = client.form(&path(id, "/edit"), &mine.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(text(&stale).contains("changed meanwhile by Grace"), "{}", text(&stale));
    assert!(stale.text.contains("value=\"mine\"") && stale.text.contains("hers"));
    assert_eq!(app.world.services.keys.get(&ada, id).await.expect("the key").label, "hers");
    let again = [("label", "mine"), ("scopes", "workflows:read"), ("version", &version(&stale))];
    assert_eq!(client.form(&path(id, "/edit"), &again).await.status, StatusCode::SEE_OTHER, "seen and meant");

    for action in ["/disable", "/revoke", "/rotate"] {
        let late = client.form(&path(id, action), &[("version", "1")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{action}");
        assert!(text(&late).contains("changed meanwhile by"), "{action}");
    }
    let garbage = client.form(&path(id, "/disable"), &[("version", "x")]).await;
    assert_eq!(garbage.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_form_edited_to_reach_further_is_refused_and_written_down() {
    let (app, ada, id, mut client) = with_key().await;
    let dev = app.world.member(&ada.workspace, "Dev", "developer").await;
    let mut dev = app.session(&dev).await;
    let beyond = [("label", "mine"), ("scopes", "workflows:write"), ("expiry", "never")];
    let refused = dev.form("/w/acme/keys/new", &beyond).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("does not include workflows:write"), "{}", text(&refused));
    let wider = [("label", "ci"), ("scopes", "workflows:read"), ("scopes", "workflows:write")];
    let refused = dev.form(&path(id, "/edit"), &wider).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("does not include workflows:write"));
    assert_eq!(app.world.services.keys.get(&ada, id).await.expect("the key").scopes, READ);
    let log = text(&client.get("/w/acme/audit").await);
    assert!(log.contains("Tried to create a key") && log.contains("Tried to change a key"), "{log}");
}

#[tokio::test]
async fn another_workspaces_key_is_not_there() {
    let (app, _ada, _id, mut client) = with_key().await;
    let eve = app.world.neighbour("Eve", "growth").await;
    let hers = app.make_key(&eve, "hers", READ).await;
    let id = hers.key.id;
    for rest in ["", "/edit", "/rotate", "/revoke"] {
        assert_eq!(client.get(&path(id, rest)).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
    assert_eq!(client.get(&format!("/w/acme/keys/new?like={id}")).await.status, StatusCode::NOT_FOUND);
    let edit = [("label", "mine"), ("scopes", "workflows:read")];
    assert_eq!(client.form(&path(id, "/edit"), &edit).await.status, StatusCode::NOT_FOUND);
    let actions =
        ["/disable", "/enable", "/revoke", "/rotate", "/rotation/finish", "/rotation/extend", "/rotation/undo"];
    for rest in actions {
        assert_eq!(client.form(&path(id, rest), &[]).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
    let id_text = id.to_string();
    for confirmed in ["", "1"] {
        let form = [("work", "revoke"), ("key", id_text.as_str()), ("confirmed", confirmed)];
        assert_eq!(client.form("/w/acme/keys/bulk", &form).await.status, StatusCode::NOT_FOUND);
    }
    let hash = to_hex(hers.secret.hash().as_bytes());
    let found = client.form("/w/acme/keys/find", &[("hash", &hash)]).await;
    assert!(text(&found).contains("No key of this workspace has this secret."));
    let log = text(&client.get("/w/acme/audit").await);
    assert!(log.contains("Tried to change a key") && log.contains("Tried to rotate a key"), "{log}");
    let key = app.world.services.keys.get(&eve, id).await.expect("her key");
    assert!(key.revoked_at.is_none() && key.disabled_at.is_none() && key.rotation.is_none() && key.label == "hers");
}

#[tokio::test]
async fn who_may_only_see_keys_is_refused_every_form() {
    let (app, ada, id, _) = with_key().await;
    let viewer = app.world.member(&ada.workspace, "Vera", "viewer").await;
    let mut viewer = app.session(&viewer).await;
    for rest in ["/edit", "/rotate", "/revoke"] {
        assert_eq!(viewer.get(&path(id, rest)).await.status, StatusCode::FORBIDDEN, "{rest}");
    }
    for rest in
        ["/edit", "/disable", "/enable", "/revoke", "/rotate", "/rotation/finish", "/rotation/extend", "/rotation/undo"]
    {
        for extra in [("version", "1"), ("forged", "1")] {
            assert_eq!(viewer.form(&path(id, rest), &[extra]).await.status, StatusCode::FORBIDDEN, "{rest} {extra:?}");
        }
    }
    let id_text = id.to_string();
    for confirmed in ["", "1"] {
        let form = [("work", "disable"), ("key", id_text.as_str()), ("confirmed", confirmed)];
        assert_eq!(viewer.form("/w/acme/keys/bulk", &form).await.status, StatusCode::FORBIDDEN);
    }
    let page = viewer.get(&path(id, "")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("/disable") && !page.text.contains("/rotate"));
}

#[tokio::test]
async fn a_key_is_switched_off_and_on_by_one_click() {
    let (_app, _ada, id, mut client) = with_key().await;
    let off = client.form(&path(id, "/disable"), &[("version", "1")]).await;
    assert_eq!((off.status, off.header("location")), (StatusCode::SEE_OTHER, path(id, "").as_str()));
    let page = client.get(&path(id, "")).await;
    assert!(text(&page).contains("“ci” is disabled.") && page.text.contains(&path(id, "/enable")));
    let twice = client.form(&path(id, "/disable"), &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(text(&twice).contains("disabled"), "the page shows how it is");
    assert_eq!(client.form(&path(id, "/enable"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(client.get(&path(id, "")).await.text.contains("Active"));
}

#[tokio::test]
async fn a_reason_is_kept_and_a_bad_one_comes_back() {
    let (_app, _ada, id, mut client) = with_key().await;
    let long = "x".repeat(201);
    let refused = client.form(&path(id, "/revoke"), &[("reason", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains(&long) && refused.text.contains("reason-error"));
    assert_eq!(client.form(&path(id, "/revoke"), &[("reason", "<i>Leaked</i>")]).await.status, StatusCode::SEE_OTHER);
    assert!(client.get(&path(id, "")).await.text.contains("&lt;i&gt;Leaked&lt;/i&gt;"));
    let twice = client.form(&path(id, "/revoke"), &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(text(&twice).contains("This key is revoked already."));
    let edit = client.form(&path(id, "/edit"), &[("label", "ci"), ("scopes", "workflows:read")]).await;
    assert_eq!(edit.status, StatusCode::CONFLICT);
    for rest in ["/edit", "/rotate"] {
        assert_eq!(client.get(&path(id, rest)).await.header("location"), path(id, ""), "{rest}");
    }
}

#[tokio::test]
async fn a_rotated_key_shows_its_new_secret_once_and_both_until_the_old_one_stops() {
    let (app, ada, id, mut client) = with_key().await;
    let old = app.world.services.keys.get(&ada, id).await.expect("the key").masked();
    for (field, wrong) in [("grace", "soon"), ("grace", "-1"), ("grace", "99999999"), ("hours", "many")] {
        let form = [("grace", if field == "grace" { wrong } else { "custom" }), ("hours", wrong)];
        let refused = client.form(&path(id, "/rotate"), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={wrong}");
        assert!(refused.text.contains(&format!("{field}-error")), "{field}={wrong}");
    }
    let done = client.form(&path(id, "/rotate"), &[("grace", "86400")]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path(id, "").as_str()));
    let cookie = done.set_cookie("keywright_reveal").expect("a sealed cookie");
    assert!(cookie.contains("SameSite=Strict") && !cookie.contains("sk_live_"));
    let shown = client.get(&path(id, "")).await;
    assert!(shown.text.contains("Authorization: Bearer sk_live_") && shown.text.contains(&old));
    let page = client.get(&path(id, "")).await;
    assert!(!page.text.contains("Authorization: Bearer sk_live_"), "once");
    assert!(page.text.contains(&old) && page.text.contains("rotation/undo"));

    let twice = client.form(&path(id, "/rotate"), &[("grace", "0")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(text(&twice).contains("is being rotated already"));
    let wrong = client.form(&path(id, "/rotation/extend"), &[("grace", "soon")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("grace-error"));
    let longer = client.form(&path(id, "/rotation/extend"), &[("grace", "604800")]).await;
    assert_eq!(longer.status, StatusCode::SEE_OTHER);
    let key = app.world.services.keys.get(&ada, id).await.expect("the key");
    assert_eq!(key.rotation.expect("two secrets").ends_at, app.now() + TimeDelta::days(7));
    assert_eq!(client.form(&path(id, "/rotation/undo"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.world.services.keys.get(&ada, id).await.expect("the key").masked(), old);
    assert_eq!(client.form(&path(id, "/rotation/finish"), &[]).await.status, StatusCode::CONFLICT, "nothing to finish");
}

#[tokio::test]
async fn whose_role_is_narrower_than_a_key_does_not_get_its_secret() {
    let (app, ada, _, mut client) = with_key().await;
    let wide = app.make_key(&ada, "wide", &["workflows:write"]).await.key.id;
    let dev = app.world.member(&ada.workspace, "Dev", "developer").await;
    let mut dev = app.session(&dev).await;
    let refused = dev.form(&path(wide, "/rotate"), &[("grace", "0")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.set_cookie("keywright_reveal").is_none());
    assert!(refused.text.contains("needs your attention") && refused.text.contains("/rotate\""), "the form says why");
    assert!(app.world.services.keys.get(&ada, wide).await.expect("the key").version == 1);
    assert!(text(&client.get("/w/acme/audit").await).contains("Tried to rotate a key"));
}

#[tokio::test]
async fn many_keys_stop_at_once_after_a_look_at_what_stops() {
    let (app, ada, ci, mut client) = with_key().await;
    let other = app.make_key(&ada, "other", READ).await.key.id;
    let (ci, other) = (ci.to_string(), other.to_string());
    let chosen = [("work", "disable"), ("key", ci.as_str()), ("key", other.as_str())];
    let preview = client.form("/w/acme/keys/bulk", &chosen).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(text(&preview).contains("Disable 2 keys?"));
    assert!(client.get("/w/acme/keys?status=disabled").await.text.contains("No key matches."), "nothing is done yet");
    let confirmed = [chosen.as_slice(), &[("confirmed", "1")]].concat();
    assert_eq!(client.form("/w/acme/keys/bulk", &confirmed).await.header("location"), "/w/acme/keys");
    assert!(text(&client.get("/w/acme/keys").await).contains("2 keys are disabled."));
    let again = client.form("/w/acme/keys/bulk", &chosen).await;
    assert!(text(&again).contains("Nothing to do"));

    let long = "x".repeat(201);
    let revoke = [("work", "revoke"), ("key", ci.as_str()), ("confirmed", "1"), ("reason", long.as_str())];
    let refused = client.form("/w/acme/keys/bulk", &revoke).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains(&long));
    for bad in [
        vec![("work", "revoke")],
        vec![("work", "delete"), ("key", ci.as_str())],
        vec![("work", "revoke"), ("key", ci.as_str()), ("plan", "x")],
    ] {
        assert_eq!(client.form("/w/acme/keys/bulk", &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
    }
    let garbage = [("work", "revoke"), ("key", "key_1")];
    assert_eq!(client.form("/w/acme/keys/bulk", &garbage).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_pasted_key_is_found_by_its_hash_or_its_beginning_and_never_said_again() {
    let (app, ada, _, mut client) = with_key().await;
    let made = app.make_key(&ada, "pasted", READ).await;
    let (secret, page) = (made.secret.expose().to_owned(), path(made.key.id, ""));
    let hash = to_hex(made.secret.hash().as_bytes());
    for (field, value) in
        [("hash", hash.as_str()), ("start", made.key.start.as_str()), ("start", &made.key.masked()), ("start", &secret)]
    {
        let found = client.form("/w/acme/keys/find", &[(field, value)]).await;
        assert_eq!((found.status, found.header("location")), (StatusCode::SEE_OTHER, page.as_str()), "{field}");
    }
    let unknown = format!("{}x", &secret[..secret.len() - 1]);
    let nothing = client.form("/w/acme/keys/find", &[("start", &unknown)]).await;
    assert!(text(&nothing).contains("No key of this workspace has this secret."));
    assert!(!nothing.text.contains(&unknown[14..]), "what is nearly a secret is not said");
    let nothing = client.form("/w/acme/keys/find", &[("start", "sk_live_ZZZZ")]).await;
    assert!(text(&nothing).contains("begins with “sk_live_ZZZZ”"));
    for bad in [("hash", "abc"), ("hash", &hash[1..]), ("start", " "), ("q", "x")] {
        let wrong = client.form("/w/acme/keys/find", &[bad]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
    }
}

#[tokio::test]
async fn a_question_that_is_garbage_is_told_and_what_is_good_of_it_is_asked() {
    let (_app, _ada, _id, mut client) = with_key().await;
    let page = client.get("/w/acme/keys?status=dead&q=ci&sort=random").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("status-error") && page.text.contains("<bdi>ci</bdi>"));
    for cursor in ["x", "ws_00000000000000000000000000000007", "%00"] {
        let page = client.get(&format!("/w/acme/keys?cursor={cursor}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{cursor}");
    }
    let none = client.get("/w/acme/keys?q=zzz").await;
    assert_eq!(none.status, StatusCode::OK);
    assert!(none.text.contains("No key matches."));
}

#[tokio::test]
async fn pages_of_a_filtered_list_stay_filtered() {
    let (app, ada) = TestApp::owned("default", "scale", &[]).await;
    for n in 0..3 {
        app.make_key(&ada, &format!("ci {n}"), READ).await;
    }
    app.make_key(&ada, "other", READ).await;
    let mut client = app.session(&ada).await;
    let page = client.get("/w/acme/keys?q=ci&limit=2").await;
    let (_, rest) =
        page.text.split_once("href=\"/w/acme/keys?q=ci&amp;cursor=").expect("a next page that asks the same");
    let cursor = rest.split('"').next().unwrap_or_default();
    let next = client.get(&format!("/w/acme/keys?q=ci&cursor={cursor}")).await;
    assert!(next.text.contains("<bdi>ci 0</bdi>") && !next.text.contains("<bdi>other</bdi>"));
}

#[tokio::test]
async fn a_form_is_filled_in_from_a_preset_or_from_another_key() {
    let (app, ada, _, mut client) = with_key().await;
    let form = KeyForm { note: "in the vault".into(), networks: "10.0.0.0/8".into(), ..key_form("model", READ) };
    let id = app.world.services.keys.create(&ada, &form).await.expect("a key").key.id;
    let like = client.get(&format!("/w/acme/keys/new?like={id}")).await;
    for words in ["value=\"model\"", "in the vault", "10.0.0.0/8"] {
        assert!(like.text.contains(words), "{words}");
    }
    let checked = |page: &Answer| page.text.matches(" checked").count();
    let (none, all) =
        (client.get("/w/acme/keys/new?preset=none").await, client.get("/w/acme/keys/new?preset=all").await);
    assert_eq!(checked(&all) - checked(&none), 4, "the four scopes of the product");
    for odd in ["?preset=root", "?preset=", "?x=1"] {
        assert_eq!(client.get(&format!("/w/acme/keys/new{odd}")).await.status, StatusCode::OK, "{odd}");
    }
    assert_eq!(client.get("/w/acme/keys/new?like=key_1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_takes_every_tick_away_does_not_get_the_profiles_default() {
    let (app, ada) = TestApp::owned("skillett", "pro", &[]).await;
    assert!(!app.world.services.profile.default_scopes.is_empty());
    let mut client = app.session(&ada).await;
    let refused = client.form("/w/acme/keys/new", &[("label", ""), ("expiry", "never")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Choose at least one scope.") && refused.text.contains("The label cannot be empty."));
}

#[tokio::test]
async fn at_the_plans_limit_the_page_leads_to_the_plan() {
    let (app, ada) = TestApp::owned("default", "starter", &[]).await;
    for label in ["one", "two", "three"] {
        app.make_key(&ada, label, READ).await;
    }
    let mut client = app.session(&ada).await;
    for page in ["/w/acme/keys", "/w/acme/keys/new"] {
        assert!(client.get(page).await.text.contains("href=\"/w/acme/plan\""), "{page}");
    }
    let form = [("label", "four"), ("scopes", "workflows:read"), ("expiry", "never")];
    let refused = client.form("/w/acme/keys/new", &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("value=\"four\"") && refused.text.contains("href=\"/w/acme/plan\""));
}
