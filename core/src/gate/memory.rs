//! All that is kept in memory of what the database says, and forgotten together.

use super::{
    Changed,
    index::{Entry, Index, Remembered},
};
use crate::{
    Time,
    apps::KnownApp,
    oauth::{Claims, GrantStanding, Tokens},
};

/// What requests ask for again and again.
pub(crate) struct Memory {
    /// Keys and tokens at the gate, by their own hashes.
    pub(super) keys: Index<Entry>,
    /// What tokens say whose signature was good, by their hashes.
    pub(crate) claims: Index<Claims>,
    /// How grants stand, by the hashes of their ids.
    pub(crate) grants: Index<GrantStanding>,
    /// Apps that have said who they are, by the hashes of how.
    pub(crate) apps: Index<KnownApp>,
    tokens: Tokens,
}

impl Memory {
    pub(super) fn new(reliable: bool, tokens: Tokens) -> Self {
        Self {
            keys: Index::new(reliable),
            claims: Index::new(reliable),
            grants: Index::new(reliable),
            apps: Index::new(reliable),
            tokens,
        }
    }

    /// Forgets what has changed.
    pub(super) fn hear(&self, changed: &Changed) {
        match changed {
            Changed::Keys(_) => self.keys.hear(changed),
            Changed::Workspace(_) | Changed::Grant(_) | Changed::Tokens | Changed::SigningKeys => {
                // First: what is read anew must not be judged by keys that are over.
                if matches!(changed, Changed::SigningKeys) {
                    self.tokens.forget_signing_keys();
                }
                self.keys.hear(changed);
                self.claims.hear(changed);
                self.grants.hear(changed);
                self.apps.hear(changed);
            }
        }
    }

    /// Forgets everything: changes may have been missed.
    pub(super) fn forget_all(&self) {
        self.tokens.forget_signing_keys();
        self.keys.forget_all();
        self.claims.forget_all();
        self.grants.forget_all();
        self.apps.forget_all();
    }

    /// See [`Index::set_reliable`].
    pub(super) fn set_reliable(&self, reliable: bool) {
        self.keys.set_reliable(reliable);
        self.claims.set_reliable(reliable);
        self.grants.set_reliable(reliable);
        self.apps.set_reliable(reliable);
    }

    /// See [`Index::stand_in`].
    pub(super) fn stand_in(&self, reliable: bool) -> bool {
        self.claims.stand_in(reliable);
        self.grants.stand_in(reliable);
        self.apps.stand_in(reliable);
        self.keys.stand_in(reliable)
    }

    /// See [`Index::ask_again`].
    pub(super) fn ask_again(&self) {
        self.tokens.forget_signing_keys();
        self.keys.ask_again();
        self.claims.ask_again();
        self.grants.ask_again();
        self.apps.ask_again();
    }

    /// See [`Index::sweep`].
    pub(super) fn sweep(&self, now: Time) {
        self.keys.sweep(now);
        self.claims.sweep(now);
        self.grants.sweep(now);
        self.apps.sweep(now);
    }
}

impl Remembered for Claims {
    fn is_changed(&self, by: &Changed) -> bool {
        // What a token says stays as it is; whether it counts is for its grant.
        matches!(by, Changed::SigningKeys)
    }

    fn is_over(&self, now: Time) -> bool {
        self.ends_at() <= now
    }
}

impl Remembered for GrantStanding {
    fn is_changed(&self, by: &Changed) -> bool {
        match by {
            Changed::Keys(_) | Changed::SigningKeys => false,
            Changed::Workspace(id) => self.workspace == *id,
            Changed::Grant(id) => self.grant == *id,
            Changed::Tokens => true,
        }
    }

    fn is_over(&self, now: Time) -> bool {
        self.revoked || self.ends_at <= now
    }
}

impl Remembered for KnownApp {
    fn is_changed(&self, by: &Changed) -> bool {
        matches!(by, Changed::Tokens)
    }

    fn is_over(&self, now: Time) -> bool {
        self.until <= now
    }
}
