use super::{ExpiringKeys, links};
use crate::components::{Moment, Notice, Tone};
use keywright_core::{
    Time,
    keys::{ExpiryFilter, KeyQuery, KeySort},
    words,
};
use leptos::prelude::*;

/// That keys end before long, the more urgent the nearer.
#[component]
pub(crate) fn ExpiringNotice(slug: String, expiring: Option<ExpiringKeys>, now: Time) -> impl IntoView {
    expiring.map(|expiring| {
        let tone = match expiring.within_days {
            0 | 1 => Tone::Danger,
            2..=7 => Tone::Warning,
            8.. => Tone::Plain,
        };
        let query = KeyQuery {
            expiry: Some(ExpiryFilter::Within(expiring.within_days)),
            sort: KeySort::Expiry,
            ..KeyQuery::default()
        };
        let (count, verb) =
            (words::plural(expiring.count.into(), "key"), if expiring.count == 1 { "expires" } else { "expire" });
        let within = words::plural(expiring.within_days.into(), "day");
        view! {
            <Notice tone>
                <strong>{format!("{count} {verb} within {within}")}</strong>
                ", the first " <Moment at=expiring.first text=words::until(expiring.first, now) /> ". "
                <a href=links::list(&slug, &query, None)>{if expiring.count == 1 { "Show it" } else { "Show them" }}</a>
            </Notice>
        }
        .into_any()
    })
}
