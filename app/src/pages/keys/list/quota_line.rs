use crate::components::{Glyph, Icon};
use keywright_core::{keys::Quota, words};
use leptos::prelude::*;

/// "1 of 3 keys used", and the button beside it. Without room the button stays in its place, says why,
/// and does nothing: a button that vanishes makes people search.
#[component]
pub(crate) fn QuotaLine(slug: String, quota: Quota, can_manage: bool, create: String) -> impl IntoView {
    let text = format!("{} of {} used", quota.used, words::plural(quota.limit.into(), "key"));
    let room = quota.has_room();
    view! {
        {(quota.limit > 0).then(|| view! {
            <div class="quota">
                <span class="quota__text">{text}</span>
                <progress class="quota__bar" class:quota__bar--full=!room value=quota.used.to_string() max=quota.limit.to_string() aria-hidden="true"></progress>
            </div>
        })}
        {can_manage.then(|| if room {
            view! {
                <a class="button button--primary" href=format!("/w/{slug}/keys/new")><Icon glyph=Glyph::Plus />{create}</a>
            }.into_any()
        } else {
            view! {
                <a class="button button--primary" role="link" aria-disabled="true" tabindex="0" aria-describedby="key-notices">
                    <Icon glyph=Glyph::Plus />{create}
                </a>
            }.into_any()
        })}
    }
    .into_any()
}
