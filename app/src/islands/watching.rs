//! Looking at a part of a page again and again while a person has it before them.

use super::browser;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use web_sys::{Element, Node};

/// How seldom at last, or where nothing answers.
const SELDOM: Duration = Duration::from_secs(15);
/// After this long nobody waits any more. A page that is left open is not to keep its session alive.
const LONGEST: Duration = Duration::from_secs(600);

/// What is looked at, and when.
pub(super) struct Watch {
    /// Where it is found as it is now.
    pub source: String,
    /// Which part, here and there.
    pub part: &'static str,
    /// How often at first.
    pub every: Duration,
    /// Whether there is nothing to wait for any more.
    pub done: fn(&Element) -> bool,
    /// Whether nothing is asked for now: somebody wants it so, or nobody has wanted otherwise for long.
    pub paused: RwSignal<bool>,
}

impl Watch {
    /// Begins. Nothing is asked while the page is hidden.
    pub fn begin(self) {
        self.paused.set(false);
        let pause = self.every;
        later(Round { watch: self, waited: Duration::ZERO, pause });
    }
}

struct Round {
    watch: Watch,
    waited: Duration,
    pause: Duration,
}

fn later(round: Round) {
    let pause = round.pause;
    set_timeout(
        move || {
            spawn_local(async move {
                if let Some(round) = round.look().await {
                    later(round);
                }
            });
        },
        pause,
    );
}

impl Round {
    /// None when there is nothing to see any more.
    async fn look(mut self) -> Option<Self> {
        let watch = &self.watch;
        if browser::document()?.hidden() || watch.paused.get_untracked() {
            return Some(self);
        }
        self.waited += self.pause;
        match browser::fetch_part(&watch.source, watch.part).await {
            Some(new) => {
                let shown = browser::first(watch.part)?;
                renew(&shown, &new)?;
                if (watch.done)(&new) {
                    return None;
                }
                // After a while a second more or less is not noticed.
                if self.waited > watch.every * 30 {
                    self.pause = (self.pause + watch.every / 4).min(SELDOM);
                }
            }
            None => self.pause = (self.pause * 2).min(SELDOM),
        }
        if self.waited >= LONGEST {
            watch.paused.set(true);
            (self.waited, self.pause) = (Duration::ZERO, watch.every);
        }
        Some(self)
    }
}

/// Brings what is shown up to what came, and touches only what differs: a reader keeps their place, what is selected stays
/// so, and who listens to the page hears news only.
fn renew(old: &Node, new: &Node) -> Option<()> {
    if old.is_equal_node(Some(new)) {
        return Some(());
    }
    let (olds, news) = (old.child_nodes(), new.child_nodes());
    let alike = olds.length() == news.length() && old.clone_node().ok()?.is_equal_node(Some(&new.clone_node().ok()?));
    if alike {
        return (0..olds.length()).try_for_each(|at| renew(&olds.item(at)?, &news.item(at)?));
    }
    let new = browser::document()?.import_node_with_deep(new, true).ok()?;
    old.parent_node()?.replace_child(&new, old).ok().map(drop)
}
