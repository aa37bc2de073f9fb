//! Who works in a workspace, and how somebody comes to: members, their roles, invitations.

#[cfg(feature = "server")]
mod invitations;
mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(test)]
mod tests;

#[cfg(feature = "server")]
pub use invitations::InvitationLink;
pub use model::*;
#[cfg(feature = "server")]
pub use service::Members;
#[cfg(feature = "server")]
pub(crate) use service::lock;
