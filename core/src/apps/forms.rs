//! What people send to register an app or to change one, and what may come of it.

use super::{App, AppKind, AppPolicy, RedirectUri};
use crate::{
    error::FieldError,
    profile::{Profile, Role, ScopeSet, SelfRegistration},
    text,
};

/// To how many addresses one app may be sent back.
pub const MOST_REDIRECTS: usize = 10;
/// The most characters of a name.
pub const MOST_NAME: usize = 80;
/// The most characters of a website's address.
const MOST_URI: usize = 500;

/// What the form and the REST call send, as typed. A refused form comes back as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppForm {
    /// The name.
    pub name: String,
    /// The word for its kind.
    pub kind: String,
    /// Where people are sent back to, one address a line.
    pub redirect_uris: String,
    /// The names of the scopes that it may ask for.
    pub scopes: Vec<String>,
    /// Its website; may be empty.
    pub client_uri: String,
    /// Whether it may leave out PKCE.
    pub pkce_optional: bool,
}

/// What is to be changed about an app; none: stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppPatch {
    /// The name.
    pub name: Option<String>,
    /// Where people are sent back to, one address a line.
    pub redirect_uris: Option<String>,
    /// The names of the scopes.
    pub scopes: Option<Vec<String>>,
    /// Its website.
    pub client_uri: Option<String>,
    /// Whether it may leave out PKCE.
    pub pkce_optional: Option<bool>,
    /// The version that the change was made on; another one is refused.
    pub version: Option<i64>,
}

/// What a workspace is to say of apps from elsewhere, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyForm {
    /// The word for whether they may be used.
    pub mode: String,
    /// The most that they get.
    pub scopes: Vec<String>,
}

/// An app that may be registered: everything in it has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApp {
    /// The kind.
    pub kind: AppKind,
    /// The rest, which can be changed later.
    pub facts: AppFacts,
}

/// What can be changed about an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppFacts {
    /// The name, trimmed.
    pub name: String,
    /// Where people are sent back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// The scopes, in the profile's order.
    pub scopes: Vec<String>,
    /// Its website.
    pub client_uri: Option<String>,
    /// Whether it may leave out PKCE.
    pub pkce_optional: bool,
}

impl AppForm {
    /// The form for changing this app.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self {
            name: app.name.clone(),
            kind: app.kind.code().to_owned(),
            redirect_uris: redirects_text(&app.redirect_uris),
            scopes: app.scopes.clone(),
            client_uri: app.client_uri.clone().unwrap_or_default(),
            pkce_optional: app.pkce_optional,
        }
    }
}

impl NewApp {
    /// Reads a form against the profile and the registrant's role; every wrong field is reported, and of the
    /// addresses every wrong line.
    pub fn parse(form: &AppForm, profile: &Profile, role: &Role) -> Result<Self, Vec<FieldError>> {
        let kind =
            AppKind::parse(form.kind.trim()).ok_or_else(|| vec![FieldError::new("kind", "Choose where the app runs.")]);
        // Without a kind the other fields are read as for the one with the most of them.
        let read_as = kind.as_ref().copied().unwrap_or(AppKind::Server);
        let facts = AppFacts::parse(form, read_as, |names| parse_scopes(names, &[], profile, role.scopes));
        match (kind, facts) {
            (Ok(kind), Ok(facts)) => Ok(Self { kind, facts }),
            (kind, facts) => Err([facts.err(), kind.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

impl AppFacts {
    /// Reads a patch of this app. Scopes that it has already may stay, whatever the editor's role.
    pub fn parse_patch(patch: &AppPatch, app: &App, profile: &Profile, editor: &Role) -> Result<Self, Vec<FieldError>> {
        let now = AppForm::of(app);
        let form = AppForm {
            name: patch.name.clone().unwrap_or(now.name),
            redirect_uris: patch.redirect_uris.clone().unwrap_or(now.redirect_uris),
            scopes: patch.scopes.clone().unwrap_or(now.scopes),
            client_uri: patch.client_uri.clone().unwrap_or(now.client_uri),
            pkce_optional: patch.pkce_optional.unwrap_or(now.pkce_optional),
            kind: now.kind,
        };
        Self::parse(&form, app.kind, |names| parse_scopes(names, &app.scopes, profile, editor.scopes))
    }

    fn parse(
        form: &AppForm,
        kind: AppKind,
        scopes: impl FnOnce(&[String]) -> Result<Vec<String>, FieldError>,
    ) -> Result<Self, Vec<FieldError>> {
        let name = text::line(&form.name, MOST_NAME).map_err(|f| FieldError::new("name", f.message("The name")));
        let redirects = parse_redirects(&form.redirect_uris, kind);
        let client_uri = parse_client_uri(&form.client_uri);
        let pkce = parse_pkce(form.pkce_optional, kind);
        match (name, redirects, scopes(&form.scopes), client_uri, pkce) {
            (Ok(name), Ok(redirect_uris), Ok(scopes), Ok(client_uri), Ok(pkce_optional)) => {
                Ok(Self { name, redirect_uris, scopes, client_uri, pkce_optional })
            }
            (name, redirects, scopes, client_uri, pkce) => {
                let mut errors: Vec<_> = name.err().into_iter().collect();
                errors.extend(redirects.err().into_iter().flatten());
                errors.extend([scopes.err(), client_uri.err(), pkce.err()].into_iter().flatten());
                Err(errors)
            }
        }
    }
}

impl AppPolicy {
    /// Reads what a workspace is to say. Where apps may be used at all, they get at least one scope.
    pub fn parse(form: &PolicyForm, profile: &Profile) -> Result<Self, Vec<FieldError>> {
        let wrong = |field, message: &str| vec![FieldError::new(field, message)];
        let mode = SelfRegistration::parse(form.mode.trim())
            .ok_or_else(|| wrong("mode", "Choose whether apps from elsewhere may be used."))?;
        let scopes = parse_scopes(&form.scopes, &[], profile, ScopeSet::ALL);
        match (mode, scopes) {
            (mode, Ok(scopes)) => Ok(Self { mode, scopes }),
            (SelfRegistration::Off, Err(_)) if form.scopes.is_empty() => Ok(Self { mode, scopes: Vec::new() }),
            (_, Err(error)) => Err(vec![error]),
        }
    }
}

/// The addresses as people type them: one a line.
#[must_use]
pub fn redirects_text(uris: &[RedirectUri]) -> String {
    uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>().join("\n")
}

/// One address a line; of each wrong line it is said why.
fn parse_redirects(text: &str, kind: AppKind) -> Result<Vec<RedirectUri>, Vec<FieldError>> {
    let wrong = |message: String| FieldError::new("redirect_uris", message);
    let lines: Vec<_> = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()).collect();
    if !kind.has_redirects() {
        let none = "Apps of this kind are never sent back to an address: leave this empty.";
        return if lines.is_empty() { Ok(Vec::new()) } else { Err(vec![wrong(none.to_owned())]) };
    }
    if lines.is_empty() {
        return Err(vec![wrong("Write at least one address to which people are sent back.".to_owned())]);
    }
    let (mut uris, mut errors) = (Vec::<RedirectUri>::new(), Vec::new());
    for (i, line) in lines {
        match RedirectUri::parse(line) {
            Ok(uri) if uris.contains(&uri) => {}
            Ok(uri) => uris.push(uri),
            Err(fault) => errors.push(wrong(format!("Line {}: “{}” {fault}.", i + 1, text::plain(line, 60)))),
        }
    }
    if uris.len() > MOST_REDIRECTS {
        errors.push(wrong(format!("An app can have {MOST_REDIRECTS} addresses at most.")));
    }
    if errors.is_empty() { Ok(uris) } else { Err(errors) }
}

/// `http` and `https` only: people are shown it as a link.
pub(super) fn parse_client_uri(text: &str) -> Result<Option<String>, FieldError> {
    let uri = text.trim();
    if uri.is_empty() {
        return Ok(None);
    }
    let host = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
    let host = host.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let good = host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && uri.len() <= MOST_URI
        && uri.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'`'));
    if good {
        return Ok(Some(uri.to_owned()));
    }
    Err(FieldError::new("client_uri", "Write the whole address of a website, like https://app.example.com."))
}

/// An app without a secret has nothing but PKCE to tell it from whoever caught its code (RFC 9700 §2.1.1).
fn parse_pkce(optional: bool, kind: AppKind) -> Result<bool, FieldError> {
    match kind {
        AppKind::Server => Ok(optional),
        AppKind::Public | AppKind::Device | AppKind::Machine if !optional => Ok(false),
        AppKind::Public => Err(FieldError::new("pkce_optional", "An app without a secret must use PKCE.")),
        AppKind::Device | AppKind::Machine => {
            Err(FieldError::new("pkce_optional", "Apps of this kind have nothing to do with PKCE."))
        }
    }
}

/// Scopes that are added must be within `most`; what the app has already may stay. `*` is no scope of an app: whoever
/// allows it must be able to read what it gets.
fn parse_scopes(
    names: &[String],
    has: &[String],
    profile: &Profile,
    most: ScopeSet,
) -> Result<Vec<String>, FieldError> {
    let wrong = |message: String| FieldError::new("scopes", message);
    if names.is_empty() {
        return Err(wrong("Choose at least one scope.".to_owned()));
    }
    let (kept, added): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| has.contains(name));
    let unknown = |name: &str| wrong(format!("There is no scope called “{}”.", text::plain(name, 60)));
    if added.iter().any(|name| *name == Profile::WILDCARD) {
        return Err(unknown(Profile::WILDCARD));
    }
    let added = profile.scope_set(&added).map_err(|name| unknown(&name))?;
    let beyond = added.without(most);
    if !beyond.is_empty() {
        return Err(wrong(format!("Your role does not include {}.", profile.scope_names(beyond).join(", "))));
    }
    // What the profile has dropped since is kept as it is, after what it has.
    let known = profile.scope_names(added.with(profile.known_scopes(&kept)));
    let dropped = kept.into_iter().filter(|name| profile.scope_set(&[name]).is_err()).cloned();
    Ok(known.iter().cloned().chain(dropped).collect())
}
