//! What a client that knows nothing but an address can find out.

use crate::{
    app::TestApp,
    oauth::{ISSUER, SERVER, Scene, refused},
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::{Value, json};

const SERVER_DOCUMENT: &str = "/.well-known/oauth-authorization-server";
const RESOURCE_DOCUMENT: &str = "/.well-known/oauth-protected-resource";

#[tokio::test]
async fn skedcast_07_the_servers_document_says_where_everything_is() {
    let (app, _) = TestApp::lodol().await;
    let answer = app.anonymous().get(SERVER_DOCUMENT).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    let methods = json!(["client_secret_basic", "client_secret_post", "none"]);
    assert_eq!(
        answer.json(),
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "http://127.0.0.1:3000/oauth/authorize",
            "token_endpoint": "http://127.0.0.1:3000/oauth/token",
            "jwks_uri": "http://127.0.0.1:3000/.well-known/jwks.json",
            "registration_endpoint": "http://127.0.0.1:3000/oauth/register",
            "revocation_endpoint": "http://127.0.0.1:3000/oauth/revoke",
            "introspection_endpoint": "http://127.0.0.1:3000/oauth/introspect",
            "device_authorization_endpoint": "http://127.0.0.1:3000/auth/device/code",
            "scopes_supported": ["workflows:read", "workflows:execute", "executions:read"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
            "token_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": methods,
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
            "service_documentation": app.world.services.profile.docs_url,
        })
        .as_object()
        .map(|members| members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect())
        .map(Value::Object)
        .expect("an object"),
    );
}

/// Whoever forges `Host` must not get others to talk to their own server.
#[tokio::test]
async fn no_address_is_made_of_what_the_request_says() {
    let (app, _) = TestApp::lodol().await;
    let mut forger = app.anonymous().with("host", "evil.example").with("x-forwarded-host", "evil.example");
    for path in [SERVER_DOCUMENT, RESOURCE_DOCUMENT] {
        assert!(!forger.get(path).await.text.contains("evil.example"), "{path}");
    }
}

#[tokio::test]
async fn skedcast_07_every_address_that_is_named_answers() {
    let (app, _) = TestApp::lodol().await;
    let document = app.anonymous().get(SERVER_DOCUMENT).await.json();
    for (name, method, status) in [
        ("authorization_endpoint", Method::GET, StatusCode::BAD_REQUEST),
        ("token_endpoint", Method::POST, StatusCode::UNAUTHORIZED),
        ("jwks_uri", Method::GET, StatusCode::OK),
        ("revocation_endpoint", Method::POST, StatusCode::UNAUTHORIZED),
        ("introspection_endpoint", Method::POST, StatusCode::UNAUTHORIZED),
        ("device_authorization_endpoint", Method::POST, StatusCode::UNAUTHORIZED),
    ] {
        let path = document[name].as_str().and_then(|url| url.strip_prefix(ISSUER)).expect("an address");
        let answer = app.anonymous().send(method, path, None, Body::empty()).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn where_there_is_no_server_the_answer_is_json_and_not_a_page() {
    let (app, _) = TestApp::lodol().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/mcp",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/oauth-authorization-server/",
    ] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::NOT_FOUND, "application/json"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_resource_is_named_as_clients_were_given_it() {
    let (app, _) = TestApp::lodol().await;
    for (path, resource) in
        [("", ISSUER.to_owned()), ("/mcp", format!("{ISSUER}/mcp")), ("/a/b", format!("{ISSUER}/a/b"))]
    {
        let answer = app.anonymous().get(&format!("{RESOURCE_DOCUMENT}{path}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let document = answer.json();
        assert_eq!((&document["resource"], &document["authorization_servers"]), (&json!(resource), &json!([ISSUER])));
        assert_eq!(document["bearer_methods_supported"], json!(["header"]));
    }
}

#[tokio::test]
async fn documents_may_be_kept_and_are_not_sent_twice() {
    let (app, _) = TestApp::lodol().await;
    for path in [SERVER_DOCUMENT, RESOURCE_DOCUMENT, "/.well-known/jwks.json"] {
        let first = app.anonymous().get(path).await;
        assert_eq!(first.header("cache-control"), "public, max-age=300");
        let tag = first.header("etag").to_owned();
        assert!(tag.len() > 2, "{path}");
        let again = app.anonymous().with("if-none-match", &tag).get(path).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(app.anonymous().with("if-none-match", "\"other\"").get(path).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn pages_of_any_site_may_call_what_apps_in_browsers_need_and_never_the_authorization_endpoint() {
    let scene = Scene::of(SERVER).await;
    let page = scene.app.anonymous().with("origin", "https://app.example");
    let page = page.with("access-control-request-method", "POST");
    for path in [
        SERVER_DOCUMENT,
        RESOURCE_DOCUMENT,
        "/.well-known/jwks.json",
        "/oauth/token",
        "/v1/oauth/token",
        "/oauth/revoke",
    ] {
        let preflight = page.clone().send(Method::OPTIONS, path, None, Body::empty()).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, "*"));
        assert!(preflight.header("access-control-allow-headers").contains("MCP-Protocol-Version"));
        assert_eq!(preflight.header("access-control-allow-credentials"), "", "no cookie counts here");
    }
    let refused_answer = page.clone().form("/oauth/token", &[]).await;
    assert_eq!(refused_answer.header("access-control-allow-origin"), "*", "errors must be readable, too");
    assert_eq!(refused(&refused_answer).0, 401);
    for (method, path) in [
        (Method::OPTIONS, "/oauth/authorize".to_owned()),
        (Method::GET, scene.request(&[])),
        (Method::GET, scene.request(&[("scope", "x")])),
    ] {
        let answer = page.clone().send(method, &path, None, Body::empty()).await;
        assert_eq!(answer.headers.get("access-control-allow-origin"), None, "{path}");
    }
}
