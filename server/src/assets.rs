//! The site inside the binary: JavaScript, WASM, CSS and pictures, compressed when they were built, with names that
//! change with their content, so that browsers keep them for ever.
//!
//! `cargo xtask build` makes the folder. Release builds hold a copy of it; debug builds read it from disk, so that a
//! rebuilt stylesheet shows without recompiling the server.

use axum::{
    body::{Body, Bytes},
    extract::Path,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use keywright_app::Assets;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use std::{borrow::Cow, cmp::Reverse, collections::BTreeMap, sync::Arc};

/// Where [`serve`] is mounted.
const BASE: &str = "/assets";

/// The list of what the site holds; not served.
const MANIFEST: &str = "manifest.json";

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

#[derive(RustEmbed)]
#[cfg_attr(debug_assertions, folder = "../target/site/debug")]
#[cfg_attr(not(debug_assertions), folder = "../target/site/release")]
struct Site;

/// What `cargo xtask build` wrote about the site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    /// The common stem of the `.js` and the `.wasm`.
    package: Option<String>,
    /// From the name in the sources to the name that is served.
    files: BTreeMap<String, String>,
}

impl Manifest {
    /// An absent or empty manifest is that of a site that was never built, or was built by other means than ours:
    /// then files have the names of their sources.
    fn read() -> Self {
        Site::get(MANIFEST).and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
    }

    fn url(&self, source: &str) -> String {
        let name = self.files.get(source).map_or(source, String::as_str);
        format!("{BASE}/{name}")
    }
}

/// The names of this build's assets, for the head of every page.
#[must_use]
pub fn assets() -> Arc<Assets> {
    let manifest = Manifest::read();
    Arc::new(Assets {
        css: manifest.url("keywright.css"),
        favicon: manifest.url("favicon.svg"),
        package: manifest.package.unwrap_or_else(|| "keywright".to_owned()),
    })
}

/// Answers `GET` and `HEAD` of `/assets/{*file}` from the embedded site.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    respond(|name| Site::get(name).map(Stored::from), &file, &headers)
}

/// A file of the site as it is stored.
struct Stored {
    bytes: Bytes,
    hash: [u8; 32],
}

impl From<EmbeddedFile> for Stored {
    fn from(file: EmbeddedFile) -> Self {
        let bytes = match file.data {
            Cow::Borrowed(embedded) => Bytes::from_static(embedded),
            Cow::Owned(read) => Bytes::from(read),
        };
        Self { bytes, hash: file.metadata.sha256_hash() }
    }
}

/// Answers from any set of files. `find` takes the name as stored: with `.br` or `.gz` for a compressed copy.
fn respond(find: impl Fn(&str) -> Option<Stored>, name: &str, headers: &HeaderMap) -> Response {
    if name == MANIFEST || has_extension(name, "br") || has_extension(name, "gz") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some((coding, file)) = accepted(headers)
        .into_iter()
        .chain([Coding::Identity])
        .find_map(|coding| Some((coding, find(&format!("{name}{}", coding.suffix()))?)))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = etag(&file.hash);
    let unchanged = headers.get_all(IF_NONE_MATCH).iter().any(|held| holds(held, &etag));
    let cache = if is_hashed(name) { FOR_EVER } else { ASK_AGAIN };
    let about = [(CACHE_CONTROL, cache), (ETAG, etag), (VARY, HeaderValue::from_static("accept-encoding"))];
    if unchanged {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let kind = [(CONTENT_TYPE, content_type(name)), (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))];
    let encoding = coding.token().map(|token| [(CONTENT_ENCODING, HeaderValue::from_static(token))]);
    let mut response = (about, kind, Body::from(file.bytes)).into_response();
    response.headers_mut().extend(encoding.into_iter().flatten());
    response
}

/// A content coding in which files are stored, the smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// Its name in `Content-Encoding`; none where that header must be left out.
    const fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// The codings that the client takes, best first (RFC 9110 §12.5.3): by its own weights, and by size where it has no
/// preference. Nothing sent means that only the plain file is safe.
fn accepted(headers: &HeaderMap) -> Vec<Coding> {
    let mut weights: BTreeMap<String, u16> = BTreeMap::new();
    for value in headers.get_all(ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let (coding, weight) = weighted(item);
            weights.insert(coding, weight);
        }
    }
    let any = weights.get("*").copied();
    let weight = |coding: Coding| {
        let named = weights.get(coding.token().unwrap_or("identity")).copied().or(any);
        named.unwrap_or(u16::from(coding == Coding::Identity))
    };
    let mut codings: Vec<Coding> = Coding::ALL.into_iter().filter(|coding| weight(*coding) > 0).collect();
    codings.sort_by_key(|coding| (Reverse(weight(*coding)), *coding));
    codings
}

/// Reads `gzip;q=0.5` as `("gzip", 500)`. A weight that is not a number counts as 0: such a coding is not used.
fn weighted(item: &str) -> (String, u16) {
    let mut parts = item.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(1000, |q| (q.parse::<f32>().unwrap_or(0.0) * 1000.0).clamp(0.0, 1000.0) as u16);
    (coding, weight)
}

/// A strong validator of exactly these bytes, so the compressed copies have their own.
fn etag(hash: &[u8; 32]) -> HeaderValue {
    let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{digits}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether an `If-None-Match` names the tag; the comparison is the weak one (RFC 9110 §13.1.2).
fn holds(held: &HeaderValue, etag: &HeaderValue) -> bool {
    held.to_str()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}

fn content_type(name: &str) -> HeaderValue {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// Whether the name carries the hash that the build puts before the extension: a dash and 16 hexadecimal digits.
/// Only then may a browser keep the file without asking again.
fn is_hashed(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;
    use http_body_util::BodyExt as _;

    const HASHED: &str = "keywright-0123456789abcdef.wasm";

    fn site(name: &str) -> Option<Stored> {
        let text: &'static str = match name {
            "keywright-0123456789abcdef.wasm" => "plain",
            "keywright-0123456789abcdef.wasm.br" => "brotli",
            "keywright-0123456789abcdef.wasm.gz" => "gzip",
            "favicon.svg" => "<svg/>",
            MANIFEST => "{}",
            _ => return None,
        };
        let mut hash = [0; 32];
        hash[..text.len()].copy_from_slice(text.as_bytes());
        Some(Stored { bytes: Bytes::from_static(text.as_bytes()), hash })
    }

    fn get(name: &str, sent: &[(HeaderName, &str)]) -> Response {
        let headers = sent
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect::<HeaderMap>();
        respond(site, name, &headers)
    }

    fn header(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    async fn body(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_smallest_copy_that_the_client_takes_is_sent() {
        for (accepts, coding, text) in [
            ("gzip, deflate, br, zstd", "br", "brotli"),
            ("gzip", "gzip", "gzip"),
            ("br;q=0, gzip", "gzip", "gzip"),
            ("br;q=0.1, gzip;q=0.9", "gzip", "gzip"),
            ("BR", "br", "brotli"),
            ("*", "br", "brotli"),
            ("*, br; q=0", "gzip", "gzip"),
            ("identity", "", "plain"),
            ("deflate", "", "plain"),
            ("br;q=soon", "", "plain"),
            ("identity;q=0", "", "plain"),
            ("", "", "plain"),
        ] {
            let response = get(HASHED, &[(ACCEPT_ENCODING, accepts)]);
            assert_eq!(response.status(), StatusCode::OK, "{accepts}");
            assert_eq!(header(&response, CONTENT_ENCODING), coding, "{accepts}");
            assert_eq!(header(&response, VARY), "accept-encoding", "{accepts}");
            assert_eq!(body(response).await, text, "{accepts}");
        }
    }

    #[test]
    fn a_hashed_name_is_kept_for_ever_and_a_plain_one_is_asked_for_again() {
        let hashed = get(HASHED, &[]);
        assert_eq!(header(&hashed, CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(header(&hashed, CONTENT_TYPE), "application/wasm");
        let plain = get("favicon.svg", &[]);
        assert_eq!(header(&plain, CACHE_CONTROL), "no-cache");
        assert_eq!(header(&plain, CONTENT_TYPE), "image/svg+xml");
    }

    #[tokio::test]
    async fn a_copy_that_the_browser_holds_is_not_sent_again() {
        let tag = header(&get(HASHED, &[(ACCEPT_ENCODING, "br")]), ETAG).to_owned();
        for held in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let response = get(HASHED, &[(ACCEPT_ENCODING, "br"), (IF_NONE_MATCH, &held)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{held}");
            assert_eq!(header(&response, ETAG), tag);
            assert_eq!(body(response).await, "");
        }
        let other = get(HASHED, &[(ACCEPT_ENCODING, "gzip"), (IF_NONE_MATCH, &tag)]);
        assert_eq!(other.status(), StatusCode::OK, "the gzip copy is not the brotli copy");
    }

    #[test]
    fn what_is_not_an_asset_is_not_found() {
        for name in ["", "nothing.js", "../Cargo.toml", "/etc/passwd", MANIFEST, "keywright-0123456789abcdef.wasm.br"] {
            assert_eq!(get(name, &[]).status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[tokio::test]
    async fn nothing_outside_the_site_is_served() {
        for name in ["../../../Cargo.toml", "../release/manifest.json", "/etc/passwd"] {
            let response = serve(Path(name.to_owned()), HeaderMap::new()).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[test]
    fn a_site_that_was_not_built_has_the_names_of_its_sources() {
        let manifest: Manifest = serde_json::from_str("{}").unwrap();
        assert_eq!(manifest.url("keywright.css"), "/assets/keywright.css");
        let manifest: Manifest =
            serde_json::from_str(r#"{"package": "keywright-1", "files": {"keywright.css": "keywright-2.css"}}"#)
                .unwrap();
        assert_eq!(manifest.url("keywright.css"), "/assets/keywright-2.css");
    }
}
