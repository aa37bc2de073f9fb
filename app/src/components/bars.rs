use keywright_core::usage::Count;
use leptos::prelude::*;

/// How high the highest bar is, and how wide each with the gap after it, in the units of the drawing.
pub(crate) const HEIGHT: u64 = 1_000;
pub(crate) const WIDTH: usize = 10;

/// Requests as bars, those that were refused on top of the others. It stands in an `svg` of [`box_of`] these many.
#[component]
pub(crate) fn Bars(
    /// Each with what is said of it when it is pointed at, if anything.
    counts: Vec<(Count, Option<String>)>,
    /// As many as the whole height stands for.
    most: u64,
) -> impl IntoView {
    let bars = counts.into_iter().enumerate().map(|(place, (count, title))| {
        let (allowed, refused) = (share_of(count.allowed, most), share_of(count.refused, most));
        let part = |class: &'static str, top: u64, height: u64| {
            (height > 0).then(|| {
                let (x, y, height) = ((place * WIDTH + 1).to_string(), top.to_string(), height.to_string());
                view! { <rect class=class x=x y=y width="8" height=height></rect> }
            })
        };
        let pointed = title.map(|title| {
            let (x, width, height) = ((place * WIDTH).to_string(), WIDTH.to_string(), HEIGHT.to_string());
            view! { <title>{title}</title><rect class="bars__target" x=x y="0" width=width height=height></rect> }
        });
        view! {
            <g class="bars__bar">
                {pointed}
                {part("bars__allowed", HEIGHT.saturating_sub(allowed), allowed)}
                {part("bars__refused", HEIGHT.saturating_sub(allowed + refused), refused)}
            </g>
        }
    });
    bars.collect_view().into_any()
}

/// The `viewBox` of so many bars.
pub(crate) fn box_of(count: usize) -> String {
    format!("0 0 {} {HEIGHT}", count * WIDTH)
}

/// In the drawing's units. What there is can be seen, however little it is.
pub(crate) fn share_of(requests: u64, most: u64) -> u64 {
    const LEAST: u64 = HEIGHT / 80;
    if requests == 0 {
        return 0;
    }
    let share = u128::from(requests) * u128::from(HEIGHT) / u128::from(most.max(1));
    u64::try_from(share).unwrap_or(HEIGHT).clamp(LEAST, HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_shares_and_what_is_there_is_seen() {
        assert_eq!((share_of(0, 10), share_of(5, 10), share_of(10, 10)), (0, 500, 1_000));
        assert_eq!((share_of(1, 1_000_000), share_of(1, 0)), (12, 1_000));
        assert_eq!(share_of(u64::MAX, u64::MAX), 1_000);
    }
}
