//! Pages of every site may call what apps in browsers need (OAuth 2.1 §3.2). No cookie counts at these doors, so that a
//! page learns nothing that its site could not ask for itself.

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
        },
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Answers preflights, and lets every page read the answers.
pub async fn allow(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        let mut response = StatusCode::NO_CONTENT.into_response();
        permit(response.headers_mut());
        response
    } else {
        next.run(request).await
    };
    open(response.headers_mut());
    response
}

/// Lets every page read an answer.
pub fn open(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, const { HeaderValue::from_static("*") });
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        const { HeaderValue::from_static("ETag, Retry-After, WWW-Authenticate, X-Request-Id") },
    );
}

fn permit(headers: &mut HeaderMap) {
    let methods = const { HeaderValue::from_static("GET, POST, PUT, DELETE") };
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    // MCP's clients send their version with everything.
    let sendable = const { HeaderValue::from_static("Authorization, Content-Type, DPoP, MCP-Protocol-Version") };
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, sendable);
    headers.insert(ACCESS_CONTROL_MAX_AGE, const { HeaderValue::from_static("7200") });
}
