use super::{
    ApiAnswer, ApiOperation, MemberTable,
    prose::{Prose, inline},
};
use leptos::prelude::*;

/// One operation: what it is called, takes and answers.
#[component]
pub(super) fn Operation(operation: ApiOperation) -> impl IntoView {
    let ApiOperation { id, method, path, also, summary, text, right, parameters, body, answers, curl } = operation;
    let tone = method.to_lowercase();
    view! {
        <article class="card section api__operation" id=id.clone() aria-labelledby=format!("{id}-title")>
            <h3 id=format!("{id}-title")>{summary.clone()}</h3>
            <p class="api__line">
                <span class=format!("api__method api__method--{tone}")>{method}</span>
                <code class="breakable">{path}</code>
            </p>
            {also.map(|also| view! { <p class="quiet">"Also " <code>{also}</code></p> })}
            <Prose text />
            {right.map(|right| view! { <p>"Needs the right " <code>{right}</code> "."</p> })}
            {(!parameters.is_empty()).then(|| view! {
                <h4>"Parameters"</h4>
                <MemberTable caption=format!("{summary}: parameters") members=parameters />
            })}
            {body.map(|body| view! {
                <h4>{if body.required { "Body" } else { "Body, may be left out" }}</h4>
                <MemberTable caption=format!("{summary}: body") members=body.members />
            })}
            <h4>"Example"</h4>
            <Code label=format!("{summary}: how it is called") text=curl />
            <Answers summary answers />
        </article>
    }
    .into_any()
}

#[component]
fn Answers(summary: String, answers: Vec<ApiAnswer>) -> impl IntoView {
    view! {
        <h4>"Answers"</h4>
        <ul class="api__answers">
            {answers.into_iter().map(|answer| {
                let label = format!("{summary}: answer {}", answer.status);
                view! {
                    <li>
                        <span class="api__status">{answer.status}</span>
                        <div>
                            <p>
                                {inline(&answer.text)}
                                {answer.object.map(|name| view! {
                                    " "
                                    <a href=format!("#object-{name}")>{name.clone()}</a>
                                })}
                            </p>
                            {answer.example.map(|text| view! {
                                <details>
                                    <summary>"Example"</summary>
                                    <Code label text />
                                </details>
                            })}
                        </div>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
    .into_any()
}

/// Text to take along.
#[component]
fn Code(label: String, text: String) -> impl IntoView {
    view! { <pre class="api__code" tabindex="0" role="region" aria-label=label><code>{text}</code></pre> }.into_any()
}
