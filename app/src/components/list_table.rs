use leptos::prelude::*;

/// A list in columns; on a narrow screen each row is a card.
#[component]
pub(crate) fn ListTable(
    /// How wide its columns are: `table--audit`.
    look: &'static str,
    /// What it is, for those who do not see it.
    caption: &'static str,
    /// What stands above its columns.
    columns: Vec<&'static str>,
    /// Whether a last column has what can be done with each row.
    #[prop(optional)]
    actions: bool,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads = columns.into_iter().map(|title| view! { <th role="columnheader" scope="col">{title}</th> });
    view! {
        <div class="card card--table">
            <table class=format!("table {look}") role="table">
                <caption class="unseen">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {heads.collect_view()}
                        {actions.then(|| view! {
                            <th role="columnheader" scope="col"><span class="unseen">"Actions"</span></th>
                        })}
                    </tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
