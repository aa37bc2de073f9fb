//! `/w/{slug}/keys/bulk`: what stops, before several keys are disabled or revoked.

mod bulk_list;

use crate::components::{ErrorSummary, Field, Notice, PageHeader, Tone, message_for};
use bulk_list::BulkList;
use keywright_core::{
    Time,
    error::FieldError,
    keys::{ApiKey, KeyStatus},
    words,
};
use leptos::prelude::*;

/// What is done to several keys at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkWork {
    /// Switched off; they can be switched on again.
    Disable,
    /// Ended for good.
    Revoke,
}

impl BulkWork {
    /// Reads the value of the button that was pressed.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Disable, Self::Revoke].into_iter().find(|work| work.code() == word)
    }

    /// The word for forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Revoke => "revoke",
        }
    }

    /// Whether there is anything to do about a key that stands so.
    const fn concerns(self, status: KeyStatus) -> bool {
        match (self, status) {
            (Self::Disable | Self::Revoke, KeyStatus::Active) | (Self::Revoke, KeyStatus::Disabled) => true,
            (Self::Disable, KeyStatus::Disabled) | (_, KeyStatus::Expired | KeyStatus::Revoked) => false,
        }
    }
}

/// The question before several keys stop: those in use come first.
#[component]
pub fn BulkPage(
    /// The workspace's place in URLs.
    slug: String,
    /// What is to be done.
    work: BulkWork,
    /// The chosen keys.
    keys: Vec<ApiKey>,
    /// The reason as it was typed.
    reason: String,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let back = format!("/w/{slug}/keys");
    let (stopping, skipped): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| work.concerns(key.status(now)));
    let (in_use, idle): (Vec<_>, Vec<_>) =
        stopping.into_iter().partition(|key| super::use_words::is_in_use(key.last_use.as_ref(), now));
    let count = i64::try_from(in_use.len() + idle.len()).unwrap_or(i64::MAX);
    let many = words::plural(count, "key");
    let (title, lead, button) = match work {
        BulkWork::Disable => (
            format!("Disable {many}?"),
            "The next request with any of them is refused. They can be enabled again.",
            format!("Disable {many}"),
        ),
        BulkWork::Revoke => (
            format!("Revoke {many}?"),
            "The next request with any of them is refused. This cannot be undone.",
            format!("Revoke {many}"),
        ),
    };
    let ids: Vec<_> = in_use.iter().chain(&idle).map(|key| key.id.to_string()).collect();
    let ids = ids.into_iter().map(|id| view! { <input type="hidden" name="key" value=id /> }).collect_view();
    let busy = (!in_use.is_empty()).then(|| {
        let used = if in_use.len() == 1 { "1 of them was used" } else { &format!("{} of them were used", in_use.len()) };
        let text = format!("{used} in the last 7 days.");
        view! { <Notice tone=Tone::Warning><strong>{text}</strong>" Whatever uses them stops working at once."</Notice> }
    });
    let reason_error = message_for(&errors, "reason");
    view! {
        <PageHeader title=title.into_any() lead=lead.into_any() up=("Keys".to_owned(), back.clone()) />
        <ErrorSummary errors=errors fields=&["reason"] />
        {busy}
        <BulkList title="Used in the last 7 days" slug=slug.clone() keys=in_use now />
        <BulkList title="Not used in the last 7 days" slug=slug.clone() keys=idle now />
        <BulkList title="Nothing to do" slug=slug.clone() keys=skipped now />
        <form class="form card section" method="post" action=format!("/w/{slug}/keys/bulk") novalidate>
            <input type="hidden" name="work" value=work.code() />
            <input type="hidden" name="confirmed" value="1" />
            {ids}
            {(work == BulkWork::Revoke && count > 0).then(|| view! {
                <Field
                    name="reason" label="Reason" value=reason most=200 optional=true error=reason_error
                    hint="For whoever asks later; it is kept with each of the keys."
                />
            })}
            <div class="form__actions">
                {(count > 0).then(|| view! { <button class="button button--danger-solid">{button}</button> })}
                <a class="button" href=back>{if count > 0 { "Keep them" } else { "Back to the keys" }}</a>
            </div>
        </form>
    }
    .into_any()
}
