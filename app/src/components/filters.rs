use super::{Glyph, Icon};
use leptos::prelude::*;

/// What narrows a list: a row of controls that is sent as a query string, and below it what narrows now,
/// each with a way to be rid of it. Works without a script.
#[component]
pub(crate) fn Filters(
    /// The address of the list.
    action: String,
    /// What narrows now, in words, and the address without it.
    current: Vec<(String, String)>,
    /// Whether "Clear" is offered, also where nothing narrows: after an error, say.
    clearable: bool,
    /// The controls.
    children: Children,
) -> impl IntoView {
    let clear = clearable.then(|| action.clone());
    let narrowed = !current.is_empty();
    let current = current.into_iter().map(|(words, href)| {
        view! {
            <li>
                <a class="filters__chip" href=href>
                    <span class="unseen">"Remove filter: "</span>
                    <bdi>{words}</bdi>
                    <Icon glyph=Glyph::Close />
                </a>
            </li>
        }
    });
    view! {
        <search class="filters card">
            <form class="filters__form" method="get" action=action aria-label="Filter">
                {children()}
                <div class="filters__actions">
                    <button class="button">"Filter"</button>
                    {clear.map(|href| view! { <a class="button button--quiet" href=href>"Clear"</a> })}
                </div>
            </form>
            {narrowed.then(|| view! {
                <ul class="filters__current" aria-label="Filters in use">{current.collect_view()}</ul>
            })}
        </search>
    }
    .into_any()
}
