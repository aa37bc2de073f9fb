//! Through the router, as the gate calls it.

use super::{router as of_state, state::Shared};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
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
