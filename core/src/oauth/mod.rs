//! What apps get: OAuth 2.1 for people and agents in browsers, for devices and for machines.
//!
//! ```text
//! authorize   requests.rs   a request is read, shown to somebody, decided, and answered with a code
//! device      device.rs     the same for a device that has no browser (RFC 8628)
//! token       grants/       one file per grant: what is checked, in which order, and what is written
//! tokens      tokens.rs     access tokens: issued and read (RFC 9068)
//! management  management.rs   the command line's right to do what a person does in the dashboard
//! afterwards  introspection.rs, revocation.rs, connected.rs
//! ```
//!
//! Everything that comes of one decision hangs on one *grant*: its code, the refresh tokens that follow each other, the
//! access tokens that name it. What it can do is worked out at each use: granted ∩ the app's scopes ∩ the person's role
//! ∩ the plan.
//!
//! Three things are to come, and have their places. Pushed requests (RFC 9126): `requests.rs` reads its parameters from a
//! stored request instead of the query. DPoP (RFC 9449): a key's thumbprint beside the grant, `cnf` in [`Claims`], checked
//! in `grants/` and by the gate. Client ids that are URLs (CIMD): another way in for [`Apps::find`](crate::apps::Apps::find).

mod error;
mod metadata;
mod model;
mod parameters;

#[cfg(feature = "server")]
mod connected;
#[cfg(feature = "server")]
mod device;
#[cfg(feature = "server")]
mod grants;
#[cfg(feature = "server")]
mod introspection;
#[cfg(feature = "server")]
mod management;
#[cfg(feature = "server")]
mod members;
#[cfg(feature = "server")]
mod pkce;
#[cfg(feature = "server")]
mod requests;
#[cfg(feature = "server")]
mod resources;
#[cfg(feature = "server")]
mod revocation;
#[cfg(feature = "server")]
mod rotations;
#[cfg(feature = "server")]
mod scopes;
#[cfg(feature = "server")]
mod secrets;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(test)]
mod tests;
#[cfg(feature = "server")]
mod tokens;
#[cfg(feature = "server")]
mod user_code;

#[cfg(feature = "server")]
pub use device::Typed;
pub use error::{Code, OAuthError, OAuthResult, invalid_grant, invalid_request};
#[cfg(feature = "server")]
pub use introspection::Asker;
#[cfg(feature = "server")]
pub use management::NotManaging;
#[cfg(feature = "server")]
pub use members::Members;
pub use metadata::{ResourceMetadata, ServerMetadata};
pub use model::*;
pub use parameters::Parameters;
#[cfg(feature = "server")]
pub use requests::{Asking, Back, Opened, Prompt, Turned};
#[cfg(feature = "server")]
pub(crate) use service::Parts;
#[cfg(feature = "server")]
pub use service::{OAuth, Site};
#[cfg(feature = "server")]
pub use tokens::{Claims, Tokens};
#[cfg(feature = "server")]
pub use user_code::UserCode;
