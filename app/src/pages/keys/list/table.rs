use super::row::Row;
use keywright_core::{Time, keys::ApiKey};
use leptos::prelude::*;

/// The list itself. The roles are said again because narrow windows lay the rows out as cards, and
/// some browsers forget what a table is when its cells are no longer laid out as one.
#[component]
pub(crate) fn Table(slug: String, title: String, keys: Vec<ApiKey>, can_manage: bool, now: Time) -> impl IntoView {
    let rows = keys.into_iter().map(|key| view! { <Row slug=slug.clone() key can_manage now /> });
    view! {
        <div class="card card--table">
            <table class="table table--keys" role="table">
                <caption class="unseen">{title}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Key"</th>
                        <th role="columnheader" scope="col">"Scopes"</th>
                        <th role="columnheader" scope="col">"Created"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"Expires"</th>
                        <th role="columnheader" scope="col">"Status"</th>
                        {can_manage.then(|| view! {
                            <th role="columnheader" scope="col"><span class="unseen">"Actions"</span></th>
                        })}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
