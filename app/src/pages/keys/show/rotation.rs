use crate::{
    components::{FieldMessage, Moment, Notice, Tone},
    pages::keys::grace::{GraceSelect, to_the_minute},
};
use keywright_core::{
    Time,
    keys::{ApiKey, RotateForm, Rotation},
    profile::Profile,
    usage::LastUse,
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Both secrets side by side while the old one goes on working: who still uses which, and the three ways on.
#[component]
pub(crate) fn RotationPanel(
    here: String,
    key: ApiKey,
    rotation: Rotation,
    profile: Arc<Profile>,
    can_manage: bool,
    extend: RotateForm,
    error: Option<String>,
    now: Time,
) -> impl IntoView {
    let (tone, advice) = advice(&rotation, now);
    let running = rotation.ends_at > now;
    let end = rotation.ends_at;
    let stops = if running { words::until(end, now) } else { words::ago(end, now) };
    let version = key.version;
    view! {
        <section class="card section rotation" aria-labelledby="rotation-title">
            <h2 id="rotation-title">"Two secrets"</h2>
            <div class="rotation__pair">
                <SecretCard title="New secret" masked=key.masked() last=rotation.new_last_use.clone() now>
                    "Made " <Moment at=rotation.began_at text=words::ago(rotation.began_at, now) />
                </SecretCard>
                <SecretCard title="Old secret" masked=rotation.masked() last=rotation.last_use.clone() now>
                    {if running { "Stops " } else { "Stopped " }} <Moment at=end text=stops />
                    <span class="quiet">" "{to_the_minute(end)}</span>
                </SecretCard>
            </div>
            {running.then(|| view! { <Notice tone>{advice}</Notice> })}
            {(can_manage && running).then(|| view! {
                <ul class="ways">
                    <li class="ways__item">
                        <form method="post" action=format!("{here}/rotation/finish")>
                            <input type="hidden" name="version" value=version.to_string() />
                            <button class="button">"Finish now"</button>
                        </form>
                        <p>"The old secret stops at once. The new one stays."</p>
                    </li>
                    <li class="ways__item">
                        <form class="ways__line" method="post" action=format!("{here}/rotation/extend")>
                            <input type="hidden" name="version" value=version.to_string() />
                            <GraceSelect profile chosen=extend.grace />
                            <button class="button">"Extend"</button>
                        </form>
                        <p>"The old secret goes on working for longer, never beyond the key’s own end."</p>
                        <FieldMessage name="grace" error />
                    </li>
                    <li class="ways__item">
                        <form method="post" action=format!("{here}/rotation/undo")>
                            <input type="hidden" name="version" value=version.to_string() />
                            <button class="button button--danger">"Undo"</button>
                        </form>
                        <p>"The new secret stops at once. The old one stays, as if nothing had been."</p>
                    </li>
                </ul>
            })}
        </section>
    }
    .into_any()
}

#[component]
fn SecretCard(
    title: &'static str,
    masked: String,
    last: Option<LastUse>,
    now: Time,
    children: Children,
) -> impl IntoView {
    let used = match last {
        None => view! { <p>"Not used yet"</p> }.into_any(),
        Some(last) => view! {
            <p>
                "Used " <Moment at=last.at text=words::ago(last.at, now) />
                <span class="quiet">" from " <span class="mono">{last.address}</span></span>
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="rotation__secret">
            <h3 class="rotation__title">{title}</h3>
            <code class="masked">{masked}</code>
            {used}
            <p class="rotation__when">{children()}</p>
        </div>
    }
    .into_any()
}

/// What the two last uses say about whether the old secret can go.
fn advice(rotation: &Rotation, now: Time) -> (Tone, String) {
    let old = rotation.last_use.as_ref().filter(|last| last.at >= rotation.began_at);
    match (old, &rotation.new_last_use) {
        (Some(old), _) => (
            Tone::Warning,
            format!(
                "The old secret was used {} from {}: something still has it. Replace it there before it stops.",
                words::ago(old.at, now),
                old.address
            ),
        ),
        (None, Some(_)) => (
            Tone::Good,
            "Only the new secret has been used since the rotation. If nothing runs more seldom than that, finish now."
                .to_owned(),
        ),
        (None, None) => (
            Tone::Plain,
            "Neither secret has been used since the rotation. Put the new one where the old one is.".to_owned(),
        ),
    }
}
