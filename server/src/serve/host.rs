//! Which site a request is for. HTTP/1.1 wants that said once; what says nothing, or two things, may be read in another
//! way by whoever stands behind or before us (RFC 9112 §3.2).

use axum::{
    body::Body,
    http::{
        HeaderValue, Request, StatusCode, Version,
        header::{CONTENT_TYPE, HOST},
        uri::Authority,
    },
    response::Response,
};

const REFUSED: &str = r#"{"error":"invalid_request","message":"Send one Host header that names the site."}"#;

/// Whether a request says it once, and in a form that a site can have.
pub fn is_sound(request: &Request<Body>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_site(host),
        (None, None) => request.version() < Version::HTTP_11,
        (..) => false,
    }
}

/// A name or an address, with a port or without; nothing of a person (RFC 9110 §7.2).
fn is_site(host: &HeaderValue) -> bool {
    let bytes = host.as_bytes();
    !bytes.contains(&b'@') && Authority::try_from(bytes).is_ok()
}

/// The answer to a request that does not.
pub fn refuse() -> Response {
    let mut response = Response::new(Body::from(REFUSED));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(CONTENT_TYPE, const { HeaderValue::from_static("application/json") });
    response
}
