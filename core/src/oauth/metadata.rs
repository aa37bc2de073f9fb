//! What a client that knows nothing but an address can find out (RFC 8414, RFC 9728). Whatever is not named is not there:
//! empty lists and nulls are left out (RFC 8414 §3.2).

use crate::profile::{Profile, SelfRegistration};
use serde::Serialize;

/// The authorization server (RFC 8414 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerMetadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    revocation_endpoint: String,
    introspection_endpoint: String,
    device_authorization_endpoint: String,
    scopes_supported: Vec<String>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    // Without this one `implicit` would be meant as well, and without the next one `basic` alone.
    grant_types_supported: [&'static str; 4],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_documentation: Option<String>,
}

/// The API behind the gate, as a resource (RFC 9728 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceMetadata {
    resource: String,
    authorization_servers: [String; 1],
    jwks_uri: String,
    scopes_supported: Vec<String>,
    bearer_methods_supported: [&'static str; 1],
    resource_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<String>,
}

impl ServerMetadata {
    /// Of the instance at this address.
    #[must_use]
    pub fn new(issuer: &str, profile: &Profile) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        let registers = profile.oauth.self_registration != SelfRegistration::Off;
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: at("/oauth/authorize"),
            token_endpoint: at(&profile.oauth.token_endpoint),
            jwks_uri: at("/.well-known/jwks.json"),
            registration_endpoint: registers.then(|| at("/oauth/register")),
            revocation_endpoint: at("/oauth/revoke"),
            introspection_endpoint: at("/oauth/introspect"),
            device_authorization_endpoint: at("/auth/device/code"),
            scopes_supported: scopes(profile),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: [
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
            code_challenge_methods_supported: ["S256"],
            authorization_response_iss_parameter_supported: true,
            service_documentation: profile.docs_url.clone(),
        }
    }
}

impl ResourceMetadata {
    /// Of what is at this path behind the gateway; the whole API, where it is empty. Clients compare `resource` byte by
    /// byte with the address that they were given.
    #[must_use]
    pub fn new(gateway: &str, path: &str, issuer: &str, profile: &Profile) -> Self {
        Self {
            resource: format!("{gateway}{path}"),
            authorization_servers: [issuer.to_owned()],
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            scopes_supported: scopes(profile),
            bearer_methods_supported: ["header"],
            resource_name: profile.product.clone(),
            resource_documentation: profile.docs_url.clone(),
        }
    }
}

fn scopes(profile: &Profile) -> Vec<String> {
    profile.scopes.iter().map(|scope| scope.name.clone()).collect()
}
