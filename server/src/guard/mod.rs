//! What every request passes before a handler sees it, and every answer before it leaves.
//!
//! [`front`] goes around everything that people do, [`quiet`] is its twin for machines (no span, no line in the log: a
//! request at the gate costs microseconds). [`csrf`] and [`headers`] go around the pages and REST.
//!
//! ```text
//! pages, REST    front → headers → csrf → handler
//! gate, health   quiet → handler
//! ```

pub mod csrf;
pub mod headers;
mod https;
mod refusal;
pub mod request_id;
#[cfg(test)]
mod tests;

pub use refusal::{Refusal, plain};
pub use request_id::RequestId;

use crate::{
    config::BaseUrl,
    peer::{Caller, TrustedProxies},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use keywright_core::{
    clock::SharedClock,
    random::{Reserve, SharedRandom},
};
use std::{sync::Arc, time::Instant};
use tracing::Instrument as _;

/// The largest body of a form or of an API call, in bytes. Extractors that meet a larger one answer 413.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Turns a [`Refusal`] into an answer that suits the request: a page for people, JSON for programs.
pub type Refuse = fn(Refusal, &HeaderMap) -> Response;

/// What the guards need to know; cheap to clone.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

struct Inner {
    public_url: BaseUrl,
    proxies: TrustedProxies,
    clock: SharedClock,
    names: Reserve,
    refuse: Refuse,
}

impl Guard {
    /// Guards the site at `public_url`; `refuse` renders what they turn away ([`plain`] will do).
    #[must_use]
    pub fn new(
        public_url: BaseUrl,
        proxies: TrustedProxies,
        clock: SharedClock,
        random: SharedRandom,
        refuse: Refuse,
    ) -> Self {
        Self(Arc::new(Inner { public_url, proxies, clock, names: Reserve::new(random), refuse }))
    }

    fn refuse(&self, refusal: Refusal, headers: &HeaderMap) -> Response {
        (self.0.refuse)(refusal, headers)
    }
}

/// Finds the caller, names the request, insists on HTTPS and writes one line to the log.
///
/// Handlers find [`Caller`] and [`RequestId`] in the request's extensions.
pub async fn front(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (caller, id) = guard.identify(&request);
    let request = introduced(request, caller, id.clone());
    let started = Instant::now();
    let method = request.method().clone();
    // The pattern, not the path: paths carry invitation tokens and whatever a stranger types.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(no route)", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = %id, %method, route);
    let mut response = match guard.turned_away(caller, &request) {
        Some(refused) => refused,
        None => next.run(request).instrument(span.clone()).await,
    };
    guard.finish(caller, &id, &mut response);
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
    span.in_scope(|| tracing::info!(status, ms, client = %caller.address, "{method} {route} {status}"));
    response
}

/// [`front`] without a span and without a line in the log.
pub async fn quiet(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (caller, id) = guard.identify(&request);
    let mut response = match guard.turned_away(caller, &request) {
        Some(refused) => refused,
        None => next.run(introduced(request, caller, id.clone())).await,
    };
    guard.finish(caller, &id, &mut response);
    response
}

/// What [`front`] and [`quiet`] are made of; doors that are no routes of a router do the same.
impl Guard {
    /// Who calls, and what the request is named.
    #[must_use]
    pub fn identify(&self, request: &Request) -> (Caller, RequestId) {
        let Inner { proxies, clock, names, .. } = &*self.0;
        let caller = Caller::find(request.extensions(), request.headers(), proxies);
        let id = RequestId::of(request.headers(), caller, clock.as_ref(), names);
        (caller, id)
    }

    /// The answer to a request that may not come in.
    #[must_use]
    pub fn turned_away(&self, caller: Caller, request: &Request) -> Option<Response> {
        https::check(self, caller, request)
    }

    /// What stands on every answer.
    pub fn finish(&self, caller: Caller, id: &RequestId, response: &mut Response) {
        id.announce(response.headers_mut());
        https::promise(self, caller, response.headers_mut());
    }
}

/// The request with who calls and what it is named beside it, where handlers look for them.
pub fn introduced(mut request: Request, caller: Caller, id: RequestId) -> Request {
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(id);
    request
}
