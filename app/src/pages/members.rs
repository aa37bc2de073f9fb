//! `/w/{slug}/members` and below: who works in a workspace, and who is invited.

mod hand_over;
mod invitations;
mod invite;
mod invited;
mod keys_choice;
mod list;
mod remove;
mod revoke;
mod role;
mod role_choices;
#[cfg(test)]
mod tests;

pub use hand_over::{HandOverPage, HandOverPageProps};
pub use invite::{InviteMemberPage, InviteMemberPageProps};
pub use invited::{InvitedPage, InvitedPageProps};
pub use list::{MemberListPage, MemberListPageProps, MemberRow};
pub use remove::{RemoveMemberPage, RemoveMemberPageProps};
pub use revoke::{RevokeInvitationPage, RevokeInvitationPageProps};
pub use role::{ChooseRolePage, ChooseRolePageProps, GiveRolePage, GiveRolePageProps};
pub use role_choices::RoleChoice;
