//! Which door a request comes to, and what stands before each.

use crate::{
    api, assets, gate,
    guard::{self, Guard, csrf, headers},
    health, metrics, oauth, operator, pages, problem, sessions,
    state::Shared,
};
use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::get,
};
use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower::Service;

/// The whole site: the doors of the gate that are asked with each request to the operator's API, and behind them
/// everything else.
#[derive(Clone)]
pub struct Doors {
    app: Shared,
    guard: Guard,
    others: Router,
}

impl Service<Request> for Doors {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // Finding its way through all the routes and layers costs a request more than what the gate does with it.
        let Some(door) = gate::Door::at(request.uri().path()) else { return Box::pin(self.others.call(request)) };
        let (app, guard) = (Arc::clone(&self.app), self.guard.clone());
        Box::pin(async move {
            Ok(guard.quietly(request, |request, caller, id| door.answer(app, caller, id, request)).await)
        })
    }
}

/// The whole site.
///
/// People and programs that manage keys pass sessions, the same-origin check and the security headers.
/// The gate passes none of these: it runs on every request of the operator's API. The operator's own systems
/// have a door with a token of its own.
pub fn build(app: Shared) -> Doors {
    let guard = Guard::new(
        app.public_url.clone(),
        app.proxies.clone(),
        app.services.clock.clone(),
        app.services.random.clone(),
        problem::refuse,
    );
    let people = pages::router()
        .merge(api::router(&app))
        .layer(from_fn_with_state(guard.clone(), csrf::require_same_origin))
        .layer(from_fn_with_state(app.clone(), pages::problems::write))
        .layer(sessions::layer(&app))
        .merge(Router::new().route("/assets/{*file}", get(assets::serve)))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(guard.clone(), guard::front));
    // Apps send people here from their own sites. Nothing is changed by coming.
    let entrance = oauth::entrance()
        .layer(from_fn_with_state(app.clone(), pages::problems::write))
        .layer(sessions::layer(&app))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(guard.clone(), guard::front));
    // No session and no API key is ever looked at here.
    let operator =
        operator::router(&app).layer(from_fn(headers::secure)).layer(from_fn_with_state(guard.clone(), guard::front));
    let machines = gate::router()
        .merge(health::router())
        .merge(metrics::router())
        // Apps bring credentials of their own.
        .merge(oauth::machines())
        .method_not_allowed_fallback(problem::method_not_allowed_json)
        .layer(from_fn_with_state(guard.clone(), guard::quiet));
    // What no door is for may still be a route of the profile: the gate's fallback answers.
    let others = people.merge(entrance).merge(operator).merge(machines).with_state(Arc::clone(&app));
    Doors { app, guard, others }
}
