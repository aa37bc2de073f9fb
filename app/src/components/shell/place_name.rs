use crate::{
    Place,
    components::{Glyph, Icon},
};
use leptos::prelude::*;

/// The workspace, and what the viewer is in it. Whoever has several finds the way to the others here.
#[component]
pub(crate) fn PlaceName(place: Place) -> impl IntoView {
    let role = format!("{} plan · {}", place.plan, place.role.title);
    let words = view! {
        <span class="side__words">
            <bdi class="side__workspace">{place.workspace.name}</bdi>
            <span class="side__role">{role}</span>
        </span>
    };
    if !place.elsewhere {
        return view! { <div class="side__place">{words}</div> }.into_any();
    }
    view! {
        <a class="side__place side__place--switch" href="/workspaces">
            {words}
            <span class="unseen">", switch to another"</span>
            <Icon glyph=Glyph::ChevronUpDown />
        </a>
    }
    .into_any()
}
