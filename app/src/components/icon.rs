use leptos::prelude::*;

/// A drawing on a grid of 16, made of strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyph {
    Alert,
    Apps,
    ArrowLeft,
    ArrowRight,
    Card,
    Chart,
    Check,
    ChevronUpDown,
    Close,
    Download,
    Grid,
    Info,
    Key,
    Log,
    Monitor,
    Moon,
    More,
    Plus,
    SignOut,
    Sun,
    User,
    Users,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => {
                "M7.1 2.7 1.7 12a1 1 0 0 0 .9 1.5h10.8a1 1 0 0 0 .9-1.5L8.9 2.7a1 1 0 0 0-1.8 0ZM8 6.3v3M8 11.4v.01"
            }
            Self::Apps => "M6 2.5v3M10 2.5v3M4 5.5h8v2a4 4 0 0 1-8 0v-2ZM8 11.5v2",
            Self::ArrowLeft => "M13 8H3M7 4 3 8l4 4",
            Self::ArrowRight => "M3 8h10M9 4l4 4-4 4",
            Self::Card => "M2 4.5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-7ZM2 6.5h12M4.5 10H7",
            Self::Chart => "M3.5 13.5v-4M8 13.5v-11M12.5 13.5V6",
            Self::Check => "m3 8.5 3.3 3.3L13 5",
            Self::ChevronUpDown => "m5 6 3-3 3 3M5 10l3 3 3-3",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Download => "M8 2.5v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
            Self::Grid => "M2.5 2.5h4v4h-4v-4ZM9.5 2.5h4v4h-4v-4ZM2.5 9.5h4v4h-4v-4ZM9.5 9.5h4v4h-4v-4Z",
            Self::Info => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM8 7.5V11M8 5v.01",
            Self::Key => "M8.4 10.4a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM7.5 8.3l6-5.8M10.6 5.3l2 2",
            Self::Log => "M2.5 4v.01M2.5 8v.01M2.5 12v.01M5.5 4h8M5.5 8h8M5.5 12h5",
            Self::Monitor => {
                "M2 4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4ZM8 11v2.5M5.5 13.5h5"
            }
            Self::Moon => "M13.6 9.6A6 6 0 1 1 6.4 2.4a4.8 4.8 0 0 0 7.2 7.2Z",
            Self::More => "M3.5 8v.01M8 8v.01M12.5 8v.01",
            Self::Plus => "M8 3v10M3 8h10",
            Self::SignOut => "M6 13.5H3.5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1H6M10.5 11l3-3-3-3M13.5 8H6",
            Self::Sun => {
                "M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"
            }
            Self::User => "M10.7 5.2a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0ZM2.8 13.8a5.3 5.3 0 0 1 10.4 0",
            Self::Users => {
                "M8.3 5.2a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0ZM1.5 13.2a4.5 4.5 0 0 1 8.8 0M10.7 2.9a2.4 2.4 0 0 1 0 4.6M12 9.4a4.5 4.5 0 0 1 2.5 3.8"
            }
        }
    }
}

/// An icon. It never stands alone: the words beside it, seen or unseen, are what it is called.
#[component]
pub(crate) fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=glyph.path() />
        </svg>
    }
}
