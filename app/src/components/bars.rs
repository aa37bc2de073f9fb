use keywright_core::usage::Count;
use leptos::prelude::*;

/// How high the highest bar is, and how wide each with the gap after it, in the units of the drawing.
pub(crate) const HEIGHT: u64 = 1_000;
pub(crate) const WIDTH: usize = 10;

/// Requests as bars, those that were refused on top of the others. It stands in an `svg` of [`box_of`] these many. Each
/// fate is one shape: a page has hundreds of bars.
#[component]
pub(crate) fn Bars(
    counts: Vec<Count>,
    /// As many as the whole height stands for.
    most: u64,
) -> impl IntoView {
    let (mut allowed, mut refused) = (String::new(), String::new());
    for (place, count) in counts.into_iter().enumerate() {
        let (below, above) = (share_of(count.allowed, most), share_of(count.refused, most));
        draw(&mut allowed, place, HEIGHT.saturating_sub(below), below);
        draw(&mut refused, place, HEIGHT.saturating_sub(below + above), above);
    }
    let shape = |class: &'static str, path: String| (!path.is_empty()).then(|| view! { <path class=class d=path /> });
    (shape("bars__allowed", allowed), shape("bars__refused", refused))
}

/// Adds a bar to a path: with a gap on either side, as two neighbours have between them.
fn draw(path: &mut String, place: usize, top: u64, height: u64) {
    if height > 0 {
        let (left, width) = (place * WIDTH + 1, WIDTH - 2);
        path.push_str(&format!("M{left} {top}h{width}v{height}h-{width}z"));
    }
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
    fn a_bar_stands_on_the_ground_and_what_is_nothing_is_not_drawn() {
        let mut path = String::new();
        draw(&mut path, 0, 250, 750);
        draw(&mut path, 1, HEIGHT, 0);
        draw(&mut path, 2, 0, HEIGHT);
        assert_eq!(path, "M1 250h8v750h-8zM21 0h8v1000h-8z");
    }

    #[test]
    fn heights_are_shares_and_what_is_there_is_seen() {
        assert_eq!((share_of(0, 10), share_of(5, 10), share_of(10, 10)), (0, 500, 1_000));
        assert_eq!((share_of(1, 1_000_000), share_of(1, 0)), (12, 1_000));
        assert_eq!(share_of(u64::MAX, u64::MAX), 1_000);
    }
}
