//! How long an old secret goes on working, as forms offer it.

use crate::components::{FieldMessage, described_by};
use keywright_core::{Time, keys::RotateForm, profile::Profile, words};
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The choices in seconds and in words, the longest that the profile allows at the end.
fn choices(profile: &Profile) -> Vec<(u64, &'static str)> {
    let most = u64::from(profile.longest_grace_days).saturating_mul(DAY);
    let all = [(0, "Now"), (HOUR, "1 hour"), (DAY, "24 hours"), (7 * DAY, "7 days")];
    all.into_iter().filter(|(seconds, _)| *seconds <= most).collect()
}

/// What is chosen: as typed, or else the usual.
fn chosen(form: &RotateForm, profile: &Profile) -> String {
    if !form.grace.trim().is_empty() {
        return form.grace.trim().to_owned();
    }
    let usual = RotateForm { grace: String::new(), ..RotateForm::default() }.grace(profile);
    usual.map_or_else(|_| "0".to_owned(), |grace| grace.num_seconds().to_string())
}

/// "22 November 2026, 10:00 UTC".
pub(crate) fn to_the_minute(at: Time) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

/// The choice as radio buttons, each with the moment that it comes to; never later than the key's own end.
#[component]
pub(crate) fn GraceChoice(
    form: RotateForm,
    profile: Arc<Profile>,
    /// When the key ends.
    ends: Option<Time>,
    now: Time,
    error: Option<String>,
    hours_error: Option<String>,
) -> impl IntoView {
    let chosen = chosen(&form, &profile);
    let options = choices(&profile).into_iter().map(|(seconds, title)| {
        let until = now + Duration::from_secs(seconds);
        let note = match (seconds, ends) {
            (0, _) => "the old secret stops at once".to_owned(),
            (_, Some(end)) if end < until => format!("until the key expires, {}", to_the_minute(end)),
            (_, _) => format!("until {}", to_the_minute(until)),
        };
        option(&seconds.to_string(), &chosen, title, note)
    });
    let options = options.collect_view();
    let most = words::plural(profile.longest_grace_days.into(), "day");
    let most_hours = profile.longest_grace_days.saturating_mul(24);
    let described = described_by("grace", false, error.is_some());
    let hours_described = described_by("hours", false, hours_error.is_some());
    let hours_invalid = hours_error.is_some().then_some("true");
    view! {
        <fieldset class="field" id="grace" tabindex="-1" aria-describedby=described>
            <legend class="field__label">"How long does the old secret go on working?"</legend>
            <FieldMessage name="grace" error />
            <div class="choices">
                {options}
                {(profile.longest_grace_days > 0).then(|| view! {
                    {option("custom", &chosen, "Custom", format!("up to {most}"))}
                    <div class="custom-date">
                        <label class="field__label" for="hours">"Hours"</label>
                        <input
                            class="input" type="number" inputmode="numeric" id="hours" name="hours" value=form.hours
                            min="0" max=most_hours.to_string() step="1" autocomplete="off"
                            aria-invalid=hours_invalid
                            aria-describedby=hours_described
                        />
                        <FieldMessage name="hours" error=hours_error />
                    </div>
                })}
            </div>
        </fieldset>
    }
    .into_any()
}

fn option(value: &str, chosen: &str, title: &'static str, note: String) -> impl IntoView + use<> {
    view! {
        <label class="choice">
            <input type="radio" name="grace" value=value.to_owned() checked={value == chosen} />
            <span class="choice__title">{title}</span>
            <span class="choice__note">{note}</span>
        </label>
    }
    .into_any()
}

/// The same in one line, for making an overlap longer while it runs.
#[component]
pub(crate) fn GraceSelect(profile: Arc<Profile>, chosen: String) -> impl IntoView {
    let options = choices(&profile).into_iter().filter(|(seconds, _)| *seconds > 0).map(|(seconds, title)| {
        let value = seconds.to_string();
        let selected = value == chosen || (chosen.is_empty() && seconds == DAY);
        view! { <option value=value selected=selected>{format!("{title} from now")}</option> }
    });
    view! { <select class="input select" id="grace" name="grace" aria-label="How much longer" autocomplete="off">{options.collect_view()}</select> }
        .into_any()
}
