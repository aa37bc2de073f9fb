//! The operator's API behind the built-in gateway.

use crate::{config::BaseUrl, problem::Problem, serve::Impatient};
use axum::{
    body::{Body, Bytes},
    http::{Request, Response, StatusCode, Uri},
};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use std::{
    error::Error as _,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{sync::Notify, time::timeout};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept: less than Node's five seconds, so that we close first.
const IDLE: Duration = Duration::from_secs(4);

/// Speaks HTTP and HTTPS to other servers.
pub type HttpClient = Client<HttpsConnector<HttpConnector>, Body>;

/// Where requests that may pass are sent.
#[derive(Clone)]
pub struct Upstream {
    base: BaseUrl,
    client: HttpClient,
    patience: Duration,
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
    /// The upstream at this address, which may take so long before it says something. Nothing is connected before the
    /// first request.
    #[must_use]
    pub fn new(base: BaseUrl, patience: Duration) -> Self {
        Self { base, client: client(), patience }
    }

    /// How long it may be silent.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// The upstream's own address for this path and query.
    pub fn address(&self, path_and_query: &str) -> Result<Uri, Problem> {
        let whole = self.base.join(path_and_query);
        whole.parse().map_err(|_| Problem::malformed("The path cannot be passed on."))
    }

    /// Sends a request on. Both bodies are streamed, and may take as long as they go on.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Problem> {
        let moved = Arc::new(Notify::new());
        let request = request.map(|body| match hyper::body::Body::is_end_stream(&body) {
            true => body,
            false => Body::new(Watched { body, moved: Arc::clone(&moved) }),
        });
        match self.answer(request, &moved).await {
            Some(Ok(response)) => Ok(response.map(|body| Body::new(Impatient::new(body, self.patience)))),
            Some(Err(error)) if is_callers_fault(&error) => {
                Err(Problem::malformed("The body could not be read to its end."))
            }
            Some(Err(error)) => {
                tracing::warn!(%error, connect = error.is_connect(), "The upstream cannot be reached");
                let message = "The API behind this gateway cannot be reached.";
                Err(Problem::new(StatusCode::BAD_GATEWAY, "upstream_unreachable", message))
            }
            None => {
                tracing::warn!("The upstream did not answer in time");
                let message = "The API behind this gateway did not answer in time.";
                Err(Problem::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", message))
            }
        }
    }

    /// The answer's head; none if it does not begin in time. While the request is still being sent, time begins anew
    /// with each piece of it.
    async fn answer(&self, request: Request<Body>, moved: &Notify) -> Option<Result<Response<Incoming>, Error>> {
        let mut answer = pin!(self.client.request(request));
        loop {
            tokio::select! {
                biased;
                answered = timeout(self.patience, &mut answer) => return answered.ok(),
                () = moved.notified() => {}
            }
        }
    }
}

/// A request's body, and who wants to know that a piece of it has been sent.
struct Watched {
    body: Body,
    moved: Arc<Notify>,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_ready() {
            self.moved.notify_one();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether it was the caller's body that broke off, and not the upstream.
fn is_callers_fault(error: &Error) -> bool {
    let cause = error.source().and_then(|source| source.downcast_ref::<hyper::Error>());
    cause.is_some_and(hyper::Error::is_user)
}
