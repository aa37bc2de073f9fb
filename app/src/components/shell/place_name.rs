use crate::Place;
use leptos::prelude::*;

/// The workspace, and what the viewer is in it.
#[component]
pub(crate) fn PlaceName(place: Place) -> impl IntoView {
    view! {
        <div class="side__place">
            <bdi class="side__workspace">{place.workspace.name}</bdi>
            <span class="side__role">{format!("{} plan · {}", place.plan, place.role.title)}</span>
        </div>
    }
    .into_any()
}
