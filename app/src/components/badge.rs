use leptos::prelude::*;

/// What a colour means. The words beside it say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// It works.
    Good,
    /// It wants attention.
    Warning,
    /// It is refused, or cannot be undone.
    Danger,
}

impl Tone {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// One word about how something stands.
#[component]
pub(crate) fn Badge(#[prop(optional)] tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("badge badge--{}", tone.as_str())>{text}</span> }
}
