use leptos::prelude::*;

/// How many scopes a row shows before it counts the rest.
const SHOWN: usize = 2;

/// A key's scopes in little room: "+2" stands for the rest, which readers hear and pointers see.
#[component]
pub(crate) fn ScopeChips(scopes: Vec<String>) -> impl IntoView {
    // A rest of one takes no less room than the scope itself.
    let shown = if scopes.len() == SHOWN + 1 { scopes.len() } else { SHOWN };
    let rest = scopes.get(shown..).filter(|rest| !rest.is_empty()).map(|rest| (rest.len(), rest.join(", ")));
    let chips = scopes.into_iter().take(shown).map(|scope| view! { <li class="chip">{scope}</li> });
    view! {
        <ul class="chips">
            {chips.collect_view()}
            {rest.map(|(count, names)| view! {
                <li class="chip chip--more" title=names.clone()>
                    <span aria-hidden="true">{format!("+{count}")}</span>
                    <span class="unseen">{format!("and {names}")}</span>
                </li>
            })}
        </ul>
    }
    .into_any()
}
