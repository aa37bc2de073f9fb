//! Looking for a new key's first request while a person waits for it.

use super::browser;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

/// What is shown, here and in what is fetched. Its value is the state.
const STATE: &str = "data-first-call";
/// How often it is looked at first.
const EVERY: Duration = Duration::from_secs(2);
/// How seldom at last, or where nothing answers.
const SELDOM: Duration = Duration::from_secs(15);
/// After this long nobody waits any more.
const LONGEST: Duration = Duration::from_secs(600);

/// Fetches the page's `[data-first-call]` anew from `source` and puts it in its place, until a request was let through.
/// Nothing is asked while nobody looks at the page. Without JavaScript a link does the same, which is hidden here and
/// comes back when the waiting ends in vain.
#[island]
pub fn FirstCallRadar(
    /// Where the state is found.
    source: String,
) -> impl IntoView {
    Effect::new(move |_| {
        offer_link(false);
        later(Radar { source: source.clone(), waited: Duration::ZERO, pause: EVERY });
    });
}

struct Radar {
    source: String,
    waited: Duration,
    pause: Duration,
}

fn later(radar: Radar) {
    let pause = radar.pause;
    set_timeout(
        move || {
            spawn_local(async move {
                match radar.look().await {
                    Some(radar) => later(radar),
                    None => offer_link(browser::first(&format!("[{STATE}=passed]")).is_none()),
                }
            });
        },
        pause,
    );
}

impl Radar {
    /// None when there is nothing to wait for any more.
    async fn look(mut self) -> Option<Self> {
        if browser::document()?.hidden() {
            return Some(self);
        }
        self.waited += self.pause;
        match browser::fetch_part(&self.source, &format!("[{STATE}]")).await {
            Some(new) => {
                show(&new)?;
                if new.get_attribute(STATE).as_deref() == Some("passed") {
                    return None;
                }
                // After a minute a second more or less is not noticed.
                if self.waited > EVERY * 30 {
                    self.pause = (self.pause + EVERY / 4).min(SELDOM);
                }
            }
            None => self.pause = (self.pause * 2).min(SELDOM),
        }
        (self.waited < LONGEST).then_some(self)
    }
}

/// Puts what came in the place of what is shown, unless it says the same: who listens to the page hears news only.
fn show(new: &Element) -> Option<()> {
    let old = browser::first(&format!("[{STATE}]"))?;
    if old.text_content() != new.text_content() {
        let new = browser::document()?.import_node_with_deep(new, true).ok()?;
        old.replace_with_with_node_1(&new).ok()?;
    }
    Some(())
}

fn offer_link(offered: bool) {
    if let Some(link) = browser::first(".first-call__again").and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        link.set_hidden(!offered);
    }
}
