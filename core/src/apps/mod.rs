//! Apps (OAuth clients): registered by people in the dashboard or by themselves (RFC 7591), recognised when they ask for
//! tokens, and let into a workspace by its policy. What they get then is the business of `oauth`.

#[cfg(feature = "server")]
mod authentication;
#[cfg(feature = "server")]
mod events;
mod model;
mod redirect;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

#[cfg(feature = "server")]
pub use authentication::{NotAuthenticated, Presented};
pub use model::*;
pub use redirect::{RedirectFault, RedirectUri};
#[cfg(feature = "server")]
pub use service::Apps;
