//! `/w/{slug}/apps` and below: the OAuth apps of a workspace, and those from elsewhere.

mod delete;
mod edit;
mod elsewhere;
mod fields;
mod list;
mod new;
mod policy;
mod reveal;
mod rotate;
mod show;

pub use delete::{DeleteAppPage, DeleteAppPageProps};
pub use edit::{EditAppPage, EditAppPageProps};
pub use elsewhere::{DismissAppPage, DismissAppPageProps, ForeignAppPage, ForeignAppPageProps};
pub use list::{AppListPage, AppListPageProps};
pub use new::{NewAppPage, NewAppPageProps};
pub use policy::{AppPolicyPage, AppPolicyPageProps};
pub use reveal::{AppRevealPage, AppRevealPageProps};
pub use rotate::{RotateAppPage, RotateAppPageProps};
pub use show::{AppPage, AppPageProps};

use crate::components::Tone;
use keywright_core::{
    apps::{App, ForeignApp},
    profile::{Profile, SelfRegistration},
};

/// Where an app sends people and programs to, for whoever builds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// What a library finds all others by.
    pub metadata: String,
    /// Where people are sent.
    pub authorize: String,
    /// Where tokens are given out.
    pub token: String,
    /// Where a device begins.
    pub device: String,
}

/// What the product calls the page: the last step of its menu.
fn title(profile: &Profile) -> String {
    profile.oauth.menu.last().cloned().unwrap_or_else(|| "OAuth Apps".to_owned())
}

/// How an app of the workspace stands.
fn standing(app: &App) -> (Tone, &'static str) {
    if app.disabled_at.is_some() { (Tone::Plain, "Disabled") } else { (Tone::Good, "Active") }
}

/// How an app from elsewhere stands, by what the workspace says of such apps.
fn standing_elsewhere(foreign: &ForeignApp, mode: SelfRegistration) -> (Tone, &'static str) {
    match (mode, &foreign.approved) {
        (SelfRegistration::Off, _) => (Tone::Danger, "Not let in"),
        (SelfRegistration::Open, _) => (Tone::Good, "Let in"),
        (SelfRegistration::Approval, Some(_)) => (Tone::Good, "Approved"),
        (SelfRegistration::Approval, None) => (Tone::Warning, "Waits for approval"),
    }
}
