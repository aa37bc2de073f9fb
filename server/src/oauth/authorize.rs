//! `/oauth/authorize` (OAuth 2.1 §3.1, §4.1): where an app sends a person to be asked.

use super::form;
use crate::{
    body::Fields,
    pages::{Look, last_place, see_other},
    problem::Problem,
    state::Shared,
    visitor::SignedIn,
};
use axum::{
    body::Body,
    extract::{OriginalUri, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use keywright_app::pages::consent::{
    ConsentPage, ConsentPageProps, LeavePage, LeavePageProps, NoAppPage, NoAppPageProps,
};
use keywright_core::{
    ids::ConsentId,
    oauth::{Asking, Back, Code, Decision, OAuthError, Opened, Prompt, Turned},
};

/// The longest request that is passed on as an address.
const LONGEST: usize = 16 * 1024;

/// `GET /oauth/authorize`.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    who: Result<SignedIn, Problem>,
    parts: Parts,
) -> Result<Response, Problem> {
    let query = parts.uri.query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    match app.services.oauth.read_request(pairs, form::address(&parts)).await {
        Ok(asking) => open(&app, look, who, asking, &parts).await,
        Err(Turned::Here(error)) => Ok(say_here(look, error)),
        // Nobody may use this server to send people, unseen, to where a stranger wants them (RFC 9700 §4.11.2).
        Err(Turned::Back(back)) if back.app.is_unverified() => {
            who?;
            Ok(ask_to_leave(look, *back))
        }
        Err(Turned::Back(back)) => Ok(see_other(&back.url)),
    }
}

/// `POST /oauth/authorize`: the same, in a form. It is passed on to GET: only then does the browser, which comes from
/// another site, send the session's cookie along.
pub async fn forward(OriginalUri(uri): OriginalUri, request: Request<Body>) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let sent = form::read_pairs(&parts.headers, body).await;
    let pairs = sent.map_err(|error| Problem::malformed(error.description))?;
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.len() > LONGEST {
        return Err(Problem::malformed("The request is too long."));
    }
    Ok(see_other(&format!("{}?{query}", uri.path())))
}

/// `POST /oauth/authorize/decision`: which request is meant, and yes or no. Whatever else there is to know is kept here.
pub async fn decide(State(app): State<Shared>, who: SignedIn, fields: Fields) -> Result<Response, Problem> {
    fields.only(&["request", "decision", "workspace"]).map_err(|error| Problem::malformed(error.message))?;
    let id = fields.one("request").parse::<ConsentId>().map_err(|_| Problem::not_found("request"))?;
    let decision = decision(&fields)?;
    let (user, session, origin) = (&who.user, who.visitor.token(), &who.visitor.origin);
    let url = app.services.oauth.decide(id, user, session, &decision, origin).await?;
    Ok(see_other(&url))
}

/// What a form says; it also serves the page of devices.
pub(super) fn decision(fields: &Fields) -> Result<Decision, Problem> {
    match fields.one("decision").as_str() {
        "allow" => Ok(Decision::Allow(fields.one("workspace"))),
        "deny" => Ok(Decision::Deny),
        _ => Err(Problem::malformed("The form was sent without a decision.")),
    }
}

async fn open(
    app: &Shared,
    look: Look,
    who: Result<SignedIn, Problem>,
    asking: Asking,
    parts: &Parts,
) -> Result<Response, Problem> {
    let oauth = &app.services.oauth;
    let who = match who {
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED && asking.prompt == Prompt::Nothing => {
            let error = OAuthError::new(Code::LoginRequired, "Nobody is signed in.");
            return Ok(see_other(&oauth.turn_back(asking, error).url));
        }
        // They sign in first, and come back.
        who => who?,
    };
    let place = last_place(&parts.headers, app);
    let (session, origin) = (who.visitor.token(), &who.visitor.origin);
    match oauth.open(asking, &who.user, session, place.as_deref(), origin).await? {
        Opened::Ask(request) => {
            let props = ConsentPageProps { request: *request };
            Ok(look.page_that_leads_away("Connect an app", move || ConsentPage(props)))
        }
        Opened::Answered(url) => Ok(see_other(&url)),
    }
}

/// What is wrong cannot be told to the app, because nobody knows where it is.
fn say_here(look: Look, error: OAuthError) -> Response {
    let status = match error.code.status() {
        500.. => StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        _ => StatusCode::BAD_REQUEST,
    };
    let props = NoAppPageProps { code: error.code.as_str(), description: error.description.into_owned() };
    look.page(status, "This app cannot be connected", move || NoAppPage(props))
}

fn ask_to_leave(look: Look, back: Back) -> Response {
    let props = LeavePageProps {
        app: back.app.name,
        destination: back.destination,
        url: back.url,
        description: back.error.description.into_owned(),
    };
    look.page(StatusCode::BAD_REQUEST, "This app cannot be connected", move || LeavePage(props))
}
