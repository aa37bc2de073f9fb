//! The operator's API behind the built-in gateway.

use crate::{config::BaseUrl, problem::Problem};
use axum::{
    body::Body,
    http::{Request, Response, StatusCode, Uri},
};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use std::{error::Error as _, time::Duration};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the upstream may think before its answer begins.
const ANSWER: Duration = Duration::from_secs(60);
/// How long an unused connection is kept: less than Node's five seconds, so that we close first.
const IDLE: Duration = Duration::from_secs(4);

/// Speaks HTTP and HTTPS to other servers.
pub type HttpClient = Client<HttpsConnector<HttpConnector>, Body>;

/// Where requests that may pass are sent.
#[derive(Clone)]
pub struct Upstream {
    base: BaseUrl,
    client: HttpClient,
}

/// A client that has connected nowhere yet.
#[must_use]
pub fn client() -> HttpClient {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT));
    let https = hyper_rustls::HttpsConnectorBuilder::new();
    let connector = https.with_webpki_roots().https_or_http().enable_http1().wrap_connector(http);
    Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).build(connector)
}

impl Upstream {
    /// The upstream at this address. Nothing is connected before the first request.
    #[must_use]
    pub fn new(base: BaseUrl) -> Self {
        Self { base, client: client() }
    }

    /// The upstream's own address for this path and query.
    pub fn address(&self, path_and_query: &str) -> Result<Uri, Problem> {
        let whole = self.base.join(path_and_query);
        whole.parse().map_err(|_| Problem::malformed("The path cannot be passed on."))
    }

    /// Sends a request on. The answer's body is streamed; how long it takes is the caller's affair.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Problem> {
        match tokio::time::timeout(ANSWER, self.client.request(request)).await {
            Ok(Ok(response)) => Ok(response.map(Body::new)),
            Ok(Err(error)) if is_callers_fault(&error) => {
                Err(Problem::malformed("The body could not be read to its end."))
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, connect = error.is_connect(), "The upstream cannot be reached");
                let message = "The API behind this gateway cannot be reached.";
                Err(Problem::new(StatusCode::BAD_GATEWAY, "upstream_unreachable", message))
            }
            Err(_) => {
                tracing::warn!("The upstream did not answer in time");
                let message = "The API behind this gateway did not answer in time.";
                Err(Problem::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", message))
            }
        }
    }
}

/// Whether it was the caller's body that broke off, and not the upstream.
fn is_callers_fault(error: &Error) -> bool {
    let cause = error.source().and_then(|source| source.downcast_ref::<hyper::Error>());
    cause.is_some_and(hyper::Error::is_user)
}
