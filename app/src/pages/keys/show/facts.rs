use crate::components::Moment;
use keywright_core::{
    Time,
    keys::{ApiKey, KeyStatus},
    words,
};
use leptos::prelude::*;

/// All that is known of a key, its secret excepted.
#[component]
pub(crate) fn Facts(key: ApiKey, now: Time) -> impl IntoView {
    let status = key.status(now);
    let moment = move |at: Time, text: String| view! { <Moment at text /> };
    let last_use = match key.last_use {
        None => view! { <dd>"Never used"</dd> }.into_any(),
        Some(last) => view! {
            <dd>
                {moment(last.at, words::ago(last.at, now))}
                <span class="quiet">" from " <span class="mono">{last.address}</span></span>
                <code class="facts__code">{last.route}</code>
            </dd>
        }
        .into_any(),
    };
    let ends = match key.expires_at {
        None => view! { <dd>"Never"</dd> }.into_any(),
        Some(at) if status == KeyStatus::Expired || at <= now => {
            view! { <dd>{moment(at, words::ago(at, now))}" "<span class="quiet">{words::date(at)}</span></dd> }
                .into_any()
        }
        Some(at) => {
            view! { <dd>{moment(at, words::until(at, now))}" "<span class="quiet">{words::date(at)}</span></dd> }
                .into_any()
        }
    };
    view! {
        <dl class="facts">
            <div><dt>"Last used"</dt>{last_use}</div>
            <div><dt>"Expires"</dt>{ends}</div>
            <div>
                <dt>"Created"</dt>
                <dd>{moment(key.created_at, words::ago(key.created_at, now))}<span class="quiet">" by " <bdi>{key.creator.name}</bdi></span></dd>
            </div>
            {key.revoked_at.map(|at| view! { <div><dt>"Revoked"</dt><dd>{moment(at, words::ago(at, now))}</dd></div> })}
            {key.disabled_at.map(|at| view! { <div><dt>"Disabled"</dt><dd>{moment(at, words::ago(at, now))}</dd></div> })}
            {(!key.note.is_empty()).then(|| view! { <div><dt>"Note"</dt><dd class="prose" dir="auto">{key.note}</dd></div> })}
            <div><dt>"Id"</dt><dd><code class="breakable">{key.id.to_string()}</code></dd></div>
        </dl>
    }
    .into_any()
}
