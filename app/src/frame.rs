//! What surrounds every page: who is looking, from where, in which colours.

use keywright_core::{
    accounts::User,
    profile::{Profile, Role},
    workspaces::Workspace,
};
use std::sync::Arc;

/// Where the built files of the site are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The URL of the style sheet.
    pub css: String,
    /// The name that the WASM and its loader share: `/assets/{package}.js` and `/assets/{package}.wasm`.
    pub package: String,
    /// The URL of the icon.
    pub favicon: String,
}

/// The colours that a person chose. The choice travels in a cookie, so that the first byte of a page
/// already has it and nothing flashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Reads a cookie or a form field; what is not known is the system's theme.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }

    /// The word for cookies, forms and style sheets.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// The person who is signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who they are.
    pub user: User,
    /// The workspace that they are in, if the page is about one.
    pub place: Option<Place>,
}

/// A workspace as one of its members meets it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The workspace.
    pub workspace: Workspace,
    /// What the viewer may do there.
    pub role: Role,
    /// The title of its plan.
    pub plan: String,
    /// Whether the viewer has other workspaces to go to.
    pub elsewhere: bool,
}

/// All that a page needs besides itself.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The page's own title: "API keys". The workspace and the product are added to it.
    pub title: String,
    /// The colours.
    pub theme: Theme,
    /// The built files.
    pub assets: Arc<Assets>,
    /// The product's words.
    pub profile: Arc<Profile>,
    /// The path of this page, query included: it marks the place in the navigation, and it is where
    /// choosing a theme returns to.
    pub path: String,
    /// Who is looking, if anyone is signed in.
    pub viewer: Option<Viewer>,
    /// What to say once about what was just done.
    pub flash: Option<String>,
}

impl Frame {
    /// "API keys · Acme · Lodol": the most specific first, because tabs are narrow.
    pub(crate) fn full_title(&self) -> String {
        let place = self.viewer.as_ref().and_then(|viewer| viewer.place.as_ref());
        let workspace = place.map(|place| place.workspace.name.as_str());
        let parts = [Some(self.title.as_str()), workspace, Some(self.profile.product.as_str())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}
