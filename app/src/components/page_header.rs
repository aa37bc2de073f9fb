use super::{Glyph, Icon};
use leptos::prelude::*;

/// Where the person is, what the page is about, and what can be done with it.
#[component]
pub(crate) fn PageHeader(
    /// The heading.
    #[prop(into)]
    title: AnyView,
    /// One line below it.
    #[prop(optional, into)]
    lead: Option<AnyView>,
    /// What a person of the product would open one after the other to get here; not links.
    #[prop(optional)]
    path: Vec<String>,
    /// The page above this one: its name and address.
    #[prop(optional)]
    up: Option<(String, String)>,
    /// The actions, at the end of the line.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {up.map(|(name, href)| view! {
                <a class="page-header__up" href=href>
                    <Icon glyph=Glyph::ArrowLeft />
                    {name}
                </a>
            })}
            {(!path.is_empty()).then(|| view! { <p class="page-header__path">{path.join(" › ")}</p> })}
            <div class="page-header__line">
                <div class="page-header__words">
                    <h1>{title}</h1>
                    {lead.map(|lead| view! { <div class="page-header__lead">{lead}</div> })}
                </div>
                {children.map(|children| view! { <div class="page-header__actions">{children()}</div> })}
            </div>
        </header>
    }
    .into_any()
}
