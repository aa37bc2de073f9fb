//! The description of the management API (OpenAPI 3.1). Each operation describes itself; here is what holds for all of
//! them: who may call, what goes wrong and how it is told, and examples in the words of the product.

mod guide;
mod sample;

pub use guide::GUIDE;
pub use sample::{Sample, in_words_of, sample};

use crate::{problem::ProblemBody, seal::cookie_name, sessions, state::App};
use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema as _,
    openapi::{
        Components, ContentBuilder, HeaderBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
        Required, Response, ResponseBuilder, SecurityRequirement, Server, Type,
        extensions::Extensions,
        path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};

/// The right that an operation needs.
pub const RIGHT: &str = "x-right";
/// On an operation without a workspace in its path: the one that it is otherwise the same as.
pub const SAME_AS: &str = "x-same-as";

/// Every group of operations, in the order in which they are shown.
const TAGS: &[(&str, &str)] = &[
    ("Keys", "Make, change, rotate and end API keys. The secret of a key is in one answer and nowhere else."),
    ("Usage", "How many requests there were, and what became of them."),
    ("Members", "Who works in the workspace, and what they may do there."),
    ("Invitations", "Ask people in, by a link that works once."),
    (
        "Apps",
        "Register, change and delete OAuth apps, and say which from elsewhere may be used. The secret of an app is in \
         one answer and nowhere else.",
    ),
    ("Refusals", "Requests with a key of the workspace that the gate refused, and why."),
    ("Audit log", "Who did what, and who tried to."),
];

/// What can go wrong, by status: the name of the shared answer, and its description.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("400", "Malformed", "The request could not be understood: a header, the query or the JSON is not well-formed."),
    ("401", "Unauthenticated", "Nobody is signed in. An API key does not help: no key can manage keys."),
    ("403", "Forbidden", "Your role does not carry the right, the plan is used up, or the workspace is suspended."),
    ("404", "NotFound", "There is no such thing in a workspace of yours. Others' things answer exactly like this."),
    ("409", "Conflict", "It was true a moment ago and is not any more; or the `Idempotency-Key` was used before."),
    ("412", "Stale", "There is a newer version than the one in `If-Match`."),
    ("413", "TooLarge", "The body is too large."),
    ("415", "NotJson", "The body is not sent as `application/json`."),
    ("422", "Unacceptable", "Some member cannot be accepted: `fields` says which, and what to do."),
];

/// A description without operations.
pub fn blank() -> OpenApi {
    let tags = TAGS.iter().map(|(name, text)| TagBuilder::new().name(*name).description(Some(*text)).build());
    OpenApiBuilder::new().tags(Some(tags)).components(Some(Components::new())).build()
}

/// Completes what the operations say of themselves.
pub fn document(mut doc: OpenApi, app: &App) -> OpenApi {
    let text = GUIDE.iter().map(|(title, text)| format!("## {title}\n\n{text}")).collect::<Vec<_>>().join("\n\n");
    doc.info = InfoBuilder::new()
        .title(format!("{} management API", app.services.profile.product))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(text))
        .build();
    doc.servers = Some(vec![Server::new(app.public_url.as_str())]);
    let either = ["session", "commandLine"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    doc.security = Some(either.into());
    let mut components = doc.components.take().unwrap_or_default();
    add_shared(&mut components, app);
    for (path, item) in &mut doc.paths.paths {
        for (method, operation) in operations_mut(item) {
            complete(&method, path, operation);
            add_examples(operation, &components);
        }
    }
    doc.components = Some(components);
    doc
}

/// The operations of a path, with their methods.
pub fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let all = [
        (HttpMethod::Get, get),
        (HttpMethod::Post, post),
        (HttpMethod::Put, put),
        (HttpMethod::Patch, patch),
        (HttpMethod::Delete, delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn add_shared(components: &mut Components, app: &App) {
    let cookie = cookie_name(sessions::COOKIE, app.public_url.is_https());
    let cookie = ApiKeyValue::with_description(cookie, "The cookie of a dashboard session.".to_owned());
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let text = "The access token that `keywright login` gets. No other app's token and no API key is accepted.";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text)).build();
    components.add_security_scheme("commandLine", SecurityScheme::Http(bearer));
    components.schemas.insert("Problem".to_owned(), ProblemBody::schema());
    for (_, name, text) in PROBLEMS {
        let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(*text)
            .content("application/json", content())
            .content("application/problem+json", content());
        components.responses.insert((*name).to_owned(), response.build().into());
    }
}

/// Adds what follows from an operation's method and path, and from what it says already.
fn complete(method: &HttpMethod, path: &str, operation: &mut Operation) {
    let mut parameters = operation.parameters.take().unwrap_or_default();
    let takes = |name: &str, all: &[Parameter]| all.iter().any(|parameter| parameter.name == name);
    if path.contains("{workspace}") {
        parameters.insert(0, in_path("workspace", "The workspace, as it stands in the dashboard's addresses.", "acme"));
    } else if let Some(id) = operation.operation_id.clone() {
        operation.operation_id = Some(format!("{id}InOnlyWorkspace"));
        operation.extensions.get_or_insert_default().insert(SAME_AS.to_owned(), id.into());
        let text = "In your only workspace. If you are a member of several, name one (400).";
        let said = operation.description.take().map(|said| format!("{said}\n\n")).unwrap_or_default();
        operation.description = Some(said + text);
    }
    if *method == HttpMethod::Post {
        let text = "A name of your own for this request, 1 to 255 visible ASCII characters: sent again within 24 \
                    hours, it is not done again.";
        parameters.push(header("Idempotency-Key", text, "5f0c8b6e-4a51-4c1e-9d51-3a0a6a3c1b52"));
    }
    let (changes, has_body) = (*method != HttpMethod::Get, operation.request_body.is_some());
    let (conditional, versioned) = (takes(IF_MATCH.as_str(), &parameters), takes(IF_NONE_MATCH.as_str(), &parameters));
    let problems = PROBLEMS.iter().filter(|(status, ..)| match *status {
        "409" => changes,
        "412" => conditional,
        "413" | "415" => has_body,
        "422" => changes,
        _ => true,
    });
    let responses = &mut operation.responses.responses;
    for (status, name, _) in problems {
        let shared = RefOr::Ref(Ref::from_response_name(*name));
        responses.entry((*status).to_owned()).or_insert(shared);
    }
    if versioned {
        responses.insert("304".to_owned(), Response::new("You have the latest version already.").into());
    }
    if conditional || versioned {
        for response in responses.iter_mut().filter(|(status, _)| status.starts_with('2')).map(|(_, r)| r) {
            if let RefOr::T(response) = response {
                let tag = HeaderBuilder::new().description(Some("The version, for `If-Match`."));
                let tag = tag.schema(ObjectBuilder::new().schema_type(Type::String)).build();
                response.headers.insert("ETag".to_owned(), tag);
            }
        }
    }
    operation.parameters = Some(parameters);
}

fn add_examples(operation: &mut Operation, components: &Components) {
    let bodies = operation.request_body.iter_mut().flat_map(|body| body.content.values_mut());
    let answers = operation.responses.responses.values_mut().filter_map(|response| match response {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    });
    for content in bodies.chain(answers.flat_map(|response| response.content.values_mut())) {
        if let (None, Some(schema)) = (&content.example, &content.schema) {
            content.example = Some(sample(schema, components).into());
        }
    }
}

/// The extension of an operation, as text.
pub fn extension<'o>(operation: &'o Operation, name: &str) -> Option<&'o str> {
    operation.extensions.as_ref().and_then(|all: &Extensions| all.get(name)).and_then(Value::as_str)
}

/// A parameter in the query, which may be left out.
pub fn query(name: &str, text: &str, schema: ObjectBuilder) -> Parameter {
    parameter(name, text, ParameterIn::Query).required(Required::False).schema(Some(schema.build())).build()
}

/// A header that may be left out.
pub fn header(name: &str, text: &str, example: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).examples([json!(example)]).build();
    parameter(name, text, ParameterIn::Header).required(Required::False).schema(Some(schema)).build()
}

/// A part of the path.
pub fn in_path(name: &str, text: &str, example: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).examples([json!(example)]).build();
    parameter(name, text, ParameterIn::Path).required(Required::True).schema(Some(schema)).build()
}

fn parameter(name: &str, text: &str, place: ParameterIn) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(place).description(Some(text))
}

/// One of these words.
pub fn choices<T>(words: &[(&str, T)]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().map(|(word, _)| json!(word))))
}

/// The name that a reference to a schema ends in.
pub fn schema_name(reference: &Ref) -> &str {
    reference.ref_location.rsplit('/').next().unwrap_or_default()
}
