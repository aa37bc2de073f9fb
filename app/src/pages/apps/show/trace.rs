use crate::components::{Glyph, Icon, Moment};
use keywright_core::{Time, apps::AppEvent, words};
use leptos::prelude::*;

/// What was refused to the app, with what would have been right: whoever builds it sees nothing else of that.
#[component]
pub(crate) fn Trace(events: Vec<AppEvent>, older: Option<String>, now: Time) -> impl IntoView {
    let none = events.is_empty();
    let rows = events.into_iter().map(|event| row(event, now)).collect_view();
    view! {
        <section class="card section" aria-labelledby="trace-title">
            <div>
                <h2 id="trace-title">"Refused requests"</h2>
                <p class="quiet">"The latest 200 of 30 days, with what would have been right. Secrets, codes and tokens are never in it."</p>
            </div>
            {if none {
                view! { <p class="quiet">"Nothing was refused to this app."</p> }.into_any()
            } else {
                view! { <ul class="rows trace">{rows}</ul> }.into_any()
            }}
            {older.map(|href| view! {
                <nav class="pager" aria-label="Pages of refused requests">
                    <a class="button" href=href>"Older refusals"<Icon glyph=Glyph::ArrowRight /></a>
                </nav>
            })}
        </section>
    }
    .into_any()
}

fn row(event: AppEvent, now: Time) -> impl IntoView + use<> {
    let AppEvent { at, what, address, .. } = event;
    let line = |name: &'static str, text: Option<String>| {
        text.map(|text| view! { <span><span class="changes__what">{name}</span>" "<code class="breakable">{text}</code></span> })
    };
    let told = (what.expected.is_some() || what.received.is_some()).then(|| {
        view! { <span class="changes">{line("Expected", what.expected)}{line("Received", what.received)}</span> }
    });
    view! {
        <li class="rows__item">
            <span class="stack">
                <span><code>{what.error}</code>" "<bdi>{what.message}</bdi></span>
                {told}
                <span class="quiet">
                    {format!("{} · at {}", words::exact(at), what.door)}
                    {(!address.is_empty()).then(|| view! { " · " <span class="mono">{address}</span> })}
                </span>
            </span>
            <span class="quiet"><Moment at text=words::ago(at, now) /></span>
        </li>
    }
    .into_any()
}
