//! `/w/{slug}/keys` and below: the keys of a workspace.

mod list;
mod new;
mod reveal;
mod revoke;
mod scopes;
mod show;
#[cfg(test)]
mod tests;
mod use_words;

pub use list::{KeyListPage, KeyListPageProps};
pub use new::{NewKeyPage, NewKeyPageProps};
pub use reveal::{RevealPage, RevealPageProps};
pub use revoke::{RevokePage, RevokePageProps};
pub use scopes::{ScopeChoice, ScopeGroup};
pub use show::{KeyPage, KeyPageProps};
