use super::row::Row;
use crate::islands::SelectAll;
use keywright_core::{Time, ids::KeyId, keys::ApiKey, profile::Profile, usage::Count};
use leptos::prelude::*;
use std::{collections::HashMap, sync::Arc};

/// The list itself. The roles are said again because narrow windows lay the rows out as cards, and
/// some browsers forget what a table is when its cells are no longer laid out as one.
#[component]
pub(crate) fn Table(
    slug: String,
    title: String,
    keys: Vec<ApiKey>,
    mut days: HashMap<KeyId, Vec<Count>>,
    profile: Arc<Profile>,
    can_manage: bool,
    now: Time,
) -> impl IntoView {
    let rows = keys.into_iter().map(|key| {
        let days = days.remove(&key.id).unwrap_or_default();
        view! { <Row slug=slug.clone() key days profile=Arc::clone(&profile) can_manage now /> }
    });
    let rows = rows.collect_view().into_any();
    let pick = can_manage.then(|| {
        view! {
            <th role="columnheader" scope="col" class="cell--pick"><span class="unseen">"Select"</span><SelectAll /></th>
        }
        .into_any()
    });
    view! {
        <div class="card card--table">
            <table class="table table--keys" role="table">
                <caption class="unseen">{title}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {pick}
                        <th role="columnheader" scope="col">"Key"</th>
                        <th role="columnheader" scope="col">"Scopes"</th>
                        <th role="columnheader" scope="col">"Owner"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"Expires"</th>
                        <th role="columnheader" scope="col">"Status"</th>
                        {can_manage.then(|| view! {
                            <th role="columnheader" scope="col"><span class="unseen">"Actions"</span></th>
                        })}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
