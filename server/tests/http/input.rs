//! Bad input: a clear 4xx in the right shape, and nothing stored.

use crate::app::TestApp;
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::{Value, json};

async fn stored(app: &TestApp, ada: &keywright_core::actor::Actor) -> u64 {
    app.world.services.keys.count(ada).await.expect("a count")
}

#[tokio::test]
async fn json_that_does_not_fit_is_refused_by_member() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let good = json!({"label": "ci", "scopes": ["workflows:read"]});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, field) in [
        (with("label", json!("")), "label"),
        (with("label", json!("   ")), "label"),
        (with("label", json!("k".repeat(81))), "label"),
        (with("label", json!("a\u{0}b")), "label"),
        (with("label", json!("a\u{202e}b")), "label"),
        (with("label", json!(7)), "label"),
        (with("note", json!("n".repeat(501))), "note"),
        (with("scopes", json!([])), "scopes"),
        (with("scopes", json!("")), "scopes"),
        (with("scopes", json!(["workflows:delete"])), "scopes"),
        (with("scopes", json!(["keys:manage"])), "scopes"),
        (with("scopes", json!(7)), "scopes"),
        (with("allowed_ips", json!(["10.0.0.1", 7])), "allowed_ips[1]"),
        (with("expires_in_days", json!(0)), "expires_in_days"),
        (with("expires_in_days", json!(99_999)), "expires_in_days"),
        (with("workspace", json!("ws_1")), "workspace"),
        (with("user", json!("user_1")), "user"),
        (with("plan", json!("enterprise")), "plan"),
        (json!({"scopes": ["workflows:read"]}), "label"),
        (json!([]), "body"),
        (json!(null), "body"),
    ] {
        let refused = client.post_json("/api-keys", body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", refused.text);
        let said = refused.json();
        assert_eq!(said["error"], "validation_failed");
        assert!(said["fields"][field].as_str().is_some_and(|message| message.len() > 10), "{body}: {said}");
    }
    let twice = Body::from(r#"{"label": "a", "label": "b", "scopes": ["workflows:read"]}"#);
    let refused = client.send(Method::POST, "/api-keys", Some("application/json"), twice).await;
    assert!(refused.json()["fields"]["label"].is_string(), "{}", refused.text);
    assert_eq!(stored(&app, &ada).await, 0);
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_in_shape() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let json = Some("application/json");
    for (content_type, body, status, code) in [
        (json, "{", 400, "invalid_request"),
        (json, "", 400, "invalid_request"),
        (json, "\0", 400, "invalid_request"),
        (json, "{\"label\": \"a\", \"label\": \"b\", \"scopes\": []}", 422, "validation_failed"),
        (None, "{}", 415, "unsupported_media_type"),
        (Some("text/plain"), "{}", 415, "unsupported_media_type"),
        (Some("application/x-www-form-urlencoded"), "label=ci", 415, "unsupported_media_type"),
    ] {
        let refused = client.send(Method::POST, "/api-keys", content_type, Body::from(body)).await;
        assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (status, Some(code)), "{body}");
    }
    let large = Body::from(format!("{{\"label\": \"{}\"}}", "k".repeat(1024 * 1024)));
    let refused = client.send(Method::POST, "/api-keys", json, large).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error"].as_str()), (413, Some("body_too_large")));
    let large = Body::from(format!("label={}", "k".repeat(1024 * 1024)));
    let page = client.send(Method::POST, "/w/acme/keys/new", Some("application/x-www-form-urlencoded"), large).await;
    assert_eq!(page.status.as_u16(), 413);
    assert!(page.text.starts_with("<!DOCTYPE html>"));
    assert_eq!(stored(&app, &ada).await, 0);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_where() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let good = [
        ("label", "my <script>alert(1)</script>"),
        ("note", "the note"),
        ("scopes", "workflows:read"),
        ("expiry", "30"),
    ];
    for (changed, value) in [
        ("label", "   "),
        ("label", "a\0b"),
        ("scopes", "workflows:delete"),
        ("expiry", "0"),
        ("expiry", "99999"),
        ("expiry", "soon"),
        ("expiry", "custom"),
    ] {
        let form = good.map(|(name, typed)| (name, if name == changed { value } else { typed }));
        let refused = client.form("/w/acme/keys/new", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{changed}={value:?}");
        assert!(refused.text.contains("the note"), "{changed}");
        assert!(refused.text.contains("field__error"), "{changed}={value:?}");
        assert!(!refused.text.contains("<script>alert"), "typed text is text");
        assert!(changed == "label" || refused.text.contains("my &lt;script&gt;"), "{changed}");
    }
    for past_or_far in ["2020-01-01", "2200-01-01", "tomorrow", "2026-02-30"] {
        let form = [good[0], good[1], good[2], ("expiry", "custom"), ("expires_on", past_or_far)];
        let refused = client.form("/w/acme/keys/new", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{past_or_far}");
    }
    for forged in ["workspace", "user", "plan", "workspace_id"] {
        let form = [good.as_slice(), &[(forged, "x")]].concat();
        assert_eq!(client.form("/w/acme/keys/new", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{forged}");
    }
    assert_eq!(stored(&app, &ada).await, 0);
}

#[tokio::test]
async fn odd_addresses_are_not_found_and_odd_queries_change_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    for path in
        ["/w/%00/keys", "/w/ACME/keys", "/api/v1/workspaces/%00/api-keys", "/api-keys/%00", "/w/acme/keys/%F0%9F"]
    {
        assert_eq!(client.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/login?next=%2Fa&next=%2Fb", "/setup?token=a&token=b", "/api-keys?limit=1&limit=2"] {
        let status = app.anonymous().get(path).await.status.as_u16();
        assert!([200, 401, 404].contains(&status), "{path}: {status}");
    }
    let health = app.anonymous().send(Method::POST, "/health/live", None, Body::empty()).await;
    assert_eq!((health.status.as_u16(), health.json()["error"].as_str()), (405, Some("method_not_allowed")));
}

#[tokio::test]
async fn a_member_without_the_right_gets_the_refusal_and_no_form() {
    let (app, ada) = TestApp::lodol().await;
    app.make_key(&ada, "ci", &["workflows:read"]).await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let mut bob = app.session(&bob).await;
    for extra in [("confirmed", ""), ("plan", "enterprise")] {
        let form = [("label", "ci"), ("scopes", "workflows:read"), ("expiry", "never"), extra];
        assert_eq!(bob.form("/w/acme/keys/new", &form).await.status, StatusCode::FORBIDDEN, "{extra:?}");
    }
}

#[tokio::test]
async fn the_same_label_is_pointed_out_and_then_allowed() {
    let (app, ada) = TestApp::lodol().await;
    app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut client = app.session(&ada).await;
    let form = [("label", "ci"), ("scopes", "workflows:read"), ("expiry", "never")];
    let asked = client.form("/w/acme/keys/new", &form).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.text.contains("name=\"confirmed\""));
    let again = [form.as_slice(), &[("confirmed", "1")]].concat();
    assert_eq!(client.form("/w/acme/keys/new", &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&app, &ada).await, 2);
}
