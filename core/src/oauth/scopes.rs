//! Scopes as OAuth writes them: names with spaces between (RFC 6749 §3.3). The lists with commas and the `*` of API keys
//! are not known here: to OAuth each of them would be one scope of that name.

use super::{Code, GrantStanding, MANAGE, OAuthError, OAuthResult, Parameters};
use crate::{
    apps::App,
    profile::{Profile, ScopeSet},
};

/// What an app asks for. The command line asks for the right to manage, which is none of the product's scopes: of those it
/// asks for none.
pub(super) fn asked_by(app: &App, parameters: &Parameters, profile: &Profile) -> OAuthResult<ScopeSet> {
    if app.is_built_in() { only_manage(parameters) } else { asked(parameters, profile, app.scope_set(profile)) }
}

/// Of what was granted, the part that a request names: all of it where it names none.
pub(super) fn narrowed_of(
    standing: &GrantStanding,
    parameters: &Parameters,
    profile: &Profile,
) -> OAuthResult<ScopeSet> {
    if standing.manages { only_manage(parameters) } else { narrowed(parameters, profile, standing.scopes) }
}

fn only_manage(parameters: &Parameters) -> OAuthResult<ScopeSet> {
    match parameters.one("scope") {
        None | Some(MANAGE) => Ok(ScopeSet::NONE),
        Some(_) => Err(invalid_scope(format!("The command line has one scope: {MANAGE}."))),
    }
}

/// What a request asks for: what the app may ask for at all, where it names nothing.
fn asked(parameters: &Parameters, profile: &Profile, registered: ScopeSet) -> OAuthResult<ScopeSet> {
    let Some(text) = parameters.one("scope") else {
        return if registered.is_empty() { Err(invalid_scope("The app has no scopes.")) } else { Ok(registered) };
    };
    let asked = parse(text, profile)?;
    let beyond = asked.without(registered);
    if beyond.is_empty() {
        return Ok(asked);
    }
    let beyond = profile.scope_names(beyond).join(", ");
    Err(invalid_scope(format!("The app is not registered for: {beyond}.")))
}

fn narrowed(parameters: &Parameters, profile: &Profile, granted: ScopeSet) -> OAuthResult<ScopeSet> {
    let Some(text) = parameters.one("scope") else { return Ok(granted) };
    let asked = parse(text, profile)?;
    if granted.covers(asked) { Ok(asked) } else { Err(invalid_scope("This scope was not granted.")) }
}

fn parse(text: &str, profile: &Profile) -> OAuthResult<ScopeSet> {
    let mut asked = ScopeSet::NONE;
    for name in text.split(' ').filter(|name| !name.is_empty()) {
        let place = profile.scopes.iter().position(|scope| scope.name == name);
        let place = place.ok_or_else(|| {
            if name == MANAGE {
                return invalid_scope(format!("The scope '{MANAGE}' is the command line's: no other app gets it."));
            }
            let shown: String = name.chars().take(60).collect();
            invalid_scope(format!("The scope '{shown}' does not exist."))
        })?;
        asked = asked.with(ScopeSet::one(place));
    }
    if asked.is_empty() { Err(invalid_scope("The scope is empty.")) } else { Ok(asked) }
}

fn invalid_scope(description: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(Code::InvalidScope, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        Profile::parse("lodol", Profile::built_in("lodol").unwrap()).unwrap()
    }

    fn with(scope: &str) -> Parameters {
        Parameters::lenient(vec![("scope".to_owned(), scope.to_owned())])
    }

    #[test]
    fn an_app_gets_what_it_names_within_its_registration_and_all_of_that_if_it_names_nothing() {
        let profile = profile();
        let registered = profile.scope_set(&["workflows:read", "executions:read"]).unwrap();
        let of = |scope: &str| asked(&with(scope), &profile, registered).map_err(|error| error.code);
        assert_eq!(of(""), Ok(registered));
        assert_eq!(of("workflows:read"), Ok(profile.scope_set(&["workflows:read"]).unwrap()));
        assert_eq!(of(" executions:read  workflows:read "), Ok(registered));
        for wrong in ["workflows:execute", "workflows:read,executions:read", "*", "nothing", " ", "workflows:read\tx"] {
            assert_eq!(of(wrong), Err(Code::InvalidScope), "{wrong}");
        }
    }

    #[test]
    fn a_refresh_may_narrow_and_never_widen() {
        let profile = profile();
        let granted = profile.scope_set(&["workflows:read"]).unwrap();
        assert_eq!(narrowed(&with(""), &profile, granted), Ok(granted));
        assert!(narrowed(&with("workflows:read executions:read"), &profile, granted).is_err());
    }
}
