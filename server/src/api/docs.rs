//! `/api/openapi.json` and `/api/docs`: what there is, for programs and for people. Both are made once, of the same
//! description; nobody has to be signed in to read them.

use super::openapi::{self, GUIDE, RIGHT, SAME_AS, extension, in_words_of, sample, schema_name};
use crate::{
    pages::Look,
    problem::Problem,
    seal::cookie_name,
    sessions,
    state::{App, Shared},
    visitor::SignedIn,
};
use axum::{
    Extension, Router,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};
use keywright_app::pages::api_docs::{
    ApiAnswer, ApiBody, ApiDocs, ApiDocsPage, ApiDocsPageProps, ApiMember, ApiObject, ApiOperation, ApiSection,
};
use keywright_core::profile::Profile;
use std::{collections::BTreeSet, sync::Arc};
use utoipa::openapi::{
    Components, OpenApi, RefOr, Required, Schema,
    path::{HttpMethod, Operation, Parameter, ParameterIn},
    schema::{ArrayItems, Object, SchemaType, Type},
};

/// Both, ready to be sent.
pub struct Documents {
    json: String,
    page: ApiDocs,
}

/// Their addresses. They are no operations of the API, and stand in no description.
pub fn router() -> Router<Shared> {
    Router::new().route("/api/openapi.json", get(json)).route("/api/docs", get(page))
}

async fn json(Extension(documents): Extension<Arc<Documents>>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, JSON)], documents.json.clone()).into_response()
}

async fn page(Extension(documents): Extension<Arc<Documents>>, who: Result<SignedIn, Problem>, look: Look) -> Response {
    let look = match who {
        Ok(who) => look.of_person(&who),
        Err(_) => look,
    };
    let props = ApiDocsPageProps { docs: documents.page.clone() };
    look.page(StatusCode::OK, "API reference", move || ApiDocsPage(props))
}

impl Documents {
    /// Writes both.
    pub fn of(doc: &OpenApi, app: &App) -> Self {
        let json = in_words_of(&app.services.profile, &serde_json::to_string(doc).unwrap_or_default());
        let components = doc.components.clone().unwrap_or_default();
        let writer = Writer {
            components: &components,
            profile: &app.services.profile,
            base_url: app.public_url.as_str(),
            cookie: cookie_name(sessions::COOKIE, app.public_url.is_https()),
        };
        Self { json, page: writer.page(doc) }
    }
}

struct Writer<'a> {
    components: &'a Components,
    profile: &'a Profile,
    base_url: &'a str,
    cookie: String,
}

impl Writer<'_> {
    fn page(&self, doc: &OpenApi) -> ApiDocs {
        let mut paths = doc.paths.paths.clone();
        let mut operations = Vec::new();
        for (path, item) in &mut paths {
            for (method, operation) in openapi::operations_mut(item) {
                operations.push((path.clone(), method, operation.clone()));
            }
        }
        let sections = doc.tags.iter().flatten().map(|tag| ApiSection {
            title: tag.name.clone(),
            lead: tag.description.clone().unwrap_or_default(),
            operations: self.operations_of(&tag.name, &operations),
        });
        let guide = GUIDE.iter().map(|(title, text)| ((*title).to_owned(), (*text).to_owned()));
        ApiDocs {
            product: self.profile.product.clone(),
            base_url: self.base_url.to_owned(),
            guide: guide.collect(),
            sections: sections.filter(|section| !section.operations.is_empty()).collect(),
            objects: self.objects(&operations),
        }
    }

    fn operations_of(&self, tag: &str, all: &[(String, HttpMethod, Operation)]) -> Vec<ApiOperation> {
        let of_tag = |operation: &Operation| operation.tags.iter().flatten().any(|name| name == tag);
        let wanted = all.iter().filter(|(_, _, o)| of_tag(o) && extension(o, SAME_AS).is_none());
        wanted.map(|(path, method, operation)| self.operation(path, method, operation, all)).collect()
    }

    fn operation(
        &self,
        path: &str,
        method: &HttpMethod,
        operation: &Operation,
        all: &[(String, HttpMethod, Operation)],
    ) -> ApiOperation {
        let id = operation.operation_id.clone().unwrap_or_default();
        let also = all.iter().find(|(_, _, other)| extension(other, SAME_AS) == Some(&id));
        let method = word(method);
        let body = self.body(operation);
        ApiOperation {
            also: also.map(|(path, ..)| format!("{method} {path}")),
            summary: operation.summary.clone().unwrap_or_default(),
            text: operation.description.clone().unwrap_or_default(),
            right: extension(operation, RIGHT).map(str::to_owned),
            parameters: operation.parameters.iter().flatten().map(parameter).collect(),
            curl: self.curl(path, method, operation, body.as_ref()),
            answers: self.answers(operation),
            body,
            method: method.to_owned(),
            path: path.to_owned(),
            id,
        }
    }

    fn body(&self, operation: &Operation) -> Option<ApiBody> {
        let body = operation.request_body.as_ref()?;
        let schema = body.content.values().find_map(|content| content.schema.as_ref())?;
        let required = body.required == Some(Required::True);
        Some(ApiBody { required, members: self.members(schema), example: self.sample(schema) })
    }

    fn answers(&self, operation: &Operation) -> Vec<ApiAnswer> {
        let all = operation.responses.responses.iter();
        let answers = all.map(|(status, answer)| {
            let shared = match answer {
                RefOr::T(answer) => Some(answer),
                RefOr::Ref(reference) => match self.components.responses.get(reference_name(&reference.ref_location)) {
                    Some(RefOr::T(answer)) => Some(answer),
                    Some(RefOr::Ref(_)) | None => None,
                },
            };
            let own = matches!(answer, RefOr::T(_));
            let schema = shared.and_then(|answer| answer.content.values().find_map(|content| content.schema.as_ref()));
            ApiAnswer {
                status: status.clone(),
                text: shared.map(|answer| answer.description.clone()).unwrap_or_default(),
                // Refusals all look alike: the guide and the objects show them once.
                example: schema.filter(|_| own).map(|schema| self.sample(schema)),
                object: schema.filter(|_| own).and_then(name_of),
            }
        });
        answers.collect()
    }

    /// What the operations answer with, and what that is made of.
    fn objects(&self, operations: &[(String, HttpMethod, Operation)]) -> Vec<ApiObject> {
        let mut names = BTreeSet::from(["Problem".to_owned()]);
        for (_, _, operation) in operations {
            for answer in operation.responses.responses.values() {
                if let RefOr::T(answer) = answer {
                    for schema in answer.content.values().filter_map(|content| content.schema.as_ref()) {
                        self.collect(schema, &mut names);
                    }
                }
            }
        }
        let described = names.into_iter().filter_map(|name| {
            let schema = self.components.schemas.get(&name)?;
            let members = self.members(schema);
            (!members.is_empty()).then(|| ApiObject { text: text_of(schema), name, members })
        });
        described.collect()
    }

    fn collect(&self, schema: &RefOr<Schema>, names: &mut BTreeSet<String>) {
        match schema {
            RefOr::Ref(reference) => {
                let name = schema_name(reference);
                if names.insert(name.to_owned())
                    && let Some(schema) = self.components.schemas.get(name)
                {
                    self.collect(schema, names);
                }
            }
            RefOr::T(schema) => parts(schema).into_iter().for_each(|part| self.collect(part, names)),
        }
    }

    /// The members of an object; none of anything else.
    fn members(&self, schema: &RefOr<Schema>) -> Vec<ApiMember> {
        match schema {
            RefOr::Ref(reference) => {
                self.components.schemas.get(schema_name(reference)).map_or_else(Vec::new, |schema| self.members(schema))
            }
            RefOr::T(Schema::Object(object)) => {
                object.properties.iter().map(|(name, s)| member(name, s, object)).collect()
            }
            RefOr::T(Schema::AllOf(all)) => all.items.iter().flat_map(|part| self.members(part)).collect(),
            RefOr::T(Schema::OneOf(one)) => {
                // An optional body is one of null and the body.
                let mut objects = one.items.iter().map(|item| self.members(item)).filter(|members| !members.is_empty());
                objects.next().unwrap_or_default()
            }
            RefOr::T(_) => Vec::new(),
        }
    }

    fn sample(&self, schema: &RefOr<Schema>) -> String {
        in_words_of(self.profile, &sample(schema, self.components).pretty())
    }

    fn curl(&self, path: &str, method: &str, operation: &Operation, body: Option<&ApiBody>) -> String {
        let mut path = path.to_owned();
        for parameter in operation.parameters.iter().flatten().filter(|p| p.parameter_in == ParameterIn::Path) {
            path = path.replace(&format!("{{{}}}", parameter.name), &example(parameter));
        }
        let method = if method == "GET" { String::new() } else { format!("-X {method} ") };
        let mut lines = vec![format!("curl {method}{}{path}", self.base_url)];
        lines.push(format!("-b \"{}=$SESSION\"", self.cookie));
        if method.contains("POST") {
            lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
        }
        if let Some(body) = body {
            lines.push("-H \"Content-Type: application/json\"".to_owned());
            lines.push(format!("-d '{}'", body.example.replace('\'', "'\\''")));
        }
        lines.join(" \\\n  ")
    }
}

fn member(name: &str, schema: &RefOr<Schema>, of: &Object) -> ApiMember {
    ApiMember {
        name: name.to_owned(),
        place: None,
        required: of.required.iter().any(|required| required == name),
        kind: kind(schema),
        text: text_of(schema),
    }
}

fn parameter(parameter: &Parameter) -> ApiMember {
    let place = match parameter.parameter_in {
        ParameterIn::Query => "query",
        ParameterIn::Path => "path",
        ParameterIn::Header => "header",
        ParameterIn::Cookie => "cookie",
    };
    ApiMember {
        name: parameter.name.clone(),
        place: Some(place.to_owned()),
        required: parameter.required == Required::True,
        kind: parameter.schema.as_ref().map(kind).unwrap_or_default(),
        text: parameter.description.clone().unwrap_or_default(),
    }
}

/// What stands in the path of an example: the workspace as it may be called, ids as variables of the shell.
fn example(parameter: &Parameter) -> String {
    match &parameter.schema {
        Some(RefOr::T(Schema::Object(object))) if parameter.name == "workspace" => {
            object.examples.first().and_then(|example| example.as_str()).unwrap_or_default().to_owned()
        }
        Some(_) | None => format!("${}", parameter.name.to_uppercase()),
    }
}

/// The type of a member, in a few words.
fn kind(schema: &RefOr<Schema>) -> String {
    match schema {
        RefOr::Ref(reference) => schema_name(reference).to_owned(),
        RefOr::T(Schema::Object(object)) => match &object.enum_values {
            Some(words) => words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
            None => kinds(&object.schema_type),
        },
        RefOr::T(Schema::Array(array)) => match &array.items {
            ArrayItems::RefOrSchema(items) => format!("list of {}", kind(items)),
            ArrayItems::False => "empty list".to_owned(),
        },
        RefOr::T(Schema::OneOf(one)) => one.items.iter().map(kind).collect::<Vec<_>>().join(" or "),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter().map(kind).collect::<Vec<_>>().join(" or "),
        RefOr::T(_) => "object".to_owned(),
    }
}

fn kinds(kinds: &SchemaType) -> String {
    let one = |kind: &Type| match kind {
        Type::Object => "object",
        Type::String => "text",
        Type::Integer => "whole number",
        Type::Number => "number",
        Type::Boolean => "true or false",
        Type::Array => "list",
        Type::Null => "null",
    };
    match kinds {
        SchemaType::Type(kind) => one(kind).to_owned(),
        SchemaType::Array(all) => all.iter().map(one).collect::<Vec<_>>().join(" or "),
        SchemaType::AnyValue => "anything".to_owned(),
    }
}

fn text_of(schema: &RefOr<Schema>) -> String {
    let text = match schema {
        RefOr::Ref(reference) => return reference.description.clone(),
        // Something that may be null: the description is with what it otherwise is.
        RefOr::T(Schema::OneOf(one)) if one.description.is_none() => {
            return one.items.iter().map(text_of).find(|text| !text.is_empty()).unwrap_or_default();
        }
        RefOr::T(Schema::Object(object)) => &object.description,
        RefOr::T(Schema::Array(array)) => &array.description,
        RefOr::T(Schema::OneOf(one)) => &one.description,
        RefOr::T(Schema::AllOf(all)) => &all.description,
        RefOr::T(Schema::AnyOf(any)) => &any.description,
        RefOr::T(_) => &None,
    };
    text.clone().unwrap_or_default()
}

/// The schemas that this one is made of.
fn parts(schema: &Schema) -> Vec<&RefOr<Schema>> {
    match schema {
        Schema::Object(object) => object.properties.values().collect(),
        Schema::Array(array) => match &array.items {
            ArrayItems::RefOrSchema(items) => vec![items],
            ArrayItems::False => Vec::new(),
        },
        Schema::OneOf(one) => one.items.iter().collect(),
        Schema::AllOf(all) => all.items.iter().collect(),
        Schema::AnyOf(any) => any.items.iter().collect(),
        _ => Vec::new(),
    }
}

fn name_of(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(reference) => Some(schema_name(reference).to_owned()),
        RefOr::T(_) => None,
    }
}

fn reference_name(location: &str) -> &str {
    location.rsplit('/').next().unwrap_or_default()
}

const fn word(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Head => "HEAD",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Trace => "TRACE",
    }
}
