//! Browsers that ask whether a page of another site may call the API.

use crate::app::{Answer, Client, TestApp};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use keywright_core::{profile::Profile, testing::World};

const RULE: &str = "[cors]\norigins = [\"https://app.example.com\"]\nheaders = [\"X-Team\"]\nmax_age = 60\n";
const PAGE: &str = "https://app.example.com";

async fn app(rule: &str) -> TestApp {
    let text = Profile::built_in("lodol").expect("the profile");
    let profile = Profile::parse("lodol", &format!("{text}\n{rule}")).expect("a good profile");
    TestApp::over(World::of(profile).await, &[("KEYWRIGHT_UPSTREAM", "http://127.0.0.1:9")])
}

/// What a browser sends before a page of this origin may send its request.
fn preflight(app: &TestApp, origin: &str) -> Client {
    app.anonymous()
        .with("origin", origin)
        .with("access-control-request-method", "GET")
        .with("access-control-request-headers", "authorization")
}

async fn options(mut client: Client, path: &str) -> Answer {
    client.send(Method::OPTIONS, path, None, Body::empty()).await
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_key_by_the_profiles_rule() {
    let app = app(RULE).await;
    let answer = options(preflight(&app, PAGE), "/api/v1/workflows").await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let fields =
        ["access-control-allow-origin", "vary", "access-control-allow-methods", "access-control-allow-headers"];
    assert_eq!(fields.map(|name| answer.header(name)), [PAGE, "Origin", "GET", "authorization, content-type, X-Team"]);
    assert_eq!((answer.header("access-control-max-age"), answer.header("x-keywright-key-id")), ("60", ""));
    assert_eq!(options(preflight(&app, PAGE), "/api/v1/workflows/wf_1/run").await.header(fields[2]), "POST");
}

#[tokio::test]
async fn a_preflight_from_elsewhere_or_for_no_route_is_refused() {
    let app = app(RULE).await;
    for origin in ["https://evil.example", "https://app.example.com.evil.example", "http://app.example.com", "null"] {
        let answer = options(preflight(&app, origin), "/api/v1/workflows").await;
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (StatusCode::FORBIDDEN, ""),
            "{origin}"
        );
    }
    assert_eq!(options(preflight(&app, PAGE), "/api/v1/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(options(preflight(&app, PAGE), "/api/v1//workflows").await.status, StatusCode::NOT_FOUND);
    // No preflight, but a request with a method that the path does not have.
    assert_eq!(options(app.anonymous().with("origin", PAGE), "/api/v1/workflows").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_answer_can_be_read_by_the_pages_of_the_rule_and_by_no_other() {
    let app = app(RULE).await;
    let ada = app.world.claim("pro").await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut page = app.key(made.secret.expose()).with("origin", PAGE);
    let passed = page.get("/api/v1/workflows").await;
    assert_eq!((passed.status, passed.header("access-control-allow-origin")), (StatusCode::BAD_GATEWAY, PAGE));
    assert!(passed.header("access-control-expose-headers").contains("X-RateLimit-Remaining"));
    let refused = app.anonymous().with("origin", PAGE).get("/api/v1/workflows").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (StatusCode::UNAUTHORIZED, PAGE));
    let nowhere = app.anonymous().with("origin", PAGE).get("/api/v1/nothing").await;
    assert_eq!((nowhere.status, nowhere.header("access-control-allow-origin")), (StatusCode::NOT_FOUND, PAGE));
    let mut other = app.key(made.secret.expose()).with("origin", "https://evil.example");
    let unread = other.get("/api/v1/workflows").await;
    assert_eq!((unread.header("access-control-allow-origin"), unread.header("vary")), ("", "Origin"));
}

#[tokio::test]
async fn a_proxy_lets_a_preflight_of_the_rule_through_as_from_nobody() {
    let app = app(RULE).await;
    let ask = async |origin: &str, uri: &str| {
        let asked = [("x-forwarded-method", "OPTIONS"), ("x-forwarded-uri", uri), ("origin", origin)];
        let proxy = asked.into_iter().fold(app.proxy(), |proxy, (name, value)| proxy.with(name, value));
        proxy.with("access-control-request-method", "GET").get("/gate/auth").await
    };
    let passed = ask(PAGE, "/api/v1/workflows?page=2").await;
    assert_eq!((passed.status, passed.text.as_str()), (StatusCode::OK, ""));
    for name in ["key-id", "workspace-id", "user-id", "scopes", "principal"] {
        assert_eq!(passed.headers.get(format!("x-keywright-{name}")).map(|value| value.len()), Some(0), "{name}");
    }
    assert_eq!(ask("https://evil.example", "/api/v1/workflows").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(PAGE, "/api/v1/nothing").await.status, StatusCode::NOT_FOUND);
    let mut envoy = preflight(&app, PAGE);
    envoy.peer = app.proxy().peer;
    assert_eq!(options(envoy, "/gate/ext-authz/api/v1/workflows").await.status, StatusCode::OK);
    // What a page then sends needs a key like everything else, and what it is told it can read.
    let page = app.proxy().with("x-forwarded-method", "GET").with("x-forwarded-uri", "/api/v1/workflows");
    let refused = page.with("origin", PAGE).get("/gate/auth").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (StatusCode::UNAUTHORIZED, PAGE));
    let page =
        app.proxy().with("x-forwarded-method", "GET").with("x-forwarded-uri", "/api/v1/workflows?access_token=x");
    let refused = page.with("origin", PAGE).get("/gate/auth").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (StatusCode::BAD_REQUEST, PAGE));
}

#[tokio::test]
async fn any_page_may_call_where_the_profile_says_so_and_none_where_it_says_nothing() {
    let open = app("[cors]\norigins = \"*\"\n").await;
    let answer = options(preflight(&open, "https://anybody.example"), "/api/v1/workflows").await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), ("*", ""));
    assert_eq!(answer.header("access-control-max-age"), "600");
    let silent = app("").await;
    let answer = options(preflight(&silent, PAGE), "/api/v1/workflows").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::NOT_FOUND, ""));
    assert_eq!(silent.anonymous().with("origin", PAGE).get("/api/v1/workflows").await.header("vary"), "");
}
