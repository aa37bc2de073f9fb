//! The headers that tell a browser what a page may not do.

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CACHE_CONTROL, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS},
    },
    middleware::Next,
    response::Response,
};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// On every answer of the pages and of REST. Not one of them depends on the page.
static ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // For browsers that do not know `frame-ancestors`.
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Links out of here must not tell which workspace, or which invitation, somebody was looking at.
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), geolocation=(), \
             microphone=(), payment=(), usb=()",
        ),
    ),
    (OPENER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Adds the headers of [`ALWAYS`], and `no-store` where the handler has not decided how long the answer keeps.
pub async fn secure(request: Request, next: Next) -> Response {
    let leads_back = may_have_an_opener(request.uri().path());
    let mut response = next.run(request).await;
    write(response.headers_mut());
    if leads_back {
        response.headers_mut().insert(OPENER_POLICY, const { HeaderValue::from_static("unsafe-none") });
    }
    response
}

/// An app may open the question whether to let it in, and the sign-in before that, in a window of their own, and wait
/// there for the answer. A page that cuts itself off from its opener would cut off the answer as well.
fn may_have_an_opener(path: &str) -> bool {
    path == "/login" || path.starts_with("/oauth/authorize")
}

/// The same for an answer that is made elsewhere.
pub fn write(headers: &mut HeaderMap) {
    for (name, value) in &ALWAYS {
        headers.insert(name, value.clone());
    }
    headers.entry(CACHE_CONTROL).or_insert(const { HeaderValue::from_static("no-store") });
}

/// The content security policy of a page whose scripts carry `nonce`, which is fresh for every answer.
///
/// A nonce that is no legal header value gives the policy without scripts.
#[must_use]
pub fn page_csp(nonce: &str) -> HeaderValue {
    policy(nonce, "form-action 'self'; ")
}

/// The same for a page whose form is answered by sending the person to another site: browsers hold that site against
/// `form-action` as well, and against every other that it passes the person on to.
#[must_use]
pub fn leading_away_csp(nonce: &str) -> HeaderValue {
    policy(nonce, "")
}

fn policy(nonce: &str, forms: &str) -> HeaderValue {
    let scripts = if is_nonce(nonce) {
        format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'")
    } else {
        "'none'".to_owned()
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; {forms}base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(const { HeaderValue::from_static("default-src 'none'") })
}

/// Base64, either alphabet: a nonce can never end the directive that it stands in.
fn is_nonce(nonce: &str) -> bool {
    !nonce.is_empty() && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b))
}
