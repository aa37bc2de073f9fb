//! Which door a request comes to, and what stands before each.

use crate::{
    api, assets, gate,
    guard::{self, Guard, csrf, headers},
    health, metrics, oauth, operator, pages, problem,
    serve::{Site, at_home},
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

/// Those that are asked so often that finding their way through all the routes and layers would cost a request more than
/// its answer.
#[derive(Clone, Copy)]
enum Direct {
    Gate(gate::Door),
    Published(oauth::Published),
    OAuth(oauth::Door),
}

impl Direct {
    fn of(request: &Request) -> Option<Self> {
        let gate = gate::Door::at(request.uri().path()).map(Self::Gate);
        let published = || oauth::Published::of(request).map(Self::Published);
        gate.or_else(published).or_else(|| oauth::Door::of(request).map(Self::OAuth))
    }
}

impl Site for Doors {
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has each request twice: as it came, and as its argument")]
    fn respond(&self, request: Request) -> impl Future<Output = Response> + Send {
        async move {
            let Some(door) = Direct::of(&request) else { return self.others.respond(request).await };
            let (app, (caller, id)) = (&self.app, self.guard.identify(&request));
            let mut response = match (self.guard.turned_away(caller, &request), door) {
                (Some(refused), _) => refused,
                (None, Direct::Gate(door)) => {
                    let (asked, body) = request.into_parts();
                    door.answer(app, caller, &id, &asked, body).await
                }
                (None, Direct::Published(document)) => document.answer(app, request.into_parts().0.headers).await,
                // In a box: what the gate's doors and the documents need is not to grow with it.
                (None, Direct::OAuth(door)) => Box::pin(door.answer(app, caller, id.clone(), request)).await,
            };
            self.guard.finish(caller, &id, &mut response);
            response
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
    let home = from_fn_with_state(app.home.clone(), at_home);
    let people = pages::router()
        .merge(api::router(&app))
        .layer(from_fn_with_state(guard.clone(), csrf::require_same_origin))
        .layer(from_fn_with_state(app.clone(), pages::problems::write))
        .layer(sessions::layer(&app))
        .merge(Router::new().route("/assets/{*file}", get(assets::serve)))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(guard.clone(), guard::front))
        .layer(home.clone());
    // Apps send people here from their own sites. Nothing is changed by coming.
    let entrance = oauth::entrance()
        .layer(from_fn_with_state(app.clone(), pages::problems::write))
        .layer(sessions::layer(&app))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(guard.clone(), guard::front))
        .layer(home.clone());
    // No session and no API key is ever looked at here.
    let operator = operator::router(&app)
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(guard.clone(), guard::front))
        .layer(home);
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
