//! The description of the REST API for people: made of the same document that programs read.

mod member_table;
mod operation;
mod prose;

use crate::components::PageHeader;
use leptos::prelude::*;
use member_table::MemberTable;
use operation::Operation;
use prose::Prose;

/// The whole description.
#[derive(Clone, Debug, Default)]
pub struct ApiDocs {
    /// The product.
    pub product: String,
    /// What every path is added to.
    pub base_url: String,
    /// What holds for every operation: headings, and what stands below them.
    pub guide: Vec<(String, String)>,
    /// The operations, in groups.
    pub sections: Vec<ApiSection>,
    /// What answers are made of.
    pub objects: Vec<ApiObject>,
}

/// A group of operations.
#[derive(Clone, Debug)]
pub struct ApiSection {
    /// Its name.
    pub title: String,
    /// What it is about.
    pub lead: String,
    /// The operations.
    pub operations: Vec<ApiOperation>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct ApiOperation {
    /// Its name for programs, which is also its place on the page.
    pub id: String,
    /// `POST`.
    pub method: String,
    /// The path, with its variable parts in braces.
    pub path: String,
    /// The short way to the same.
    pub also: Option<String>,
    /// What it does, in a few words.
    pub summary: String,
    /// The rest that is to be said.
    pub text: String,
    /// The right that it needs.
    pub right: Option<String>,
    /// What stands in the path, the query and the headers.
    pub parameters: Vec<ApiMember>,
    /// What is sent.
    pub body: Option<ApiBody>,
    /// What comes back.
    pub answers: Vec<ApiAnswer>,
    /// How it is called in a shell.
    pub curl: String,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct ApiBody {
    /// Whether there must be one.
    pub required: bool,
    /// Its members.
    pub members: Vec<ApiMember>,
    /// An example.
    pub example: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct ApiAnswer {
    /// Its status.
    pub status: String,
    /// What it means.
    pub text: String,
    /// An example of its body.
    pub example: Option<String>,
    /// The name of what it holds.
    pub object: Option<String>,
}

/// Something that answers are made of.
#[derive(Clone, Debug)]
pub struct ApiObject {
    /// Its name.
    pub name: String,
    /// What it is.
    pub text: String,
    /// Its members.
    pub members: Vec<ApiMember>,
}

/// A member of a body, or a parameter.
#[derive(Clone, Debug)]
pub struct ApiMember {
    /// Its name.
    pub name: String,
    /// Where it stands, if it is a parameter.
    pub place: Option<String>,
    /// Whether it must be there.
    pub required: bool,
    /// Its type.
    pub kind: String,
    /// What it means.
    pub text: String,
}

/// All operations on one page: it can be searched, printed and read without a script.
#[component]
pub fn ApiDocsPage(
    /// What to describe.
    docs: ApiDocs,
) -> impl IntoView {
    let lead = view! {
        "What the dashboard does, programs can do. The same for programs: "
        <a href="/api/openapi.json">"OpenAPI 3.1"</a>
    };
    view! {
        <div class="api">
            <PageHeader title=format!("{} API reference", docs.product).into_any() lead=lead.into_any() />
            <Contents sections=docs.sections.clone() />
            <section class="api__part" id="guide">
                <h2>"How it works"</h2>
                <p>"Every path is added to " <code>{docs.base_url}</code> "."</p>
                {docs.guide.into_iter().map(|(title, text)| view! {
                    <h3>{title}</h3>
                    <Prose text />
                }).collect_view()}
            </section>
            {docs.sections.into_iter().map(|section| view! {
                <section class="api__part">
                    <h2 id=anchor(&section.title)>{section.title.clone()}</h2>
                    <Prose text=section.lead />
                    {section.operations.into_iter().map(|operation| view! { <Operation operation /> }).collect_view()}
                </section>
            }).collect_view()}
            <section class="api__part" id="objects">
                <h2>"Objects"</h2>
                {docs.objects.into_iter().map(|object| view! {
                    <article class="card section api__object" id=format!("object-{}", object.name)>
                        <h3>{object.name.clone()}</h3>
                        <Prose text=object.text />
                        <MemberTable caption=format!("Members of {}", object.name) members=object.members />
                    </article>
                }).collect_view()}
            </section>
        </div>
    }
    .into_any()
}

#[component]
fn Contents(sections: Vec<ApiSection>) -> impl IntoView {
    view! {
        <nav class="card section api__contents" aria-label="Contents">
            <ul>
                <li><a href="#guide">"How it works"</a></li>
                {sections.into_iter().map(|section| view! {
                    <li>
                        <a href=format!("#{}", anchor(&section.title))>{section.title.clone()}</a>
                        <ul>
                            {section.operations.into_iter().map(|operation| view! {
                                <li><a href=format!("#{}", operation.id)>{operation.summary}</a></li>
                            }).collect_view()}
                        </ul>
                    </li>
                }).collect_view()}
                <li><a href="#objects">"Objects"</a></li>
            </ul>
        </nav>
    }
    .into_any()
}

/// `Audit log` is found at `#audit-log`.
fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}
