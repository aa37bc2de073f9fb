use crate::components::{Bars, box_of};
use keywright_core::{usage::Count, words};
use leptos::prelude::*;

/// A key's requests on each of the last days; nothing where there were none.
#[component]
pub(crate) fn UsageBars(days: Vec<Count>) -> impl IntoView {
    let (length, total) = (days.len(), days.iter().copied().sum::<Count>());
    let most = days.iter().map(|day| day.total()).max().unwrap_or_default();
    (most > 0).then(|| {
        let label = words(total, length);
        let title = label.clone();
        view! {
            <svg class="bars bars--small" viewBox=box_of(length) preserveAspectRatio="none" role="img" aria-label=label>
                <title>{title}</title>
                <Bars counts=days most />
            </svg>
        }
        .into_any()
    })
}

/// "412 requests in 14 days, 3 of them refused".
fn words(total: Count, days: usize) -> String {
    let requests = match total.total() {
        1 => "1 request".to_owned(),
        count => format!("{} requests", words::number(count)),
    };
    match total.refused {
        0 => format!("{requests} in {days} days"),
        refused if refused == total.total() => format!("{requests} in {days} days, all refused"),
        refused => format!("{requests} in {days} days, {} of them refused", words::number(refused)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_are_said_in_words() {
        let said = |allowed, refused| words(Count { allowed, refused }, 14);
        assert_eq!(said(1, 0), "1 request in 14 days");
        assert_eq!(said(1_412, 0), "1,412 requests in 14 days");
        assert_eq!(said(409, 3), "412 requests in 14 days, 3 of them refused");
        assert_eq!(said(0, 7), "7 requests in 14 days, all refused");
    }
}
