use super::{Glyph, Icon};
use keywright_core::error::FieldError;
use leptos::prelude::*;

/// Everything that is wrong with a form, with links to the fields. One fault needs no list: its
/// field has it, and the summary stays away.
#[component]
pub(crate) fn ErrorSummary(errors: Vec<FieldError>) -> impl IntoView {
    (errors.len() > 1).then(|| {
        let title = format!("{} things need your attention", errors.len());
        let items = errors.into_iter().map(|error| {
            view! { <li><a href=format!("#{}", error.field)>{error.message}</a></li> }
        });
        view! {
            <div class="notice notice--danger" role="group" aria-labelledby="error-summary" tabindex="-1" autofocus=true>
                <Icon glyph=Glyph::Alert />
                <div class="notice__text">
                    <h2 class="notice__title" id="error-summary">{title}</h2>
                    <ul class="notice__list">{items.collect_view()}</ul>
                </div>
            </div>
        }
    })
}
