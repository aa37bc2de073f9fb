//! What a command finds around it: variables, folders, a screen.

use keywright_core::{
    Time,
    clock::{SharedClock, SystemClock},
};
use std::{ffi::OsString, path::PathBuf, sync::Arc};

/// Where the server is, where `--url` does not say so.
pub const URL_VARIABLE: &str = "KEYWRIGHT_URL";
/// An access token to use in place of whoever has signed in.
pub const TOKEN_VARIABLE: &str = "KEYWRIGHT_TOKEN";

/// What there is.
#[derive(Clone)]
pub struct Surroundings {
    /// `KEYWRIGHT_URL`.
    pub url: Option<String>,
    /// `KEYWRIGHT_TOKEN`.
    pub token: Option<String>,
    /// The person's own folder for this program's settings.
    pub folder: Option<PathBuf>,
    /// Whether a browser could show itself.
    pub has_screen: bool,
    clock: SharedClock,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var_os(name))
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| given(name).map(|value| value.to_string_lossy().trim().to_owned());
        // The XDG base directory specification: what is not absolute is not there.
        let chosen = given("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || given("HOME").map(|home| PathBuf::from(home).join(settings_of_home()));
        Self {
            url: text(URL_VARIABLE),
            token: text(TOKEN_VARIABLE),
            folder: chosen.or_else(home).map(|folder| folder.join("keywright")),
            has_screen: cfg!(target_os = "macos") || given("DISPLAY").is_some() || given("WAYLAND_DISPLAY").is_some(),
            clock: Arc::new(SystemClock),
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }
}

const fn settings_of_home() -> &'static str {
    if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Surroundings {
        Surroundings::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn settings_are_in_the_folder_that_the_system_has_for_them() {
        let folder = |variables: &[(&str, &str)]| of(variables).folder.map(|folder| folder.display().to_string());
        assert_eq!(folder(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")]).as_deref(), Some("/x/keywright"));
        let home = format!("/h/{}/keywright", settings_of_home());
        assert_eq!(folder(&[("XDG_CONFIG_HOME", "x"), ("HOME", "/h")]), Some(home.clone()), "not absolute");
        assert_eq!(folder(&[("XDG_CONFIG_HOME", ""), ("HOME", "/h")]), Some(home));
        assert_eq!(folder(&[]), None);
    }

    #[test]
    fn an_empty_variable_is_none() {
        let empty = of(&[(URL_VARIABLE, ""), (TOKEN_VARIABLE, "")]);
        assert_eq!((empty.url, empty.token), (None, None));
    }
}
