use super::{ApiMember, prose::inline};
use leptos::prelude::*;

/// Members of a body or an object, or parameters: name, type, meaning.
#[component]
pub(super) fn MemberTable(caption: String, members: Vec<ApiMember>) -> impl IntoView {
    view! {
        <div class="api__table" tabindex="0" role="region" aria-label=caption>
            <table>
                <caption class="unseen">{caption.clone()}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody>
                    {members.into_iter().map(|member| view! {
                        <tr>
                            <th scope="row">
                                <code>{member.name}</code>
                                {member.required.then(|| view! { <span class="api__note">"required"</span> })}
                                {member.place.map(|place| view! { <span class="api__note">{place}</span> })}
                            </th>
                            <td>{member.kind}</td>
                            <td>{inline(&member.text)}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
