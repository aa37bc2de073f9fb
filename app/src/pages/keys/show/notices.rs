use crate::{
    components::{Moment, Notice, Tone},
    pages::keys::use_words::tries_sentence,
};
use keywright_core::{
    Time,
    keys::{ApiKey, KeyStatus},
    words,
};
use leptos::prelude::*;

/// What a person should know of this key before anything else: that it is about to end, or that
/// something still tries it.
#[component]
pub(crate) fn KeyNotices(slug: String, key: ApiKey, can_manage: bool, now: Time) -> impl IntoView {
    let status = key.status(now);
    let over = matches!(status, KeyStatus::Expired | KeyStatus::Revoked);
    let tried = key.refused.as_ref().filter(|_| over).map(|tries| {
        let sentence = tries_sentence(tries, now);
        view! {
            <Notice tone=Tone::Warning>
                <strong>{sentence}</strong>
                " Something still has it: give that a new key, or find out who is trying."
            </Notice>
        }
    });
    let ending = key.expires_at.filter(|_| !over).and_then(|at| urgency(at, now).map(|tone| (at, tone)));
    let ending = ending.map(|(at, tone)| {
        let like = format!("/w/{slug}/keys/new?like={}", key.id);
        view! {
            <Notice tone>
                <strong>"Expires " <Moment at text=words::until(at, now) /> {format!(", on {}.", words::date(at))}</strong>
                " Rotating does not move this day."
                {can_manage.then(|| view! {
                    " " <a href=like>"Make a new key like this one"</a> " and put it where this one is."
                })}
            </Notice>
        }
    });
    let owner_left = (key.owner.has_left() && !over).then(|| {
        let name = key.owner.person().map(|person| person.name.clone()).unwrap_or_default();
        view! {
            <Notice tone=Tone::Warning>
                <strong><bdi>{name}</bdi>", whose key this is, has left."</strong>
                " Every request with it is refused until it is handed over to a member."
            </Notice>
        }
    });
    let silent = tried.is_none() && ending.is_none() && owner_left.is_none();
    (!silent).then(|| view! { <div class="notices">{owner_left}{tried}{ending}</div> }.into_any())
}

/// How loudly the end of a key is told; not at all while it is far.
fn urgency(at: Time, now: Time) -> Option<Tone> {
    match (at - now).num_hours() {
        ..24 => Some(Tone::Danger),
        24..168 => Some(Tone::Warning),
        168..720 => Some(Tone::Plain),
        720.. => None,
    }
}
