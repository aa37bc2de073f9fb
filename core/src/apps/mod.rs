//! Apps (OAuth clients): registered by people in the dashboard or by themselves (RFC 7591), recognised when they ask
//! for tokens, and let into a workspace by its policy. What they get then is the business of `oauth`.

#[cfg(feature = "server")]
mod authentication;
#[cfg(feature = "server")]
mod events;
mod forms;
#[cfg(feature = "server")]
mod manage;
mod model;
#[cfg(feature = "server")]
mod policy;
mod redirect;
#[cfg(feature = "server")]
mod registration;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(all(test, feature = "server"))]
mod tests;

#[cfg(feature = "server")]
pub(crate) use authentication::KnownApp;
#[cfg(feature = "server")]
pub use authentication::{NotAuthenticated, Presented};
pub use forms::*;
#[cfg(feature = "server")]
pub use manage::RegisteredApp;
pub use model::*;
pub use redirect::{RedirectFault, RedirectUri};
#[cfg(feature = "server")]
pub use registration::{NotRegistered, Registration};
#[cfg(feature = "server")]
pub use service::Apps;
