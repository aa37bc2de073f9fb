use crate::components::{FieldMessage, Moment, message_for};
use keywright_core::{
    Time,
    error::FieldError,
    members::{Heir, HeldKey},
    words,
};
use leptos::prelude::*;

/// How many keys are named before the rest is counted.
const SHOWN: usize = 5;

/// What becomes of a member's keys. Nothing is chosen in advance: both answers can be the wrong one.
#[component]
pub(crate) fn KeysChoice(
    /// The member's name.
    name: String,
    /// The keys that would stop, or do less; never none.
    keys: Vec<HeldKey>,
    /// Who could take all of them.
    heirs: Vec<Heir>,
    /// What doing nothing for them is called here, and means.
    stop: (&'static str, &'static str),
    /// `stop`, `hand_over` or nothing yet.
    chosen: String,
    /// Whose id was chosen.
    heir: String,
    errors: Vec<FieldError>,
    now: Time,
) -> impl IntoView {
    let (count, lately) = (keys.len(), keys.iter().filter(|key| key.used_lately(now)).count());
    let legend = format!("What happens to {}?", words::plural(i64::try_from(count).unwrap_or(i64::MAX), "key"));
    let use_words = match lately {
        0 => "None was used in the last 7 days.".to_owned(),
        _ if lately == count => "Used in the last 7 days:".to_owned(),
        _ => format!("{lately} of them used in the last 7 days:"),
    };
    let mut used: Vec<HeldKey> = keys.into_iter().filter(|key| key.used_lately(now)).collect();
    used.sort_by_key(|key| std::cmp::Reverse(key.used_at));
    let rest = used.len().saturating_sub(SHOWN);
    let used = used.into_iter().take(SHOWN).filter_map(|key| {
        let at = key.used_at?;
        Some(view! { <li><span><bdi>{key.label}</bdi> ", " <Moment at text=words::ago(at, now) /></span></li> })
    });
    let to_error = message_for(&errors, "hand_over_to");
    let handing = chosen == "hand_over";
    view! {
        <fieldset class="field" id="keys" tabindex="-1">
            <legend class="field__label">{legend}</legend>
            <p class="field__hint">{use_words}</p>
            {(lately > 0).then(|| view! {
                <ul class="prose-list keys-used">
                    {used.collect_view()}
                    {(rest > 0).then(|| view! { <li>{format!("and {rest} more")}</li> })}
                </ul>
            })}
            <FieldMessage name="keys" error=message_for(&errors, "keys") />
            <div class="choices">
                <label class="choice">
                    <input type="radio" name="keys" value="stop" checked={chosen == "stop"} />
                    <span class="choice__title">{stop.0}</span>
                    <span class="choice__text">{stop.1}</span>
                </label>
                {if heirs.is_empty() {
                    view! {
                        <p class="choice choice--none">
                            "Handing over is not possible: your role, or everybody else’s, does not cover these scopes."
                        </p>
                    }.into_any()
                } else {
                    view! {
                        <label class="choice">
                            <input type="radio" name="keys" value="hand_over" checked=handing />
                            <span class="choice__title">"Hand over"</span>
                            <span class="choice__text">
                                "Keeps working. " <bdi>{name}</bdi> " may still know the secret: rotate it afterwards."
                            </span>
                        </label>
                        <HeirChoice heirs chosen=heir error=to_error />
                    }.into_any()
                }}
            </div>
        </fieldset>
    }
    .into_any()
}

/// The member who shall have the keys.
#[component]
pub(crate) fn HeirChoice(heirs: Vec<Heir>, chosen: String, error: Option<String>) -> impl IntoView {
    let options = heirs.into_iter().map(|heir| {
        let id = heir.id.to_string();
        let selected = id == chosen;
        view! { <option value=id selected=selected>{format!("{} ({})", heir.name, heir.role)}</option> }
    });
    let described = error.is_some().then_some("hand_over_to-error");
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="heir">
            <label class="field__label" for="hand_over_to">"New owner"</label>
            <select class="input" id="hand_over_to" name="hand_over_to" aria-invalid=invalid aria-describedby=described>
                <option value="">"Choose a member"</option>
                {options.collect_view()}
            </select>
            <FieldMessage name="hand_over_to" error />
        </div>
    }
    .into_any()
}
