//! `/w/{slug}/keys` and below: the keys of a workspace.

mod bulk;
mod edit;
pub(super) mod fields;
mod first_call;
pub(super) mod grace;
mod list;
mod new;
pub(super) mod refusal;
pub(super) mod reveal;
mod revoke;
mod rotate;
pub(super) mod scopes;
pub(super) mod show;
#[cfg(test)]
mod tests;
mod use_words;

pub use bulk::{BulkPage, BulkPageProps, BulkWork};
pub use edit::{EditForm, EditKeyPage, EditKeyPageProps};
pub use first_call::{FirstCallState, FirstCallStateProps};
pub use list::{ExpiringKeys, Found, KeyListPage, KeyListPageProps};
pub use new::{NewKeyPage, NewKeyPageProps};
pub use refusal::KeyRefusal;
pub use reveal::{RevealPage, RevealPageProps};
pub use revoke::{RevokePage, RevokePageProps};
pub use rotate::{RotatePage, RotatePageProps};
pub use scopes::Preset;
pub use show::{KeyPage, KeyPageProps};
