//! What the guards turn away, in the words of common_08.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header::CACHE_CONTROL, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};

/// Why a request was turned away before any handler saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It came in the clear although the public URL is `https` (skode_08).
    HttpsRequired,
    /// A page of another site tried to change something here in the name of whoever is signed in.
    CrossOrigin,
}

impl Refusal {
    /// The status that both answer with.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::HttpsRequired | Self::CrossOrigin => StatusCode::FORBIDDEN,
        }
    }

    /// The word that programs may rely on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::HttpsRequired => "https_required",
            Self::CrossOrigin => "cross_origin",
        }
    }

    /// The sentence for people.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::HttpsRequired => "Use HTTPS: this address does not accept requests in the clear.",
            Self::CrossOrigin => "This request came from another site. Open the page here and try again.",
        }
    }
}

/// Renders a refusal as JSON, whoever asks.
#[must_use]
pub fn plain(refusal: Refusal, _: &HeaderMap) -> Response {
    let body = serde_json::json!({ "error": refusal.code(), "message": refusal.message() }).to_string();
    let json = HeaderValue::from_static("application/json");
    let no_store = HeaderValue::from_static("no-store");
    (refusal.status(), [(CONTENT_TYPE, json), (CACHE_CONTROL, no_store)], body).into_response()
}
