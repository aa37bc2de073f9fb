//! People: who they are, how they sign in, and the browsers in which they are signed in.

#[cfg(feature = "server")]
mod links;
mod model;
#[cfg(feature = "server")]
mod password;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod sessions;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(feature = "server")]
mod throttle;

#[cfg(feature = "server")]
pub use links::{LinkHolder, SignInLink};
pub use model::*;
#[cfg(feature = "server")]
pub use service::{Accounts, SetupLink, SignIn};
#[cfg(feature = "server")]
pub use sessions::{SessionRecord, Sessions};
#[cfg(feature = "server")]
pub(crate) use throttle::{Buckets, Throttle};
