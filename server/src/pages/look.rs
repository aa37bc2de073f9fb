//! How a page looks to whoever asks: colours, a message from the last step, who is signed in.

use crate::{
    guard::headers::{leading_away_csp, page_csp},
    problem::Problem,
    seal::cookie_name,
    state::{App, Shared},
    visitor::SignedIn,
};
use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_SECURITY_POLICY, COOKIE, LOCATION, SET_COOKIE},
        request::Parts,
    },
    response::{Html, IntoResponse as _, Response},
};
use chrono::TimeDelta;
use cookie::{Cookie, SameSite};
use keywright_app::{Frame, Place, Theme, Viewer};
use keywright_core::actor::Actor;
use leptos::IntoView;
use std::{convert::Infallible, sync::Arc};

/// The name of the cookie that carries a message to the next page.
const FLASH: &str = "flash";
/// The name of the cookie that remembers in which workspace the browser was last.
const PLACE: &str = "place";

/// What a page needs to know of its request.
#[derive(Clone)]
pub struct Look {
    app: Shared,
    theme: Theme,
    flash: Option<String>,
    path: String,
    viewer: Option<Viewer>,
    last_place: Option<String>,
}

impl FromRequestParts<Shared> for Look {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Infallible> {
        Ok(Self {
            app: Arc::clone(app),
            theme: Theme::parse(&plain_cookie(&parts.headers, super::theme::COOKIE, app).unwrap_or_default()),
            flash: app.sealer.open(FLASH, &parts.headers, app.now()),
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            viewer: None,
            last_place: last_place(&parts.headers, app),
        })
    }
}

impl Look {
    /// For somebody who is signed in, outside any workspace.
    #[must_use]
    pub fn of_person(self, who: &SignedIn) -> Self {
        Self { viewer: Some(Viewer { user: who.user.clone(), place: None }), ..self }
    }

    /// For a member, in their workspace.
    #[must_use]
    pub fn of_member(self, actor: &Actor) -> Self {
        let plan = self.app.services.profile.plan(&actor.workspace.plan);
        let place = Place {
            workspace: actor.workspace.clone(),
            role: actor.role.clone(),
            plan: plan.map_or_else(|| actor.workspace.plan.clone(), |plan| plan.title.clone()),
            elsewhere: actor.elsewhere,
        };
        Self { viewer: Some(Viewer { user: actor.user.clone(), place: Some(place) }), ..self }
    }

    /// The page, with the policy that names its nonce.
    pub fn page<V: IntoView + 'static>(self, status: StatusCode, title: &str, page: impl FnOnce() -> V) -> Response {
        self.write(status, title, page, page_csp)
    }

    /// The same for a page whose form is answered by sending the person to another site.
    pub fn page_that_leads_away<V: IntoView + 'static>(self, title: &str, page: impl FnOnce() -> V) -> Response {
        self.write(StatusCode::OK, title, page, leading_away_csp)
    }

    fn write<V: IntoView + 'static>(
        self,
        status: StatusCode,
        title: &str,
        page: impl FnOnce() -> V,
        csp: fn(&str) -> HeaderValue,
    ) -> Response {
        let app = self.app;
        let had_flash = self.flash.is_some();
        let place = self.viewer.as_ref().and_then(|viewer| viewer.place.as_ref());
        let place =
            place.map(|place| place.workspace.slug.clone()).filter(|slug| self.last_place.as_ref() != Some(slug));
        let frame = Frame {
            title: title.to_owned(),
            theme: self.theme,
            assets: Arc::clone(&app.assets),
            profile: Arc::clone(&app.services.profile),
            path: self.path,
            viewer: self.viewer,
            flash: self.flash,
        };
        let html = keywright_app::render(frame, page);
        let mut response = (status, Html(html.body)).into_response();
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, csp(&html.nonce));
        if had_flash {
            set_cookie(&mut response, &app.sealer.clear(FLASH));
        }
        if let Some(slug) = place {
            set_cookie(&mut response, &plain(&app, PLACE, slug));
        }
        response
    }
}

/// Adds a message that the next page shows once.
pub fn flash(app: &App, mut response: Response, message: &str) -> Response {
    let sealed = app.sealer.seal(FLASH, &message, app.now(), TimeDelta::minutes(1), SameSite::Lax);
    match sealed {
        Ok(cookie) => set_cookie(&mut response, &cookie),
        Err(error) => tracing::warn!(%error, "A message was not carried to the next page"),
    }
    response
}

/// Adds a cookie to an answer.
pub fn set_cookie(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// A redirect that a browser follows with GET, whatever it sent (RFC 9110 §15.4.4).
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => Problem::malformed("This address cannot be gone to.").into_response(),
    }
}

/// A path of this site, to go on to after signing in or choosing a theme. Never another site's: `//host`
/// and `/\host` are one for browsers.
pub fn local_path(text: &str) -> Option<&str> {
    let own = text.starts_with('/')
        && !text[1..].starts_with(['/', '\\'])
        && text.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'\\');
    own.then_some(text)
}

/// In which workspace this browser was last: no more than a wish, as anybody may write it.
pub fn last_place(headers: &HeaderMap, app: &App) -> Option<String> {
    plain_cookie(headers, PLACE, app)
}

/// A cookie of a year that is no secret.
pub fn plain(app: &App, name: &str, value: impl Into<String>) -> Cookie<'static> {
    let secure = app.public_url.is_https();
    Cookie::build((cookie_name(name, secure), value.into()))
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .build()
}

fn plain_cookie(headers: &HeaderMap, name: &str, app: &App) -> Option<String> {
    let name = cookie_name(name, app.public_url.is_https());
    let sent = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = sent.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        assert_eq!(local_path("/w/acme/keys?after=key_1"), Some("/w/acme/keys?after=key_1"));
        for bad in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "w/acme", "/a\\b", "/a\r\nSet-Cookie: x"]
        {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }
}
