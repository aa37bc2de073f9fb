//! Which of the profile's routes a request is for.

use crate::profile::{Profile, RouteNeeds, ScopeSet};
use std::{collections::HashMap, sync::Arc};

/// The profile's routes, made ready for matching.
pub(super) struct Routes {
    methods: HashMap<String, matchit::Router<Known>>,
    /// Each as the profile spells it, in its order.
    names: Vec<Arc<str>>,
    /// What a variable segment may name.
    scopes: HashMap<String, ScopeSet>,
}

struct Known {
    place: usize,
    name: Arc<str>,
    needs: RouteNeeds,
}

/// What a request turned out to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matched<'r> {
    /// Among the profile's routes.
    pub place: usize,
    /// As the profile spells it: `GET /api/v1/workflows/{id}`.
    pub name: &'r Arc<str>,
    pub needed: ScopeSet,
}

impl Routes {
    pub(super) fn new(profile: &Profile) -> Self {
        let mut methods = HashMap::<String, matchit::Router<Known>>::new();
        let mut names = Vec::with_capacity(profile.routes.len());
        for (place, route) in profile.routes.iter().enumerate() {
            let name: Arc<str> = format!("{} {}", route.method, route.path).into();
            names.push(Arc::clone(&name));
            let known = Known { place, name, needs: route.needs.clone() };
            let inserted = methods.entry(route.method.clone()).or_default().insert(route.path.clone(), known);
            // The profile has been checked; a route that cannot be told from another lets nothing through.
            if let Err(error) = inserted {
                tracing::error!(route = %route.path, %error, "A route of the profile cannot be matched");
            }
        }
        // By name alone: `*` in a path is no integration, though a key may carry it.
        let scopes = profile.scopes.iter().enumerate().map(|(i, scope)| (scope.name.clone(), ScopeSet::one(i)));
        Self { methods, names, scopes: scopes.collect() }
    }

    /// The route of a request. `HEAD` asks for what `GET` gives (RFC 9110 §9.3.2).
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Matched<'_>> {
        if !is_plain(path) {
            return None;
        }
        let find = |method: &str| {
            let found = self.methods.get(method)?.at(path).ok()?;
            let needed = match &found.value.needs {
                RouteNeeds::Nothing => ScopeSet::NONE,
                RouteNeeds::Scopes(scopes) => *scopes,
                RouteNeeds::Segment(name) => *self.scopes.get(found.params.get(name)?)?,
            };
            Some(Matched { place: found.value.place, name: &found.value.name, needed })
        };
        find(method).or_else(|| if method == "HEAD" { find("GET") } else { None })
    }

    /// What the route in this place is called. Two marks of one route share its name.
    pub(super) fn name(&self, place: usize) -> Option<&Arc<str>> {
        self.names.get(place)
    }

    /// The methods that this path is a route for.
    pub(super) fn methods(&self, path: &str) -> Vec<&str> {
        let mut methods: Vec<_> = self.methods.keys().map(String::as_str).collect();
        methods.retain(|method| self.find(method, path).is_some());
        methods.sort_unstable();
        methods
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

    fn profile(name: &str) -> Profile {
        let text = Profile::built_in(name).expect("the profile");
        Profile::parse(name, text).expect("a good profile")
    }

    fn name(method: &str, path: &str) -> Option<String> {
        Routes::new(&profile("lodol")).find(method, path).map(|m| m.name.to_string())
    }

    /// The route of a request in Skillett's API, and the scopes that it needs.
    fn skill(method: &str, path: &str) -> Option<(String, Vec<String>)> {
        let profile = profile("skillett");
        let routes = Routes::new(&profile);
        routes.find(method, path).map(|m| (m.name.to_string(), profile.scope_names(m.needed)))
    }

    #[track_caller]
    fn needs(request: (&str, &str), route: &str, scopes: &[&str]) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        assert_eq!(skill(request.0, request.1), Some((route.to_owned(), scopes)));
    }

    #[test]
    fn skillett_03_a_request_needs_the_scope_of_the_integration_that_its_path_names() {
        needs(("POST", "/v1/github/create-issue"), "POST /v1/{integration}/{endpoint}", &["github"]);
        needs(("POST", "/v1/gmail/send"), "POST /v1/{integration}/{endpoint}", &["gmail"]);
        for path in ["/v1/unheard-of/send", "/v1/GitHub/send", "/v1/*/send", "/v1/oauth/token", "/v1/connect/send"] {
            assert_eq!(skill("POST", path), None, "{path} is no integration");
        }
    }

    #[test]
    fn skillett_07_every_printed_route_is_held_to_the_scope_of_its_integration() {
        needs(("GET", "/v1/skills"), "GET /v1/skills", &[]);
        needs(("GET", "/v1/skills/github"), "GET /v1/skills/{integration}", &["github"]);
        needs(("HEAD", "/v1/skills/github"), "GET /v1/skills/{integration}", &["github"]);
        needs(("GET", "/v1/skills/gmail/send"), "GET /v1/skills/{integration}/{endpoint}", &["gmail"]);
        needs(("POST", "/v1/connect"), "POST /v1/connect", &[]);
        needs(("GET", "/v1/connect/con_1"), "GET /v1/connect/{id}", &[]);
        needs(("GET", "/v1/slack/download"), "GET /v1/{slug}/download", &["slack"]);
        for path in ["/v1/skills/unheard-of", "/v1/skills/download", "/v1/unheard-of/download", "/v1/slack"] {
            assert_eq!(skill("GET", path), None, "{path}");
        }
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
    fn a_path_has_the_methods_of_its_routes() {
        let routes = Routes::new(&profile("skode"));
        assert_eq!(routes.methods("/v1/leads"), ["GET", "POST"]);
        assert_eq!(routes.methods("/v1//leads"), [""; 0]);
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
