//! Claiming an instance.

use crate::app::TestApp;
use axum::http::StatusCode;

const FORM: [(&str, &str); 5] = [
    ("name", "Ada Lovelace"),
    ("email", "ada@example.com"),
    ("password", "violet umbrella tractor"),
    ("workspace", "Acme"),
    ("plan", "pro"),
];

async fn link(app: &TestApp) -> String {
    let link = app.world.services.accounts.setup_link().await.expect("a database").expect("a link");
    link.token().to_owned()
}

#[tokio::test]
async fn the_first_owner_claims_the_instance_once() {
    let app = TestApp::empty("lodol", &[]).await;
    let token = link(&app).await;
    let mut client = app.anonymous();
    assert_eq!(client.get(&format!("/setup?token={token}")).await.status, StatusCode::OK);
    let mut form = FORM.to_vec();
    form.push(("token", &token));
    let done = client.form("/setup", &form).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/w/acme/keys"));
    assert_eq!(client.get("/w/acme/keys").await.status, StatusCode::OK, "and is signed in");

    let mut stranger = app.anonymous();
    assert_eq!(stranger.get(&format!("/setup?token={token}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.form("/setup", &form).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_the_token_nobody_claims_it() {
    let app = TestApp::empty("lodol", &[]).await;
    link(&app).await;
    let mut stranger = app.anonymous();
    for path in ["/setup", "/setup?token=", "/setup?token=guess"] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(stranger.form("/setup", &FORM).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_without_the_password() {
    let app = TestApp::empty("lodol", &[]).await;
    let token = link(&app).await;
    let form = [
        ("token", token.as_str()),
        ("name", "Ada <b>"),
        ("email", "ada@example.com"),
        ("password", "password1234"),
        ("workspace", "Acme"),
        ("plan", "no such plan"),
    ];
    let mut client = app.anonymous();
    let refused = client.form("/setup", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Ada &lt;b&gt;") && refused.text.contains("ada@example.com"));
    assert!(!refused.text.contains("password1234"));
    assert!(refused.text.contains("common") || refused.text.contains("easy to guess"), "the reason is said");
    let forged = [form.as_slice(), &[("user", "user_1")]].concat();
    assert_eq!(client.form("/setup", &forged).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.world.services.accounts.setup_is_open(&token).await.is_ok_and(|open| open));
}
