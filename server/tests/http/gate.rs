//! The gate's doors for proxies and for backends.

use crate::app::{Answer, GATE_TOKEN, TestApp};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use keywright_core::{page::PageRequest, profile::Profile, testing::World};
use serde_json::{Value, json};

async fn ask(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    let mut proxy = app.proxy().with("x-forwarded-for", "198.51.100.9").with("user-agent", "curl/8.14.1");
    for (name, value) in headers {
        proxy = proxy.with(name, value);
    }
    proxy.get("/gate/auth").await
}

fn workflows(secret: &str) -> Vec<(&'static str, String)> {
    vec![
        ("authorization", format!("Bearer {secret}")),
        ("x-forwarded-method", "GET".to_owned()),
        ("x-forwarded-uri", "/api/v1/workflows?page=2".to_owned()),
    ]
}

async fn ask_for_workflows(app: &TestApp, secret: &str) -> Answer {
    let headers = workflows(secret);
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ask(app, &headers).await
}

#[tokio::test]
async fn a_good_key_gets_an_empty_answer_with_every_identity_header() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read", "executions:read"]).await;
    let answer = ask_for_workflows(&app, made.secret.expose()).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(answer.header("x-keywright-key-id"), made.key.id.to_string());
    assert_eq!(answer.header("x-keywright-workspace-id"), ada.workspace.id.to_string());
    assert_eq!(answer.header("x-keywright-user-id"), ada.user.id.to_string());
    assert_eq!(answer.header("x-keywright-scopes"), "workflows:read executions:read");
}

#[tokio::test]
async fn common_08_refusals_are_json_with_a_challenge() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["executions:read"]).await;
    let request = [("x-forwarded-method", "GET"), ("x-forwarded-uri", "/api/v1/workflows")];

    let missing = ask(&app, &request).await;
    assert_eq!(missing.status, StatusCode::UNAUTHORIZED);
    // The last member is the same for all: where clients of OAuth read on (RFC 9728 §5.1).
    let challenge = |answer: &Answer| {
        let metadata = "http://127.0.0.1:3000/.well-known/oauth-protected-resource/api/v1/workflows";
        let rest = format!(", resource_metadata=\"{metadata}\"");
        answer.header("www-authenticate").strip_suffix(&rest).map(str::to_owned)
    };
    assert_eq!(challenge(&missing).as_deref(), Some("Bearer realm=\"keywright\""));
    assert_eq!(missing.header("content-type"), "application/json");
    insta::assert_json_snapshot!("gate_missing", missing.json());

    let unknown = ask_for_workflows(&app, "sk_live_nonsense").await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    assert_eq!(challenge(&unknown).as_deref(), Some("Bearer realm=\"keywright\", error=\"invalid_token\""));
    insta::assert_json_snapshot!("gate_unknown", unknown.json());

    let scope = ask_for_workflows(&app, made.secret.expose()).await;
    assert_eq!(scope.status, StatusCode::FORBIDDEN);
    assert_eq!(
        challenge(&scope).as_deref(),
        Some("Bearer realm=\"keywright\", error=\"insufficient_scope\", scope=\"workflows:read\"")
    );
    insta::assert_json_snapshot!("gate_scope", scope.json());

    app.world.services.keys.revoke(&ada, made.key.id, "", None).await.expect("revoked");
    let revoked = ask_for_workflows(&app, made.secret.expose()).await;
    assert_eq!(revoked.status, StatusCode::UNAUTHORIZED);
    insta::assert_json_snapshot!("gate_revoked", revoked.json());
}

#[tokio::test]
async fn common_08_the_same_body_satisfies_rfc_9457_when_asked() {
    let (app, _) = TestApp::lodol().await;
    let accept = ("accept", "text/plain, application/problem+json;q=0.9");
    let request = [("x-forwarded-method", "GET"), ("x-forwarded-uri", "/api/v1/workflows"), accept];
    let missing = ask(&app, &request).await;
    assert_eq!(missing.header("content-type"), "application/problem+json");
    insta::assert_json_snapshot!("gate_problem_json", missing.json());
    let unwanted = ("accept", "application/problem+json;q=0, application/json");
    let plain = ask(&app, &[request[0], request[1], unwanted]).await;
    assert_eq!(plain.header("content-type"), "application/json", "RFC 9110 §12.4.2");
}

#[tokio::test]
async fn what_is_no_route_is_not_found_and_a_key_in_its_url_is_refused() {
    let (app, ada) = TestApp::lodol().await;
    let secret = app.make_key(&ada, "ci", &["workflows:read"]).await.secret;
    let bearer = format!("Bearer {}", secret.expose());
    let with = |uri: String| {
        let (app, bearer) = (&app, bearer.clone());
        async move {
            ask(app, &[("authorization", &bearer), ("x-forwarded-method", "GET"), ("x-forwarded-uri", &uri)])
                .await
                .status
        }
    };
    assert_eq!(with("/api/v1/nothing".into()).await, StatusCode::NOT_FOUND);
    assert_eq!(with("/api/v1//workflows".into()).await, StatusCode::NOT_FOUND);
    assert_eq!(with(format!("/api/v1/workflows?api_key={}", secret.expose())).await, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&app, &[("authorization", &bearer)]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn common_07_what_is_no_route_costs_nothing_and_tells_the_keys_holder_what_is_left() {
    let (app, ada) = TestApp::lodol().await;
    let (good, ended) =
        (app.make_key(&ada, "ci", &["workflows:read"]).await, app.make_key(&ada, "old", &["workflows:read"]).await);
    app.world.services.keys.revoke(&ada, ended.key.id, "", None).await.expect("revoked");
    for (secret, remaining) in [(good.secret.expose(), "15"), (ended.secret.expose(), ""), ("sk_live_nonsense", "")] {
        let bearer = format!("Bearer {secret}");
        let nowhere =
            [("authorization", &*bearer), ("x-forwarded-method", "GET"), ("x-forwarded-uri", "/api/v1/nothing")];
        for _ in 0..2 {
            let asked = ask(&app, &nowhere).await;
            let entered = app.key(secret).get("/api/v1/nothing").await;
            for answer in [asked, entered] {
                assert_eq!(answer.status, StatusCode::NOT_FOUND);
                assert_eq!(answer.header("x-ratelimit-remaining"), remaining);
                assert_eq!(answer.header("ratelimit-policy").is_empty(), remaining.is_empty());
            }
        }
    }
    let question = json!({"key": good.secret.expose(), "method": "GET", "path": "/api/v1/nothing"});
    let told = app.key(GATE_TOKEN).post_json("/gate/verify", question).await.json();
    assert_eq!((&told["valid"], &told["key_id"]), (&json!(false), &json!(good.key.id.to_string())), "{told}");
    assert_eq!((&told["scopes"], &told["limits"][0]["remaining"]), (&json!(["workflows:read"]), &json!(15)), "{told}");
    app.world.services.usage.flush().await.expect("a flush");
    assert_eq!(app.world.services.keys.get(&ada, good.key.id).await.expect("the key").last_use, None);
}

#[tokio::test]
async fn only_a_trusted_proxy_may_ask_about_other_requests() {
    let (app, ada) = TestApp::lodol().await;
    let secret = app.make_key(&ada, "ci", &["workflows:read"]).await.secret;
    let mut stranger = app.anonymous();
    for (name, value) in workflows(secret.expose()) {
        stranger = stranger.with(name, &value);
    }
    let refused = stranger.get("/gate/auth").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["error"], "untrusted_proxy");
}

#[tokio::test]
async fn common_11_last_use_is_seen_after_one_flush_with_route_and_address() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut owner = app.session(&ada).await;
    assert_eq!(owner.get("/api-keys").await.json()["data"][0]["last_used"], Value::Null);
    assert!(owner.get("/w/acme/keys").await.text.contains("Never used"));
    app.advance(TimeDelta::seconds(5));
    for _ in 0..3 {
        assert_eq!(ask_for_workflows(&app, made.secret.expose()).await.status, StatusCode::OK);
    }
    app.world.services.usage.flush().await.expect("a flush");
    let used = owner.get("/api-keys").await.json()["data"][0]["last_used"].clone();
    let route = "GET /api/v1/workflows";
    let used_for = json!({"at": app.now(), "route": route, "address": "198.51.100.9", "agent": "curl", "status": null});
    assert_eq!(used, used_for, "what the API answers is not known to the gate");
    assert!(owner.get("/w/acme/keys").await.text.contains("just now"));
}

#[tokio::test]
async fn common_05_each_way_to_end_a_key_refuses_the_next_request() {
    let (app, ada) = TestApp::lodol().await;
    let mut owner = app.session(&ada).await;
    let made = owner
        .post_json("/api-keys", json!({"label": "a", "scopes": "workflows:read", "expires_in_days": 1}))
        .await
        .json();
    let other = owner.post_json("/api-keys", json!({"label": "b", "scopes": "workflows:read"})).await.json();
    let secrets = [&made, &other].map(|key| key["key"].as_str().expect("a secret").to_owned());
    for secret in &secrets {
        assert_eq!(ask_for_workflows(&app, secret).await.status, StatusCode::OK);
    }
    owner.delete(&format!("/api-keys/{}", other["id"].as_str().expect("an id"))).await;
    assert_eq!(ask_for_workflows(&app, &secrets[1]).await.status, StatusCode::UNAUTHORIZED);
    app.advance(TimeDelta::days(1));
    let expired = ask_for_workflows(&app, &secrets[0]).await;
    assert_eq!((expired.status, expired.json()["error"].clone()), (StatusCode::UNAUTHORIZED, json!("expired_key")));
}

#[tokio::test]
async fn a_backend_asks_with_the_gate_token_and_gets_the_whole_answer() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut backend = app.key(GATE_TOKEN);
    let body = json!({"key": made.secret.expose(), "method": "GET", "path": "/api/v1/workflows", "ip": "198.51.100.9"});
    let answer = backend.post_json("/gate/verify", body).await;
    assert_eq!(answer.status, StatusCode::OK);
    insta::assert_json_snapshot!("verify_valid", answer.json());
    let answer =
        backend.post_json("/gate/verify", json!({"key": made.secret.expose(), "scopes": ["executions:read"]})).await;
    insta::assert_json_snapshot!("verify_scope", answer.json());
    let answer = backend.post_json("/gate/verify", json!({"key": "sk_live_x", "scopes": []})).await;
    insta::assert_json_snapshot!("verify_unknown", answer.json());
    app.world.services.usage.flush().await.expect("a flush");
    let keys = app
        .world
        .services
        .keys
        .list(&ada, &keywright_core::keys::KeyQuery::default(), PageRequest::first())
        .await
        .expect("a list")
        .items;
    assert_eq!(keys[0].last_use.as_ref().map(|last| last.address.as_str()), Some("198.51.100.9"));
}

#[tokio::test]
async fn a_question_without_the_gate_token_or_without_sense_is_refused() {
    let (app, ada) = TestApp::lodol().await;
    let secret = app.make_key(&ada, "ci", &["workflows:read"]).await.secret;
    let good = json!({"key": secret.expose(), "scopes": ["workflows:read"]});
    assert_eq!(app.anonymous().post_json("/gate/verify", good.clone()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.key("guess").post_json("/gate/verify", good.clone()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.key(secret.expose()).post_json("/gate/verify", good).await.status, StatusCode::UNAUTHORIZED);
    let mut backend = app.key(GATE_TOKEN);
    for (body, status) in [
        (json!({"key": "x"}), 400),
        (json!({"key": "x", "method": "GET"}), 400),
        (json!({"key": "x", "method": "GET", "path": "/", "scopes": []}), 400),
        (json!({"scopes": []}), 422),
        (json!({"key": "x", "scopes": ["nonsense"]}), 422),
        (json!({"key": "x", "scopes": [], "ip": "somewhere"}), 422),
        (json!({"key": "x", "scopes": [], "more": 1}), 422),
        (json!([]), 422),
    ] {
        assert_eq!(backend.post_json("/gate/verify", body.clone()).await.status.as_u16(), status, "{body}");
    }
    let wrong = backend.send(Method::GET, "/gate/verify", None, axum::body::Body::empty()).await;
    assert_eq!(
        (wrong.status, wrong.json()["error"].clone()),
        (StatusCode::METHOD_NOT_ALLOWED, json!("method_not_allowed"))
    );
}

fn rate_fields(answer: &Answer) -> [String; 5] {
    let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "ratelimit-policy"];
    names.map(|name| answer.header(name).to_owned())
}

#[tokio::test]
async fn lodol_09_every_answer_says_what_is_left_and_in_how_many_seconds_the_window_resets() {
    let (app, ada) = TestApp::lodol().await;
    let keys = [app.make_key(&ada, "a", &["workflows:read"]).await, app.make_key(&ada, "b", &["workflows:read"]).await];
    for used in 1..=15_u32 {
        let answer = ask_for_workflows(&app, keys[used as usize % 2].secret.expose()).await;
        assert_eq!(answer.status, StatusCode::OK);
        let left = (15 - used).to_string();
        let rate = format!("\"minute\";r={left};t=60");
        assert_eq!(rate_fields(&answer), ["15", &left, "60", &rate, "\"minute\";q=15;w=60"]);
        assert_eq!(answer.header("retry-after"), "");
    }
    app.world.clock.advance(TimeDelta::milliseconds(17_500));
    let refused = ask_for_workflows(&app, keys[0].secret.expose()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(rate_fields(&refused), ["15", "0", "43", "\"minute\";r=0;t=43", "\"minute\";q=15;w=60"]);
    assert_eq!((refused.header("retry-after"), refused.header("www-authenticate")), ("43", ""));
    insta::assert_json_snapshot!("gate_rate_limited", refused.json());

    // As told, so it is: a refused request has not made it longer.
    app.world.clock.advance(TimeDelta::seconds(43));
    assert_eq!(ask_for_workflows(&app, keys[0].secret.expose()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn common_07_a_refused_request_says_what_is_left_too_and_an_unknown_key_learns_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["executions:read"]).await;
    let refused = ask_for_workflows(&app, made.secret.expose()).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (StatusCode::FORBIDDEN, "15"));
    assert_eq!(refused.header("x-ratelimit-reset"), "0", "nothing is used");
    let unknown = ask_for_workflows(&app, "sk_live_nonsense").await;
    assert_eq!(rate_fields(&unknown), [""; 5].map(str::to_owned));
}

#[tokio::test]
async fn skillett_06_over_the_day_the_answer_is_as_it_is_documented() {
    let (app, ada) = TestApp::owned("skillett", "free", &[]).await;
    let made = app.make_key(&ada, "ci", &["github"]).await;
    let verify = async |cost: u64| {
        let body = json!({"key": made.secret.expose(), "scopes": ["github"], "cost": cost});
        app.key(GATE_TOKEN).post_json("/gate/verify", body).await.json()
    };
    // A window of a minute holds 30, so that a day takes its time.
    for _ in 0..333 {
        assert_eq!(verify(30).await["valid"], true);
        app.world.clock.advance(TimeDelta::seconds(60));
    }
    assert_eq!(verify(10).await["valid"], true);
    let over = verify(1).await;
    assert_eq!((&over["valid"], &over["code"]), (&json!(false), &json!("daily_limit_reached")));
    assert_eq!(over["retry_after"], json!(12 * 3600 - 333 * 60));

    let request = [
        ("authorization", format!("Bearer {}", made.secret.expose())),
        ("x-forwarded-method", "GET".to_owned()),
        ("x-forwarded-uri", "/v1/skills/github".to_owned()),
    ];
    let request: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = ask(&app, &request).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.json(),
        json!({
            "error": "daily_limit_reached",
            "message": "Daily API call limit reached (10000). Resets at midnight UTC.",
            "action_url": "https://app.skillett.dev/billing",
        })
    );
    assert_eq!(refused.header("ratelimit-policy"), "\"minute\";q=30;w=60, \"day\";q=10000;w=86400");
    assert_eq!(refused.header("x-ratelimit-limit"), "10000", "the window that refuses");
}

#[tokio::test]
async fn a_profile_may_tell_the_reset_as_a_moment() {
    let text = Profile::built_in("lodol").expect("the profile");
    let text = text.replacen("product = \"Lodol\"", "product = \"Lodol\"\nrate_reset = \"epoch\"", 1);
    let profile = Profile::parse("lodol", &text).expect("a good profile");
    let app = TestApp::over(World::of(profile).await, &[]);
    let ada = app.world.claim("pro").await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let answer = ask_for_workflows(&app, made.secret.expose()).await;
    let then = (app.now() + TimeDelta::seconds(60)).timestamp().to_string();
    assert_eq!(
        (answer.header("x-ratelimit-reset"), answer.header("ratelimit")),
        (then.as_str(), "\"minute\";r=14;t=60")
    );
}

#[tokio::test]
async fn a_backend_that_asks_with_a_cost_of_nothing_takes_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    for (cost, left) in [(0, 15), (5, 10), (0, 10), (10, 0), (0, 0)] {
        let body = json!({"key": made.secret.expose(), "scopes": ["workflows:read"], "cost": cost});
        let answer = app.key(GATE_TOKEN).post_json("/gate/verify", body).await.json();
        assert_eq!((&answer["valid"], &answer["limits"][0]["remaining"]), (&json!(true), &json!(left)), "{answer}");
    }
}

#[tokio::test]
async fn for_nginx_every_no_is_a_401_or_a_403_with_the_true_answer_in_headers() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let ask = async |secret: &str, path: &str| {
        let proxy = app.proxy().with("authorization", &format!("Bearer {secret}"));
        proxy.with("x-forwarded-method", "GET").with("x-forwarded-uri", path).get("/gate/auth/nginx").await
    };
    let allowed = ask(made.secret.expose(), "/api/v1/workflows").await;
    assert_eq!((allowed.status, allowed.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(allowed.header("x-keywright-key-id"), made.key.id.to_string());
    for _ in 1..15 {
        ask(made.secret.expose(), "/api/v1/workflows").await;
    }
    let with_key = format!("/api/v1/workflows?key={}", made.secret.expose());
    for (secret, path, status, truth) in [
        (made.secret.expose(), "/api/v1/workflows", 403, "429"),
        (made.secret.expose(), "/api/v1/executions", 403, "403"),
        (made.secret.expose(), "/api/v1/nothing", 403, "404"),
        (made.secret.expose(), with_key.as_str(), 403, "400"),
        ("sk_live_nonsense", "/api/v1/workflows", 401, "401"),
    ] {
        let refused = ask(secret, path).await;
        assert_eq!((refused.status.as_u16(), refused.header("x-keywright-status")), (status, truth), "{path}");
        assert_eq!(refused.text, "");
        let problem: Value = serde_json::from_str(refused.header("x-keywright-problem")).expect("JSON");
        assert!(problem["message"].is_string(), "{problem}");
    }
    let limited = ask(made.secret.expose(), "/api/v1/workflows").await;
    assert_eq!((limited.header("retry-after"), limited.header("x-ratelimit-remaining")), ("60", "0"));
}

#[tokio::test]
async fn envoy_asks_with_the_requests_own_method_and_path_and_gets_exactly_a_200() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:execute"]).await;
    let bearer = format!("Bearer {}", made.secret.expose());
    let mut envoy = app.proxy().with("authorization", &bearer).with("content-length", "0");
    let run = "/gate/ext-authz/api/v1/workflows/7/run";
    let allowed = envoy.send(Method::POST, run, None, axum::body::Body::empty()).await;
    assert_eq!((allowed.status, allowed.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(allowed.header("x-keywright-scopes"), "workflows:execute");
    assert_eq!(envoy.get(run).await.status, StatusCode::NOT_FOUND, "no route of this method");
    assert_eq!(envoy.get("/gate/ext-authz/api/v1/workflows?page=2").await.status, StatusCode::FORBIDDEN);
    let with_key = format!("/gate/ext-authz/api/v1/workflows?key={}", made.secret.expose());
    assert_eq!(envoy.get(&with_key).await.status, StatusCode::BAD_REQUEST);
    for odd in ["", "/", "//api/v1/workflows", "/api/v1/../v1/workflows", "/api/v1/workflows%2f7"] {
        assert_eq!(envoy.get(&format!("/gate/ext-authz{odd}")).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
    let stranger = app.key(made.secret.expose()).send(Method::POST, run, None, axum::body::Body::empty()).await;
    assert_eq!((stranger.status, stranger.json()["error"].clone()), (StatusCode::FORBIDDEN, json!("untrusted_proxy")));
}

#[tokio::test]
async fn a_backend_may_ask_for_the_answer_that_its_caller_should_get() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut backend = app.key(GATE_TOKEN);
    let asked = |scope: &str, cost: u32| json!({"key": made.secret.expose(), "scopes": [scope], "cost": cost});
    let allowed = backend.post_json("/gate/verify?http=1", asked("workflows:read", 15)).await;
    assert_eq!((allowed.status, allowed.header("x-ratelimit-remaining")), (StatusCode::OK, "0"));
    let refused = backend.post_json("/gate/verify?http=1", asked("workflows:read", 1)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert_eq!(refused.json()["error"], "rate_limited");
    let refused = backend.post_json("/gate/verify?http=1", asked("executions:read", 1)).await;
    assert_eq!((refused.status, refused.json()["error"].clone()), (StatusCode::FORBIDDEN, json!("insufficient_scope")));
}

#[tokio::test]
async fn many_questions_are_answered_in_their_order_or_none_is() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut backend = app.key(GATE_TOKEN);
    let asked = |scope: &str| json!({"key": made.secret.expose(), "scopes": [scope], "cost": 8});
    let checks = json!({"checks": [asked("workflows:read"), asked("executions:read"), asked("workflows:read")]});
    let answer = backend.post_json("/gate/verify/batch", checks).await.json();
    let codes: Vec<_> = answer["results"].as_array().expect("a list").iter().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, ["allowed", "insufficient_scope", "rate_limited"]);

    app.world.clock.advance(TimeDelta::seconds(60));
    let wrong = json!({"checks": [asked("workflows:read"), asked("nonsense")]});
    let refused = backend.post_json("/gate/verify/batch", wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["fields"]["checks[1].scopes"].is_string(), "{}", refused.text);
    let in_order = json!({"checks": [["k", "GET", "/", null, null, null, 0]]});
    let refused = backend.post_json("/gate/verify/batch", in_order).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("expected an object"), "{}", refused.text);
    let many: Vec<_> = (0..101).map(|_| asked("workflows:read")).collect();
    let many = backend.post_json("/gate/verify/batch", json!({ "checks": many })).await;
    assert_eq!((many.status, many.json()["fields"]["checks"].is_string()), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let stranger = app.anonymous().post_json("/gate/verify/batch", json!({"checks": []})).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let left = app.key(made.secret.expose()).get("/gate/whoami").await;
    assert_eq!(left.json()["limits"][0]["remaining"], 15, "nothing of a wrong batch was counted");
}

#[tokio::test]
async fn the_holder_of_a_key_learns_what_it_can_do_and_what_is_left_for_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut holder = app.key(made.secret.expose());
    for _ in 0..20 {
        let answer = holder.get("/gate/whoami").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (StatusCode::OK, "15"));
        let said = answer.json();
        assert_eq!((&said["key_id"], &said["scopes"]), (&json!(made.key.id), &json!(["workflows:read"])));
    }
    app.world.services.usage.flush().await.expect("a flush");
    let key = app.world.services.keys.get(&ada, made.key.id).await.expect("the key");
    assert_eq!(key.last_use, None, "asking is no use");
    assert_eq!(app.anonymous().get("/gate/whoami").await.status, StatusCode::UNAUTHORIZED);
    app.world.services.keys.revoke(&ada, made.key.id, "", None).await.expect("revoked");
    assert_eq!(holder.get("/gate/whoami").await.json()["error"], "revoked_key");
}

#[tokio::test]
async fn lodol_06_a_plan_without_the_api_has_no_leases() {
    let (app, ada) = TestApp::owned("lodol", "free", &[]).await;
    let refused = app.key(GATE_TOKEN).post_json("/gate/leases", json!({"workspace_id": ada.workspace.id})).await;
    assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::FORBIDDEN, &json!("plan_required")));
    assert_eq!(refused.json()["action_url"], "http://127.0.0.1:3000/plan");
}

#[tokio::test]
async fn lodol_10_executions_take_leases_and_give_them_back() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:execute"]).await;
    let mut backend = app.key(GATE_TOKEN);
    let of_workspace = json!({"workspace_id": ada.workspace.id});
    let mut leases = Vec::new();
    for held in 1..=5 {
        let taken = backend.post_json("/gate/leases", of_workspace.clone()).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
        assert_eq!(taken.json()["concurrent"], json!({"limit": 5, "held": held}));
        leases.push(taken.json()["lease_id"].as_str().expect("an id").to_owned());
    }
    let run = json!({"check": {"key": made.secret.expose(), "method": "POST", "path": "/api/v1/workflows/7/run"}});
    let full = backend.post_json("/gate/leases", run.clone()).await;
    assert_eq!((full.status, full.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    insta::assert_json_snapshot!("lease_refused", full.json());

    let one = format!("/gate/leases/{}", leases[0]);
    assert_eq!(backend.delete(&one).await.status, StatusCode::NO_CONTENT);
    assert_eq!(backend.delete(&one).await.json()["error"], "not_found");
    assert_eq!(backend.post_json("/gate/leases", run.clone()).await.status, StatusCode::CREATED);

    // Whoever extends goes on; the others have crashed.
    app.world.clock.advance(TimeDelta::seconds(50));
    let two = format!("/gate/leases/{}", leases[1]);
    let extended = backend.post_json(&two, json!({"lifetime": 600})).await;
    assert_eq!(extended.json()["expires_at"], json!(app.now() + TimeDelta::seconds(600)));
    app.world.clock.advance(TimeDelta::seconds(10));
    let taken = backend.post_json("/gate/leases", run).await.json();
    assert_eq!(taken["concurrent"], json!({"limit": 5, "held": 2}));
    assert_eq!(backend.post(&format!("/gate/leases/{}", leases[2])).await.status, StatusCode::NOT_FOUND);

    let left = app.key(made.secret.expose()).get("/gate/whoami").await.json();
    assert_eq!(left["limits"][0]["remaining"], 15, "a lease is no request");
}

#[tokio::test]
async fn a_lease_is_for_whom_the_gate_knows_and_for_what_the_key_may_do() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut backend = app.key(GATE_TOKEN);
    let run = json!({"check": {"key": made.secret.expose(), "method": "POST", "path": "/api/v1/workflows/7/run"}});
    let refused = backend.post_json("/gate/leases", run).await;
    assert_eq!((refused.status, refused.json()["error"].clone()), (StatusCode::FORBIDDEN, json!("insufficient_scope")));
    let nobody = "ws_01a1fdfa46007000977cdb2ef6d98607";
    for (body, status) in [
        (json!({}), 400),
        (json!({"workspace_id": nobody}), 404),
        (json!({"workspace_id": "acme"}), 422),
        (json!({"workspace_id": ada.workspace.id, "lifetime": 0}), 422),
        (json!({"workspace_id": ada.workspace.id, "lifetime": 3601}), 422),
    ] {
        assert_eq!(backend.post_json("/gate/leases", body.clone()).await.status.as_u16(), status, "{body}");
    }
    let lease = "/gate/leases/lease_01a1fdfa46007000977cdb2ef6d98607";
    let mut holder = app.key(made.secret.expose());
    let good = json!({"workspace_id": ada.workspace.id});
    assert_eq!(holder.post_json("/gate/leases", good).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(holder.delete(lease).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(holder.post(lease).await.json()["error"], "unauthorized");
    assert_eq!(backend.delete("/gate/leases/nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn skaala_05_no_header_tells_one_refused_key_from_another() {
    let (app, ada) = TestApp::owned("skaala", "pro", &[]).await;
    let made = app.make_key(&ada, "ci", &["read:bookings"]).await;
    let ask = async |secret: &str| {
        let proxy = app.proxy().with("authorization", &format!("Bearer {secret}"));
        let mut proxy = proxy.with("x-forwarded-method", "GET").with("x-forwarded-uri", "/api/v1/bookings");
        let answer = proxy.get("/gate/auth").await;
        let mut names: Vec<_> = answer.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        names.retain(|(name, _)| name != "x-request-id");
        (answer.status, answer.text, names)
    };
    assert_eq!(ask(made.secret.expose()).await.0, StatusCode::OK);
    let unknown = ask("sk_live_nonsense").await;
    let without = app.proxy().with("x-forwarded-method", "GET").with("x-forwarded-uri", "/api/v1/bookings");
    let without = { without }.get("/gate/auth").await;
    assert_eq!((without.status, &without.text), (unknown.0, &unknown.1));
    app.world.services.keys.disable(&ada, made.key.id, None).await.expect("disabled");
    assert_eq!(ask(made.secret.expose()).await, unknown);
    app.world.services.keys.revoke(&ada, made.key.id, "", None).await.expect("revoked");
    assert_eq!(ask(made.secret.expose()).await, unknown);
}

#[tokio::test]
async fn a_cost_that_no_window_has_is_told_apart_from_one_that_fits_later() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut backend = app.key(GATE_TOKEN);
    let asked = |cost: u64| json!({"key": made.secret.expose(), "scopes": [], "cost": cost});
    let never = backend.post_json("/gate/verify?http=1", asked(16)).await;
    assert_eq!((never.status, never.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, ""));
    assert_eq!(never.json()["message"], "The request costs more than the 15 per minute that the plan has.");
    let wrong = backend.post_json("/gate/verify", asked(1_000_000_001)).await;
    assert_eq!((wrong.status, wrong.json()["fields"]["cost"].is_string()), (StatusCode::UNPROCESSABLE_ENTITY, true));
}
