//! Which door a request comes to, and what stands before each.

use crate::{
    api, assets, gate,
    guard::{self, Guard, csrf, headers},
    health, metrics, oauth, operator, pages, problem,
    serve::Site,
    sessions,
    state::Shared,
};
use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::get,
};
use std::sync::Arc;

/// The whole site: the doors of the gate that are asked with each request to the operator's API, those of OAuth that
/// programs ask again and again, and behind them everything else.
#[derive(Clone)]
pub struct Doors {
    app: Shared,
    guard: Guard,
    others: Router,
}

impl Site for Doors {
    async fn respond(&self, request: Request) -> Response {
        // Finding its way through all the routes and layers costs a request more than what the gate does with it.
        if let Some(door) = gate::Door::at(request.uri().path()) {
            let answer = |request, caller, id| door.answer(&self.app, caller, id, request);
            self.guard.quietly(request, answer).await
        } else if let Some(document) = oauth::Published::of(&request) {
            self.guard.quietly(request, |request, _, _| document.answer(&self.app, request)).await
        } else if let Some(door) = oauth::Door::of(&request) {
            // In a box: what the gate's doors and the documents need is not to grow with it.
            let answer = |request, caller, id| door.answer(&self.app, caller, id, request);
            Box::pin(self.guard.quietly(request, answer)).await
        } else {
            self.others.respond(request).await
        }
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
