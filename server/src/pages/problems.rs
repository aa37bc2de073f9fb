//! Problems as pages: the same style, a sentence, and a way on. Programs get them as JSON.

use super::{Look, look::see_other};
use crate::{
    problem::Problem,
    state::Shared,
    visitor::{Member, SignedIn},
};
use axum::{
    extract::{FromRequestParts as _, Request, State},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::Response,
};
use keywright_app::pages::problem::{ProblemPage, ProblemPageProps};

/// An address in a workspace at which there is no page.
pub async fn no_page(_member: Member) -> Problem {
    Problem::not_found("page")
}

/// Writes the problems of pages and of REST, each in its own shape.
pub async fn write(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    if problem.is_about_plan() && problem.action_url.is_none() {
        problem.action_url = Some(plan_url(&app, &mut asked).await);
    }
    if asked.uri.path().starts_with("/auth/") {
        return problem.json_for_apps(&asked.headers);
    }
    if asked.uri.path().starts_with("/api") {
        return problem.json_about(response.extensions().get(), &asked.headers);
    }
    write_page(&app, asked, problem).await
}

/// The problem as a page; a stranger is asked to sign in and then comes back.
pub async fn write_page(app: &Shared, mut asked: Parts, problem: Problem) -> Response {
    if problem.status == StatusCode::UNAUTHORIZED && asked.method == Method::GET {
        let back = asked.uri.path_and_query().map_or("/", |path| path.as_str());
        let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
        return see_other(&format!("/login?next={back}"));
    }
    let look = look(app, &mut asked).await;
    let props = ProblemPageProps {
        status: problem.status.as_u16(),
        title: title(problem.status).to_owned(),
        message: problem.message.clone(),
        action: Some(way_on(&problem)),
    };
    let mut response = look.page(problem.status, title(problem.status), move || ProblemPage(props));
    problem.write_headers(response.headers_mut());
    response
}

/// Where the workspace that was asked about can have more, or be resumed.
async fn plan_url(app: &Shared, asked: &mut Parts) -> Box<str> {
    let member = Member::from_request_parts(asked, app).await.ok();
    app.plan_url(member.as_ref().map(|Member(actor)| actor.workspace.slug.as_str()))
}

/// With the navigation of whoever is signed in, as far as that can still be found out.
async fn look(app: &Shared, asked: &mut Parts) -> Look {
    let Ok(look) = Look::from_request_parts(asked, app).await;
    if asked.uri.path().starts_with("/w/")
        && let Ok(Member(actor)) = Member::from_request_parts(asked, app).await
    {
        return look.of_member(&actor);
    }
    match SignedIn::from_request_parts(asked, app).await {
        Ok(who) => look.of_person(&who),
        Err(_) => look,
    }
}

const fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "That request could not be understood",
        401 => "Please sign in",
        403 => "You may not do this",
        404 => "There is nothing here",
        405 => "That does not work here",
        409 => "This has changed meanwhile",
        413 => "That was too large",
        415 => "That form cannot be read",
        422 => "Something needs correcting",
        429 => "Too many attempts",
        503 => "Busy for a moment",
        _ => "Something went wrong",
    }
}

fn way_on(problem: &Problem) -> (String, String) {
    if let Some(url) = &problem.action_url {
        return ("See the plan".to_owned(), (**url).to_owned());
    }
    let (words, path) = match problem.status.as_u16() {
        401 => ("Sign in", "/login"),
        _ => ("Back to the dashboard", "/"),
    };
    (words.to_owned(), path.to_owned())
}
