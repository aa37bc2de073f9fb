use super::{Glyph, Icon};
use keywright_core::error::FieldError;
use leptos::prelude::*;

/// Everything that is wrong with a form, with links to the fields. One fault of one field needs no
/// list: the field says it, and the summary stays away. What belongs to no field is said here alone.
#[component]
pub(crate) fn ErrorSummary(
    /// What is wrong.
    errors: Vec<FieldError>,
    /// The fields of this form that say themselves what is wrong with them.
    fields: &'static [&'static str],
) -> impl IntoView {
    let said_elsewhere = matches!(errors.as_slice(), [one] if fields.contains(&&*one.field));
    (!errors.is_empty() && !said_elsewhere).then(|| {
        let title = match errors.len() {
            1 => "This needs your attention".to_owned(),
            count => format!("{count} things need your attention"),
        };
        let items = errors.into_iter().map(|error| {
            if fields.contains(&&*error.field) {
                view! { <li><a href=format!("#{}", error.field)>{error.message}</a></li> }.into_any()
            } else {
                view! { <li>{error.message}</li> }.into_any()
            }
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
        .into_any()
    })
}
