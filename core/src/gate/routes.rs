//! Which of the profile's routes a request is for.

use crate::profile::{Profile, RouteNeeds, ScopeSet};
use std::{collections::HashMap, sync::Arc};

/// The profile's routes, made ready for matching.
pub(super) struct Routes {
    methods: HashMap<String, matchit::Router<Matched>>,
}

/// What a request turned out to be.
#[derive(Clone, Debug)]
pub(super) struct Matched {
    /// As the profile spells it: `GET /api/v1/workflows/{id}`.
    pub name: Arc<str>,
    pub needed: ScopeSet,
}

impl Routes {
    pub(super) fn new(profile: &Profile) -> Self {
        let mut methods = HashMap::<String, matchit::Router<Matched>>::new();
        for route in &profile.routes {
            let name = format!("{} {}", route.method, route.path).into();
            let matched = Matched { name, needed: needed(&route.needs) };
            let inserted = methods.entry(route.method.clone()).or_default().insert(route.path.clone(), matched);
            // The profile has been checked; a route that cannot be told from another lets nothing through.
            if let Err(error) = inserted {
                tracing::error!(route = %route.path, %error, "A route of the profile cannot be matched");
            }
        }
        Self { methods }
    }

    /// The route of a request. `HEAD` asks for what `GET` gives (RFC 9110 §9.3.2).
    pub(super) fn find(&self, method: &str, path: &str) -> Option<&Matched> {
        if !is_plain(path) {
            return None;
        }
        let find = |method: &str| self.methods.get(method).and_then(|m| m.at(path).ok()).map(|m| m.value);
        find(method).or_else(|| if method == "HEAD" { find("GET") } else { None })
    }
}

const fn needed(needs: &RouteNeeds) -> ScopeSet {
    match needs {
        RouteNeeds::Scopes(scopes) => *scopes,
        RouteNeeds::Nothing | RouteNeeds::Segment(_) => ScopeSet::NONE,
    }
}

/// Whether every server on the way reads the path as we do. Doubled slashes, dot segments and encoded
/// separators are folded by some and not by others; a request that needs folding is for no route.
fn is_plain(path: &str) -> bool {
    let odd = |byte| !matches!(byte, b'!'..=b'~') || matches!(byte, b'\\' | b'?' | b'#' | b';');
    if !path.starts_with('/') || path.contains("//") || path.bytes().any(odd) {
        return false;
    }
    let dots = path.split('/').any(|segment| segment == "." || segment == "..");
    !dots && encodes_only_what_must_be(path)
}

/// An encoded character stands for itself or for a separator depending on who reads it, unless it is one
/// that can only be sent encoded: `%61dmin` is `admin` for the upstream, and any `{id}` for a matcher.
fn encodes_only_what_must_be(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| {
        let byte = rest.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = byte.and_then(|code| u8::from_str_radix(code, 16).ok());
        byte.is_some_and(|byte| {
            byte == b' ' || byte >= 0x80 || matches!(byte, b'"' | b'<' | b'>' | b'^' | b'`' | b'{'..=b'}')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let text = Profile::built_in("lodol").expect("the profile");
        Routes::new(&Profile::parse("lodol", text).expect("a good profile"))
    }

    fn name(method: &str, path: &str) -> Option<String> {
        routes().find(method, path).map(|m| m.name.to_string())
    }

    #[test]
    fn a_request_finds_its_route() {
        assert_eq!(name("GET", "/api/v1/workflows").as_deref(), Some("GET /api/v1/workflows"));
        assert_eq!(name("HEAD", "/api/v1/workflows").as_deref(), Some("GET /api/v1/workflows"));
        assert_eq!(name("GET", "/api/v1/workflows/wf_1").as_deref(), Some("GET /api/v1/workflows/{id}"));
        let spaced = name("GET", "/api/v1/workflows/two%20words%C3%A9");
        assert_eq!(spaced.as_deref(), Some("GET /api/v1/workflows/{id}"));
        assert_eq!(name("DELETE", "/api/v1/workflows"), None);
        assert_eq!(name("get", "/api/v1/workflows"), None);
    }

    #[test]
    fn path_tricks_match_nothing() {
        for path in [
            "",
            "api/v1/workflows",
            "//api/v1/workflows",
            "/api/v1//workflows",
            "/api/v1/workflows/",
            "/API/v1/workflows",
            "/api/v1/workflows/..",
            "/api/v1/workflows/../executions",
            "/api/v1/workflows/%2e%2e",
            "/api/v1/workflows/a%2Fb",
            "/api/v1/workflows/a%252fb",
            "/api/v1/workflows/%61dmin",
            "/api/v1/workflows/%72un;x=1",
            "/api/v1/workflows/a;x=1",
            "/api/v1/workflows/a%00",
            "/api/v1/workflows/a%3Bb",
            "/api/v1/workflows/a%",
            "/api/v1/workflows/a%4",
            "/api/v1/workflows/a%zz",
            "/api/v1/workflows/a%+1",
            "/api/v1/workflows/a\\b",
            "/api/v1/workflows/a b",
            "/api/v1/workflows/é",
        ] {
            assert_eq!(name("GET", path), None, "{path}");
        }
    }
}
