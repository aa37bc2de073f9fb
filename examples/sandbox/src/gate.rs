//! What runs on after its request has been answered holds a lease of the gate: as many run as the customer's plan has.

use crate::answer::Fault;
use axum::{
    Json,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};

const AWAY: Fault = Fault::Unavailable("It cannot be told now how many executions run. Try again in a moment.");
const PATIENCE: Duration = Duration::from_secs(5);

/// The gate, asked for leases.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    /// `http://127.0.0.1:3000`
    base: String,
    /// Where the gate keeps the token by which it knows us. It is read anew each time: the gate may start after us.
    token_file: PathBuf,
    client: Client<HttpConnector, Body>,
}

struct Said {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Gate {
    pub(crate) fn new(base: &str, token_file: PathBuf) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { base: base.trim_end_matches('/').to_owned(), token_file, client }
    }

    /// A lease for this customer; or the gate's own refusal, which is for the caller.
    pub(crate) async fn take(&self, workspace: &str) -> Result<String, Response> {
        let asked = json!({"workspace_id": workspace, "lifetime": 60});
        let said = self.send(Method::POST, "/gate/leases", &asked).await.map_err(Fault::into_response)?;
        match (said.status, said.body["lease_id"].as_str()) {
            (StatusCode::CREATED, Some(lease)) => Ok(lease.to_owned()),
            (StatusCode::TOO_MANY_REQUESTS, _) => Err(said.into_response()),
            // What is wrong between the gate and us is not the caller's affair.
            (..) => Err(AWAY.into_response()),
        }
    }

    /// The execution goes on. False if the lease is lost: the gate was started anew, or was not asked for too long.
    pub(crate) async fn extend(&self, lease: &str) -> Result<bool, Fault> {
        let said = self.send(Method::POST, &format!("/gate/leases/{lease}"), &json!({"lifetime": 60})).await?;
        Ok(said.status != StatusCode::NOT_FOUND)
    }

    /// The execution has ended. A lease that cannot be given back now ends by itself.
    pub(crate) async fn release(&self, lease: &str) {
        if self.send(Method::DELETE, &format!("/gate/leases/{lease}"), &Value::Null).await.is_err() {
            eprintln!("sandbox: a lease was not given back; it ends by itself");
        }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Said, Fault> {
        let token = tokio::fs::read_to_string(&self.token_file).await.map_err(|_| AWAY)?;
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", token.trim()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .map_err(|_| AWAY)?;
        let answer = tokio::time::timeout(PATIENCE, self.client.request(request)).await;
        let answer = answer.map_err(|_| AWAY)?.map_err(|_| AWAY)?;
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.map_err(|_| AWAY)?.to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Said { status: parts.status, headers: parts.headers, body })
    }
}

impl Said {
    /// As the gate said it, with when to come again.
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(after) = self.headers.get(header::RETRY_AFTER) {
            response.headers_mut().insert(header::RETRY_AFTER, after.clone());
        }
        response
    }
}
