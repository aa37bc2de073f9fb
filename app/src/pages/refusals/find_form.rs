use super::Sought;
use crate::{
    components::{Notice, Tone},
    islands::FindKey,
};
use keywright_core::profile::KeyFormat;
use leptos::prelude::*;

/// To find a request by what its caller was told, or the requests with a key that is pasted. Of a whole key only its
/// hash leaves the browser where scripts run; where they do not, it is sent, and forgotten at once.
#[component]
pub(crate) fn FindForm(slug: String, key: KeyFormat, sought: Option<Sought>) -> impl IntoView {
    let most = key.prefixes().map(str::len).max().unwrap_or_default().saturating_add(key.visible);
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let answer = sought.map(|sought| match sought {
        Sought::Nothing => view! {
            <Notice>
                "No refused request is known by this, and no key. Requests that were let through are not kept, \
                 refused ones for 7 days; of a key that is refused over and over not each."
            </Notice>
        }
        .into_any(),
        Sought::Wrong(message) => view! { <Notice tone=Tone::Danger>{message}</Notice> }.into_any(),
        Sought::Several(keys) => {
            let links = keys.into_iter().map(|(id, label)| {
                view! { <li><a href=format!("/w/{slug}/refusals?key={id}")><bdi>{label}</bdi></a></li> }
            });
            let links = links.collect_view();
            view! { <Notice>"Several keys begin like this:" <ul class="notice__list">{links}</ul></Notice> }.into_any()
        }
    });
    let action = format!("/w/{slug}/refusals/find");
    let sample = format!("0198c0de-… or {}…", key.prefix);
    view! {
        <section class="card section" aria-labelledby="find-title">
            <h2 id="find-title">"One request"</h2>
            <div class="find__body">
                <FindKey action most cut=false label="Request id or key".to_owned() sample />
                <p class="field__hint" id="find-hint">
                    "Every answer has its request’s id in the header " <code>"X-Request-Id"</code>
                    ". Or paste a key, or how it begins, for all that was refused with it."
                </p>
                {answer}
            </div>
        </section>
    }
    .into_any()
}
