//! What no honest client sends.

use crate::{
    app::{Answer, Client, GATE_TOKEN, TestApp},
    wire::Site,
};
use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Method, StatusCode, Uri, header::AUTHORIZATION},
};
use keywright_core::{actor::Actor, keys::CreatedKey, profile::Profile};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::net::TcpListener;

const WORKFLOWS: &str = "/api/v1/workflows";

/// An upstream that counts what reaches it.
async fn counting() -> (SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let reached = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&reached);
    let count = move || {
        let counted = Arc::clone(&counted);
        async move { counted.fetch_add(1, Ordering::SeqCst).to_string() }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(count)).await });
    (address, reached)
}

struct Gated {
    app: TestApp,
    made: CreatedKey,
    reached: Arc<AtomicU32>,
}

async fn gated(profile: &str, scopes: &[&str]) -> (Gated, Actor) {
    let (address, reached) = counting().await;
    let plan = if profile == "lodol" { "enterprise" } else { "pro" };
    let (app, ada) = TestApp::owned(profile, plan, &[("KEYWRIGHT_UPSTREAM", &format!("http://{address}"))]).await;
    let made = app.make_key(&ada, "ci", scopes).await;
    (Gated { app, made, reached }, ada)
}

impl Gated {
    /// At both doors that a key comes to; they must agree.
    async fn at_both(&self, client: impl Fn(Client) -> Client) -> StatusCode {
        let gateway = client(self.app.anonymous()).get(WORKFLOWS).await;
        let proxy = self.app.proxy().with("x-forwarded-method", "GET").with("x-forwarded-uri", WORKFLOWS);
        let auth = client(proxy).get("/gate/auth").await;
        assert_eq!(gateway.status, auth.status, "{} {}", gateway.text, auth.text);
        gateway.status
    }

    fn reached(&self) -> u32 {
        self.reached.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn keys_of_any_size_and_of_any_bytes_are_unknown_and_cost_no_look_up() {
    let (gated, _) = gated("lodol", &["workflows:read"]).await;
    let good = gated.made.secret.expose().to_owned();
    // Without a database a look-up is a 503, not a 401.
    gated.app.world.test_db.db.close().await;
    let large = format!("sk_live_{}", "a".repeat(256 * 1024));
    let longer = format!("{good}{}", "0".repeat(256 * 1024));
    let bytes: [&[u8]; 8] = [
        large.as_bytes(),
        longer.as_bytes(),
        &[b's'; 256 * 1024],
        "sk_live_schlüssel".as_bytes(),
        b"sk_live_\xff\xfe",
        b"sk_live_\t\t\t",
        b"%00%00%00",
        "\u{ff53}\u{ff4b}_live_".as_bytes(),
    ];
    for key in bytes {
        let value = HeaderValue::from_bytes(&[b"Bearer ", key].concat()).expect("a header can carry it");
        let status = gated.at_both(|client| client.with_header(AUTHORIZATION, value.clone())).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{:?}", &key[..key.len().min(20)]);
    }
    let mut backend = gated.app.key(GATE_TOKEN);
    for key in [&*large, "sk_live_\u{0}", "\u{0}", "", "ключ", "\u{202e}sk_live_"] {
        let answer = backend.post_json("/gate/verify", json!({"key": key, "scopes": []})).await;
        let known: (u16, Value) = (answer.status.as_u16(), answer.json());
        // A body has its own limit.
        let expected = if key.len() > 64 * 1024 { 413 } else { 200 };
        assert!(known.0 == expected && known.1["valid"] != json!(true), "{} {}", known.0, known.1);
    }
    assert_eq!(gated.reached(), 0);
}

#[tokio::test]
async fn common_06_two_credentials_are_refused_and_two_carriers_only_if_they_differ() {
    let (gated, _) = gated("skaala", &["read:bookings"]).await;
    let secret = gated.made.secret.expose().to_owned();
    let bearer = format!("Bearer {secret}");
    let path = "/api/v1/bookings";
    let ask = async |headers: &[(&str, &str)]| {
        let client = headers.iter().fold(gated.app.anonymous(), |client, (name, value)| client.with(name, value));
        let mut client = client;
        client.get(path).await.status.as_u16()
    };
    assert_eq!(ask(&[("authorization", &bearer)]).await, 200);
    assert_eq!(ask(&[("x-api-key", &secret)]).await, 200);
    assert_eq!(ask(&[("authorization", &bearer), ("x-api-key", &secret)]).await, 200, "one key, said twice");
    let before = gated.reached();
    let refused: [&[(&str, &str)]; 8] = [
        &[("authorization", &*bearer), ("x-api-key", "another")],
        &[("authorization", "Bearer another"), ("x-api-key", &secret)],
        &[("authorization", &bearer), ("authorization", &bearer)],
        &[("authorization", &bearer), ("authorization", "Basic eDp5")],
        &[("x-api-key", &secret), ("x-api-key", &secret)],
        &[("authorization", "Bearer")],
        &[("authorization", "Bearer ")],
        &[("authorization", "Bearer"), ("x-api-key", &secret)],
    ];
    for two in refused {
        assert_eq!(ask(two).await, 400, "{two:?}");
    }
    assert_eq!(gated.reached(), before);
}

/// Each is another way to write a path that the gate must not read as one of its routes.
const TRICKS: [&str; 26] = [
    "//api/v1/workflows",
    "/api//v1/workflows",
    "/api/v1//workflows",
    "/api/v1/workflows/",
    "/api/v1/workflows//",
    "/api/v1/workflows/.",
    "/api/v1/workflows/..",
    "/api/v1/./workflows",
    "/api/v1/../v1/workflows",
    "/api/v1/executions/../workflows",
    "/api/v1/%2e%2e/v1/workflows",
    "/api/v1/%2E/workflows",
    "/api/v1%2fworkflows",
    "/api%2Fv1%2Fworkflows",
    "/%61pi/v1/workflows",
    "/api/v1/work%66lows",
    "/api/v1/workflows%2f",
    "/api/v1/workflows%00",
    "/api/v1/workflows%3Fpage=1",
    "/api/v1/workflows;jsessionid=1",
    "/api/v1/workflows\\run",
    "/API/v1/workflows",
    "/Api/V1/Workflows",
    "/api/v1/WORKFLOWS",
    "/api/v1/workflows%20",
    "/api/v1/workflows%252f",
];

#[tokio::test]
async fn a_path_that_could_be_read_in_two_ways_is_no_route_and_never_reaches_the_api() {
    let (gated, _) = gated("lodol", &["workflows:read", "workflows:execute", "executions:read"]).await;
    let secret = gated.made.secret.expose().to_owned();
    assert_eq!(gated.app.key(&secret).get(WORKFLOWS).await.status, StatusCode::OK);
    let bearer = format!("Bearer {secret}");
    let mut backend = gated.app.key(GATE_TOKEN);
    for path in TRICKS {
        if path.parse::<Uri>().is_ok() {
            let answer: Answer = gated.app.key(&secret).get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text);
        }
        let proxy = gated.app.proxy().with("authorization", &bearer);
        let mut proxy = proxy.with("x-forwarded-method", "GET").with("x-forwarded-uri", path);
        assert_eq!(proxy.get("/gate/auth").await.status, StatusCode::NOT_FOUND, "{path}");
        let nginx = proxy.get("/gate/auth/nginx").await;
        assert_eq!((nginx.status, nginx.header("x-keywright-status")), (StatusCode::FORBIDDEN, "404"), "{path}");
        let asked = json!({"key": secret, "method": "GET", "path": path});
        assert_eq!(backend.post_json("/gate/verify", asked).await.json()["code"], "not_found", "{path}");
    }
    assert_eq!(gated.reached(), 1, "only the good one");
}

#[tokio::test]
async fn a_proxy_lets_nothing_through_that_asks_the_api_for_another_method() {
    let (gated, _) = gated("lodol", &["workflows:read"]).await;
    let key = format!("Bearer {}", gated.made.secret.expose());
    let asked = |client: Client| client.with("x-forwarded-method", "GET").with("x-forwarded-uri", WORKFLOWS);
    assert_eq!(asked(gated.app.proxy()).with("authorization", &key).get("/gate/auth").await.status, StatusCode::OK);
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "x_http_method_override",
        "x.http.method.override",
    ] {
        let mut client = asked(gated.app.proxy()).with("authorization", &key).with(name, "DELETE");
        assert_eq!(client.get("/gate/auth").await.status, StatusCode::BAD_REQUEST, "{name}");
    }
}

#[tokio::test]
async fn the_method_is_the_one_that_was_sent_whatever_other_fields_say() {
    let (gated, _) = gated("lodol", &["workflows:read"]).await;
    let secret = gated.made.secret.expose().to_owned();
    let run = "/api/v1/workflows/wf_1/run";
    for name in ["x-http-method-override", "x-http-method", "x-method-override", "x-forwarded-method"] {
        let mut client = gated.app.key(&secret).with(name, "POST");
        assert_eq!(client.get(run).await.status, StatusCode::NOT_FOUND, "{name}");
    }
    let queried = gated.app.key(&secret).get(&format!("{run}?_method=POST")).await;
    assert_eq!(queried.status, StatusCode::NOT_FOUND);
    for method in ["get", "Get", "TRACE", "CONNECT", "PATCH", "PROPFIND", "OPTIONS"] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = gated.app.key(&secret).send(method.clone(), WORKFLOWS, None, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method}");
    }
    assert_eq!(gated.reached(), 0);
}

#[tokio::test]
async fn what_is_no_http_at_all_is_refused_by_the_listener_and_others_are_served() {
    let (address, reached) = counting().await;
    let site = Site::start(address, "").await;
    let key = site.made.secret.expose();
    let nul = format!("GET {WORKFLOWS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\0\r\n\r\n");
    let folded = format!("GET {WORKFLOWS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer\r\n {key}\r\n\r\n");
    let spaced = format!("GET {WORKFLOWS} HTTP/1.1\r\nhost: x\r\nauthorization : Bearer {key}\r\n\r\n");
    let smuggled = format!(
        "POST {WORKFLOWS}/wf_1/run HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-length: 4\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\nGET /api/v1/executions HTTP/1.1\r\n\r\n"
    );
    let doubled = format!(
        "POST {WORKFLOWS}/wf_1/run HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-length: 4\r\n\
         content-length: 5\r\n\r\nbody"
    );
    for text in [&nul, &folded, &spaced, &doubled] {
        assert_eq!(site.send(text).await.status().await, 400, "{text}");
    }
    let large =
        format!("GET {WORKFLOWS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", "a".repeat(256 * 1024));
    let answer = site.send(&large).await.until("\r\n\r\n").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    // The length is ignored (RFC 9112 §6.3), and nothing behind the end is taken for a request.
    let answer = site.send(&smuggled).await.rest().await;
    assert!(answer.matches("HTTP/1.1 ").count() == 1 && reached.load(Ordering::SeqCst) <= 1, "{answer}");
    assert_eq!(site.get().await.status().await, 200);
}

#[test]
fn a_route_that_any_key_may_use_has_to_say_so() {
    let text = Profile::built_in("lodol").expect("the profile");
    let open = text.replacen(
        "path = \"/api/v1/workflows\"\nscope = \"workflows:read\"\n",
        "path = \"/api/v1/workflows\"\n",
        1,
    );
    assert_ne!(text, open);
    let faults = Profile::parse("lodol", &open).expect_err("a fault");
    assert!(faults.iter().any(|fault| fault.message.contains("write scope = \"none\"")), "{faults:?}");
}
