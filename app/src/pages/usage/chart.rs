use crate::components::{Bars, HEIGHT, WIDTH, box_of};
use keywright_core::{
    Time,
    usage::{Bucket, Count, Grain, Range, Report},
    words,
};
use leptos::prelude::*;

/// Requests over time, and the same as a table: a picture alone tells nobody an exact number, and some people nothing.
#[component]
pub(crate) fn Chart(report: Report) -> impl IntoView {
    let (range, total) = (report.range, report.total());
    let title = format!("Requests in the last {}", range.words());
    if total.total() == 0 {
        return view! {
            <section class="card section" aria-labelledby="chart-title">
                <h2 id="chart-title">{title}</h2>
                <p class="quiet">{silence(range)}</p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="card section" aria-labelledby="chart-title">
            <div class="section__foot">
                <h2 id="chart-title">{title}</h2>
                <ul class="legend">
                    <li class="legend__item legend__item--allowed">"Allowed"</li>
                    <li class="legend__item legend__item--refused">"Refused"</li>
                </ul>
            </div>
            <Picture buckets=report.buckets.clone() range />
            <details class="fold">
                <summary class="fold__title quiet">"Show the numbers"</summary>
                <Numbers buckets=report.buckets range />
            </details>
        </section>
    }
    .into_any()
}

/// The bars, with their scale at the side and the time below. Only the bars are stretched to the width there is.
#[component]
fn Picture(buckets: Vec<Bucket>, range: Range) -> impl IntoView {
    let top = round_up(buckets.iter().map(|bucket| bucket.count.total()).max().unwrap_or_default());
    let (grain, count) = (range.grain(), buckets.len());
    let description = description(&buckets, range);
    let at = |place: usize| buckets.get(place).map(|bucket| label(bucket.start, grain)).unwrap_or_default();
    let zone = match grain {
        Grain::Minute | Grain::Hour => " UTC",
        Grain::Day => "",
    };
    let last = at(count.saturating_sub(1)) + zone;
    let times = [at(0), at(count / 2), last].into_iter().map(|text| view! { <span>{text}</span> }).collect_view();
    let scale = [top, top / 2, 0].into_iter().map(|number| view! { <span>{words::number(number)}</span> });
    let scale = scale.collect_view();
    let counts = buckets.iter().map(|bucket| bucket.count).collect();
    let pointed = buckets.into_iter().enumerate().map(|(place, bucket)| {
        let (x, width, height) = ((place * WIDTH).to_string(), WIDTH.to_string(), HEIGHT.to_string());
        view! { <rect class="bars__target" x=x width=width height=height><title>{sentence(bucket, grain)}</title></rect> }
    });
    let pointed = pointed.collect_view();
    view! {
        <div class="chart">
            <div class="chart__scale" aria-hidden="true">{scale}</div>
            <svg
                class="bars chart__bars" viewBox=box_of(count) preserveAspectRatio="none"
                role="img" aria-labelledby="chart-title" aria-describedby="chart-description"
            >
                <desc id="chart-description">{description}</desc>
                {pointed}
                <Bars counts most=top />
            </svg>
            <div class="chart__times" aria-hidden="true">{times}</div>
        </div>
    }
    .into_any()
}

#[component]
fn Numbers(buckets: Vec<Bucket>, range: Range) -> impl IntoView {
    let heading = match range.grain() {
        Grain::Minute => "Minute (UTC)",
        Grain::Hour => "Hour (UTC)",
        Grain::Day => "Day (UTC)",
    };
    let rows = buckets.into_iter().map(|Bucket { start, count }| {
        view! {
            <tr>
                <th scope="row"><time datetime=start.to_rfc3339()>{long_label(start, range.grain())}</time></th>
                <td>{words::number(count.allowed)}</td>
                <td>{words::number(count.refused)}</td>
            </tr>
        }
    });
    view! {
        <div class="numbers__frame" tabindex="0" role="region" aria-label="The numbers">
            <table class="numbers">
                <caption class="unseen">"Requests over time"</caption>
                <thead>
                    <tr><th scope="col">{heading}</th><th scope="col">"Allowed"</th><th scope="col">"Refused"</th></tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What is said instead of a picture of nothing.
const fn silence(range: Range) -> &'static str {
    match range {
        Range::Hour | Range::Day | Range::Week | Range::Month => "None. Choose a longer time to see earlier ones.",
        Range::Quarter => "None. There were some before.",
    }
}

/// What a person would say who sees it.
fn description(buckets: &[Bucket], range: Range) -> String {
    let total: Count = buckets.iter().map(|bucket| bucket.count).sum();
    let most = buckets.iter().max_by_key(|bucket| bucket.count.total());
    let most = most.map(|bucket| {
        let when = long_label(bucket.start, range.grain());
        format!(" The most, {}, came at {when}.", words::number(bucket.count.total()))
    });
    format!(
        "{} allowed and {} refused.{} All numbers are in the table below.",
        words::number(total.allowed),
        words::number(total.refused),
        most.unwrap_or_default()
    )
}

/// "21 Nov, 14:00 UTC: 409 allowed, 3 refused".
fn sentence(Bucket { start, count }: Bucket, grain: Grain) -> String {
    let (allowed, refused) = (words::number(count.allowed), words::number(count.refused));
    format!("{}: {allowed} allowed, {refused} refused", long_label(start, grain))
}

fn label(start: Time, grain: Grain) -> String {
    match grain {
        Grain::Minute | Grain::Hour => start.format("%H:%M").to_string(),
        Grain::Day => start.format("%-d %b").to_string(),
    }
}

fn long_label(start: Time, grain: Grain) -> String {
    match grain {
        Grain::Minute | Grain::Hour => start.format("%-d %b, %H:%M UTC").to_string(),
        Grain::Day => start.format("%-d %b %Y").to_string(),
    }
}

/// The next number whose half is whole as well, and that can be said in one breath.
fn round_up(most: u64) -> u64 {
    let mut tenth: u64 = 1;
    while most > tenth.saturating_mul(100) {
        tenth = tenth.saturating_mul(10);
    }
    let steps = [2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80];
    let top = steps.into_iter().map(|step| tenth.saturating_mul(step)).find(|top| *top >= most);
    top.unwrap_or_else(|| tenth.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number() {
        for (most, top) in [
            (0, 2),
            (1, 2),
            (3, 4),
            (9, 10),
            (10, 10),
            (11, 12),
            (101, 120),
            (412, 600),
            (1_000, 1_000),
            (8_001, 10_000),
        ] {
            assert_eq!(round_up(most), top, "{most}");
        }
        assert_eq!(round_up(u64::MAX), u64::MAX);
    }
}
