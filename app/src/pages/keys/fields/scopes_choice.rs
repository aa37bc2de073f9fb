use super::scope_option::ScopeOption;
use crate::{
    components::{FieldMessage, described_by},
    islands::ScopeTools,
    pages::keys::scopes::{Preset, ScopeChoice, ScopeOffer},
};
use leptos::prelude::*;

/// From how many scopes on searching is quicker than looking.
const MANY: usize = 7;

/// What is said above the scopes of a key: what they are, and what bounds them.
const OF_KEY: (&str, &str) =
    ("What the key may do. Choose only what its program needs.", "A key never reaches further than your own role.");

/// What the key may do, under the profile's headings.
#[component]
pub(crate) fn ScopesChoice(
    /// What can be chosen.
    offer: ScopeOffer,
    /// What is.
    chosen: Vec<String>,
    /// Whether the presets are offered, which are links to `?preset=…` where scripts are off.
    presets: bool,
    /// What is said above them, and what more where some are barred.
    #[prop(default = OF_KEY)]
    words: (&'static str, &'static str),
    /// What is wrong with the choice.
    error: Option<String>,
) -> impl IntoView {
    let described = described_by("scopes", true, error.is_some());
    let beyond = offer.scopes().any(|scope| scope.barred);
    let search = offer.scopes().count() >= MANY;
    let presets =
        presets.then(|| view! { <Presets reads=offer.scopes().any(|scope| scope.read_only && !scope.barred) /> });
    let tools = (search || presets.is_some())
        .then(|| view! { <div class="scope-tools"><ScopeTools search />{presets}</div> }.into_any());
    let option = move |scope: ScopeChoice| {
        let checked = chosen.contains(&scope.name);
        view! { <ScopeOption scope checked /> }
    };
    let wildcard = offer.wildcard.map(|scope| view! { <div class="scope-all">{option(scope)}</div> });
    let groups = offer.groups.into_iter().map(|group| {
        view! {
            <fieldset class="scope-group">
                <legend class="scope-group__title">{group.title}</legend>
                {group.scopes.into_iter().map(&option).collect_view()}
            </fieldset>
        }
        .into_any()
    });
    let groups = groups.collect_view();
    view! {
        <fieldset class="field" id="scopes" tabindex="-1" aria-describedby=described>
            <legend class="field__label">"Scopes"</legend>
            <p class="field__hint" id="scopes-hint">
                {words.0}
                {beyond.then(|| format!(" {}", words.1))}
            </p>
            <FieldMessage name="scopes" error />
            <div class="scope-box">
                {tools}
                {wildcard}
                <div class="scope-groups">{groups}</div>
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Presets(reads: bool) -> impl IntoView {
    let presets = Preset::ALL.iter().filter(move |(preset, ..)| *preset != Preset::Read || reads);
    let links = presets.map(|(_, word, title)| {
        view! { <li><a class="preset" href=format!("?preset={word}") data-preset=*word>{*title}</a></li> }
    });
    view! { <ul class="presets" aria-label="Choose at once">{links.collect_view()}</ul> }.into_any()
}
