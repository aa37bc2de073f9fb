use leptos::prelude::*;

/// The sign of the house, as in `favicon.svg`. The product's name stands beside it.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" />
            <path d="M16 20.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0ZM14.8 17.2 24 8M19.5 12.5l3.5 3.5" />
        </svg>
    }
}
