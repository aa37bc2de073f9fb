//! Through the router, as the gate calls it.

use super::{router as of_state, state::Shared};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use keywright_core::profile::Profile;
use serde_json::{Value, json};
use tower::ServiceExt as _;

fn router() -> Router {
    of_state(Shared::seeded(None))
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post(path: &str, body: &str) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(body.to_owned().into()).unwrap()
}

#[tokio::test]
async fn workflows_are_listed_with_their_total() {
    let (status, body) = send(&router(), get("/api/v1/workflows")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["meta"], json!({"total": 3}));
    let first =
        json!({"id": "wf_1001", "name": "Welcome new customers", "trigger": "webhook", "steps": 4, "active": true});
    assert_eq!(body["data"][0], first);
    assert_eq!(body.get("caller"), None);
}

#[tokio::test]
async fn the_caller_that_the_gate_names_is_repeated() {
    let request = Request::get("/api/v1/workflows/wf_1001")
        .header("x-keywright-key-id", "key_1")
        .header("x-keywright-workspace-id", "ws_1")
        .header("x-keywright-scopes", "workflows:read executions:read")
        .body(Body::empty())
        .unwrap();
    let (_, body) = send(&router(), request).await;
    let scopes = ["workflows:read", "executions:read"];
    assert_eq!(body["caller"], json!({"key_id": "key_1", "workspace_id": "ws_1", "scopes": scopes}));
}

#[tokio::test]
async fn a_workflow_is_created_run_and_its_execution_stopped() {
    let router = router();
    let (status, body) = send(&router, post("/api/v1/workflows", r#"{"name": " Nightly sync "}"#)).await;
    assert_eq!((status, &body["data"]["name"]), (StatusCode::CREATED, &json!("Nightly sync")));
    let run = format!("/api/v1/workflows/{}/run", body["data"]["id"].as_str().unwrap());
    let (status, body) = send(&router, post(&run, "")).await;
    assert_eq!((status, &body["data"]["status"]), (StatusCode::ACCEPTED, &json!("running")));
    let stop = format!("/api/v1/executions/{}/stop", body["data"]["id"].as_str().unwrap());
    let (status, body) = send(&router, post(&stop, "")).await;
    assert_eq!((status, &body["data"]["status"]), (StatusCode::OK, &json!("stopped")));
    let (status, body) = send(&router, post(&stop, "")).await;
    assert_eq!((status, &body["error"]), (StatusCode::CONFLICT, &json!("conflict")));
    let (_, body) = send(&router, get("/api/v1/executions")).await;
    assert_eq!(body["meta"]["total"], 4);
}

#[tokio::test]
async fn faults_are_json_with_an_error_and_a_message() {
    for (request, status, error) in [
        (get("/api/v1/workflows/none"), 404, "not_found"),
        (get("/api/v1/nothing"), 404, "not_found"),
        (get("/"), 404, "not_found"),
        (post("/api/v1/executions", "{}"), 405, "method_not_allowed"),
        (post("/api/v1/workflows", "{"), 400, "unreadable"),
        (post("/api/v1/workflows", r#"{"nam": "x"}"#), 422, "unreadable"),
        (post("/api/v1/workflows", r#"{"name": " "}"#), 422, "invalid"),
        (post("/api/v1/workflows/wf_1003/run", ""), 409, "conflict"),
        (get("/v1/leads/lead_1"), 404, "not_found"),
        (get("/v1/leads?limit=0"), 422, "invalid"),
        (get("/v1/leads?limit=many"), 400, "unreadable"),
        (post("/v1/leads", r#"{"name": "Ada", "email": "ada"}"#), 422, "invalid"),
        (post("/v1/leads", r#"{"name": "Ada"}"#), 422, "unreadable"),
        (post("/api/v1/contacts", r#"{"name": "Erik", "email": "erik@example.se"}"#), 409, "conflict"),
        (post("/api/v1/calls", r#"{"contact_id": "ct_1", "direction": "inbound", "seconds": 1}"#), 422, "invalid"),
    ] {
        let called = format!("{} {}", request.method(), request.uri());
        let (answered, body) = send(&router(), request).await;
        assert_eq!((answered.as_u16(), &body["error"]), (status, &json!(error)), "{called}");
        assert!(body["message"].is_string(), "{called}");
    }
}

#[tokio::test]
async fn echo_answers_what_arrived() {
    let request = Request::put("/echo/a?b=c").header("x-one", "1").header("x-one", "2").body("hello".into()).unwrap();
    let (status, body) = send(&router(), request).await;
    assert_eq!(status, StatusCode::OK);
    let headers = json!({"x-one": ["1", "2"]});
    assert_eq!(body, json!({"method": "PUT", "path": "/echo/a", "query": "b=c", "headers": headers, "body": "hello"}));
}

/// A request for a route of a profile, with what is there at the start in place of its variables.
fn example(method: &str, path: &str) -> Request<Body> {
    let ids = [
        ("/workflows/{id}", "wf_1001"),
        ("/executions/{id}", "ex_1006"),
        ("/leads/{id}", "lead_1001"),
        ("/bookings/{id}", "bk_1001"),
        ("/contacts/{id}", "ct_1001"),
        ("/calls/{id}", "call_1001"),
        ("/services/{id}", "svc_abc123"),
        ("/staff/{id}", "stf_1001"),
        ("/schedules/{id}", "sch_1001"),
    ];
    let path = ids.iter().fold(path.to_owned(), |path, (noun, id)| path.replace(noun, &noun.replace("{id}", id)));
    let path = path.replace("{integration}", "github").replace("{slug}", "github").replace("{endpoint}", "issues");
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    request.body(Body::from(if method == "GET" { "" } else { "{}" })).unwrap()
}

#[tokio::test]
async fn every_route_of_every_product_is_served() {
    for name in Profile::built_in_names() {
        let profile = Profile::parse(name, Profile::built_in(name).unwrap()).unwrap();
        for route in profile.routes.iter().filter(|route| !route.path.contains("/webhooks")) {
            let (status, body) = send(&router(), example(&route.method, &route.path)).await;
            let called = format!("{name}: {} {}: {status} {body}", route.method, route.path);
            assert!(status != StatusCode::METHOD_NOT_ALLOWED, "{called}");
            // What is called without the right body is refused for that; a connection has to be made first.
            assert!(status != StatusCode::NOT_FOUND || route.path == "/v1/connect/{id}", "{called}");
        }
    }
}

#[tokio::test]
async fn skaala_08_a_booking_is_made_and_found_and_its_contact_with_it() {
    let router = router();
    let body = json!({
        "service_id": "svc_abc123",
        "start_time": "2025-01-15T10:00:00Z",
        "contact": {"name": "Anna Svensson", "email": "anna@example.se", "phone": "+46701234567"},
        "notes": "First-time customer",
    });
    let (status, made) = send(&router, post("/api/v1/bookings", &body.to_string())).await;
    let id = made["data"]["id"].as_str().unwrap();
    assert_eq!((status, &made), (StatusCode::CREATED, &json!({"data": {"id": id}})));
    let (_, found) = send(&router, get(&format!("/api/v1/bookings/{id}"))).await;
    assert_eq!(found["data"]["start_time"], "2025-01-15T10:00:00Z");
    assert_eq!(found["data"]["notes"], "First-time customer");
    let contact = found["data"]["contact_id"].as_str().unwrap();
    let (_, found) = send(&router, get(&format!("/api/v1/contacts/{contact}"))).await;
    assert_eq!(found["data"]["name"], "Anna Svensson");
    send(&router, post("/api/v1/bookings", &body.to_string())).await;
    let (_, contacts) = send(&router, get("/api/v1/contacts")).await;
    assert_eq!(contacts["meta"]["total"], 4, "whoever comes again is known");
}

#[tokio::test]
async fn lists_are_cut_into_pages_and_say_how_much_there_is() {
    let router = router();
    let (_, page) = send(&router, get("/v1/leads?limit=2&offset=4")).await;
    assert_eq!((page["data"].as_array().map(Vec::len), &page["meta"]), (Some(1), &json!({"total": 5})));
    let (_, found) = send(&router, get("/v1/skills?q=git&limit=5")).await;
    let names: Vec<_> = found["data"].as_array().unwrap().iter().map(|skill| skill["integration"].clone()).collect();
    assert_eq!(names, ["github", "gitlab"]);
}

#[tokio::test]
async fn a_lead_is_changed_and_removed() {
    let router = router();
    let patch = |body: &str| {
        let request = Request::patch("/v1/leads/lead_1002").header("content-type", "application/json");
        request.body(body.to_owned().into()).unwrap()
    };
    let (_, changed) = send(&router, patch(r#"{"status": "won"}"#)).await;
    assert_eq!((&changed["data"]["status"], &changed["data"]["company"]), (&json!("won"), &json!("Feinwerk GmbH")));
    let (status, _) = send(&router, patch(r#"{"status": "lost", "email": "none"}"#)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, kept) = send(&router, get("/v1/leads/lead_1002")).await;
    assert_eq!(kept["data"]["status"], "won", "a change that is refused changes nothing");
    let gone = Request::delete("/v1/leads/lead_1002").body(Body::empty()).unwrap();
    assert_eq!(send(&router, gone).await, (StatusCode::OK, json!({"data": {"id": "lead_1002"}})));
    assert_eq!(send(&router, get("/v1/leads/lead_1002")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn skillett_04_answers_have_a_status_and_data_and_errors_an_action_url() {
    let router = router();
    let (_, done) = send(&router, post("/v1/github/issues", r#"{"params": {"limit": 5}}"#)).await;
    assert_eq!((&done["status"], &done["data"]["params"]), (&json!(200), &json!({"limit": 5})));
    for (request, status, error) in [
        (get("/v1/skills/myspace"), 404, "not_found"),
        (get("/v1/skills/github/dance"), 404, "not_found"),
        (post("/v1/github/create-issue", r#"{"params": {"project": "x"}}"#), 422, "invalid"),
        (post("/v1/github/create-issue", "{}"), 422, "unreadable"),
        (post("/v1/connect", r#"{"integration": "myspace"}"#), 422, "invalid"),
        (get("/v1/connect/con_1"), 404, "not_found"),
    ] {
        let called = format!("{} {}", request.method(), request.uri());
        let (answered, body) = send(&router, request).await;
        assert_eq!((answered.as_u16(), &body["error"]), (status, &json!(error)), "{called}");
        assert!(body["action_url"].as_str().is_some_and(|url| url.starts_with("https://")), "{called}");
    }
}

#[tokio::test]
async fn skillett_07_a_connection_is_held_to_what_the_key_may_use() {
    let router = router();
    let by = |scopes: &str, mut request: Request<Body>| {
        request.headers_mut().insert("x-keywright-key-id", "key_1".parse().unwrap());
        request.headers_mut().insert("x-keywright-scopes", scopes.parse().unwrap());
        request
    };
    let start = || post("/v1/connect", r#"{"integration": "gmail"}"#);
    assert_eq!(send(&router, by("github", start())).await.0, StatusCode::FORBIDDEN);
    let (status, begun) = send(&router, by("github gmail", start())).await;
    assert_eq!((status, &begun["data"]["status"]), (StatusCode::OK, &json!("pending")));
    let path = format!("/v1/connect/{}", begun["data"]["connection_id"].as_str().unwrap());
    assert_eq!(send(&router, by("github", get(&path))).await.0, StatusCode::NOT_FOUND);
    for expected in ["pending", "connected", "connected"] {
        let (_, polled) = send(&router, by("gmail", get(&path))).await;
        assert_eq!(polled["data"]["status"], expected);
    }
}
