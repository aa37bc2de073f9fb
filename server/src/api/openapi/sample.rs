//! Examples, from what the types say. Where products differ they hold a placeholder, `<scope>`; what is sent out is put
//! into the product's own words.

use super::schema_name;
use keywright_core::profile::Profile;
use serde_json::{Value, json};
use utoipa::openapi::{
    Components, Object, RefOr, Schema,
    schema::{ArrayItems, SchemaType, Type},
};

/// JSON whose members keep the order in which they were declared: people read examples from the top.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// Anything without members.
    Leaf(Value),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
}

/// An example of this schema.
pub fn sample(schema: &RefOr<Schema>, components: &Components) -> Sample {
    let sampler = Sampler { components };
    match schema {
        // A body that may be left out: the example is of one that is not.
        RefOr::T(Schema::OneOf(one)) => sampler.first(&one.items),
        RefOr::T(_) | RefOr::Ref(_) => sampler.of(schema),
    }
}

/// Puts the product's own words where the examples in this text have placeholders.
pub fn in_words_of(profile: &Profile, text: &str) -> String {
    let key = &profile.key;
    let start = format!("{}{}", key.prefix, "4fT9a1b2c3d4".get(..key.visible).unwrap_or("4fT9"));
    let scope = profile.scopes.first().map_or("read", |scope| scope.name.as_str());
    let route =
        profile.routes.first().map_or_else(|| "GET /".to_owned(), |route| format!("{} {}", route.method, route.path));
    let words = [
        ("scope", json!(scope)),
        ("environment", json!(key.environments.first().map(|environment| &environment.name))),
        ("route", json!(route)),
        ("role", json!(profile.roles.last().map(|role| &role.name))),
        ("start", json!(start)),
        ("masked", json!(format!("{start}…x2Qp"))),
        ("secret", json!(format!("{start}…"))),
        ("key-id", json!("key_0198c0de7f3a70008000000000000001")),
        ("member-id", json!("user_0198c0de7f3a70008000000000000002")),
        ("invitation-id", json!("invitation_0198c0de7f3a70008000000000000004")),
        ("app-id", json!("app_0198c0de7f3a70008000000000000006")),
        ("event-id", json!("event_0198c0de7f3a70008000000000000007")),
        ("refusal-id", json!("refusal_0198c0de7f3a70008000000000000005")),
        ("audit-id", json!("audit_0198c0de7f3a70008000000000000003")),
    ];
    words.iter().fold(text.to_owned(), |text, (name, word)| text.replace(&format!("\"<{name}>\""), &word.to_string()))
}

struct Sampler<'a> {
    components: &'a Components,
}

impl Sampler<'_> {
    fn of(&self, schema: &RefOr<Schema>) -> Sample {
        let schema = match schema {
            RefOr::T(schema) => schema,
            RefOr::Ref(reference) => match self.components.schemas.get(schema_name(reference)) {
                Some(found) => return self.of(found),
                None => return Sample::Leaf(Value::Null),
            },
        };
        match schema {
            Schema::Object(object) => self.of_object(object),
            Schema::Array(array) => match (&array.example, &array.items) {
                (Some(example), _) => self.given(example, None),
                (None, ArrayItems::RefOrSchema(items)) => Sample::List(vec![self.of(items)]),
                (None, ArrayItems::False) => Sample::List(Vec::new()),
            },
            Schema::OneOf(one) => match &one.example {
                Some(example) => self.given(example, None),
                None if one.items.iter().any(is_null) => Sample::Leaf(Value::Null),
                None => self.first(&one.items),
            },
            Schema::AnyOf(any) => match &any.example {
                Some(example) => self.given(example, None),
                None => self.first(&any.items),
            },
            Schema::AllOf(all) => Sample::Object(all.items.iter().flat_map(|part| self.of(part).members()).collect()),
            // The enum may grow; what is not known has no example.
            _ => Sample::Leaf(Value::Null),
        }
    }

    fn of_object(&self, object: &Object) -> Sample {
        if let Some(example) = object.example.as_ref().or(object.examples.first()) {
            return self.given(example, Some(object));
        }
        if !object.properties.is_empty() {
            return Sample::Object(object.properties.iter().map(|(name, s)| (name.clone(), self.of(s))).collect());
        }
        if let Some(first) = object.enum_values.as_ref().and_then(|words| words.first()) {
            return Sample::Leaf(first.clone());
        }
        let kind = match &object.schema_type {
            SchemaType::Type(kind) => Some(kind),
            SchemaType::Array(kinds) => kinds.first(),
            SchemaType::AnyValue => None,
        };
        Sample::Leaf(match kind {
            Some(Type::String) => json!("text"),
            Some(Type::Integer | Type::Number) => json!(1),
            Some(Type::Boolean) => json!(true),
            Some(Type::Object) => json!({}),
            Some(Type::Array) => json!([]),
            Some(Type::Null) | None => Value::Null,
        })
    }

    /// The first that is not null.
    fn first(&self, items: &[RefOr<Schema>]) -> Sample {
        let samples = items.iter().map(|item| self.of(item));
        samples.into_iter().find(|sample| *sample != Sample::Leaf(Value::Null)).unwrap_or(Sample::Leaf(Value::Null))
    }

    /// An example that somebody wrote, in the order of the members that the type has.
    fn given(&self, example: &Value, of: Option<&Object>) -> Sample {
        match example {
            Value::Object(members) => {
                let place = |name: &String| of.and_then(|object| object.properties.get_index_of(name));
                let mut names: Vec<_> = members.iter().collect();
                names.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
                Sample::Object(names.into_iter().map(|(name, value)| (name.clone(), self.given(value, None))).collect())
            }
            Value::Array(items) => Sample::List(items.iter().map(|item| self.given(item, None)).collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Sample::Leaf(example.clone()),
        }
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

impl Sample {
    fn members(self) -> Vec<(String, Self)> {
        match self {
            Self::Object(members) => members,
            Self::Leaf(_) | Self::List(_) => Vec::new(),
        }
    }

    /// The JSON as people write it, two spaces to a level.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        let mut items = |brackets: [char; 2], items: Vec<(Option<&String>, &Self)>| {
            text.push(brackets[0]);
            let (last, simple) = (items.len(), items.iter().all(|(name, item)| name.is_none() && item.is_simple()));
            for (i, (name, item)) in items.into_iter().enumerate() {
                if !simple {
                    text.push_str(&format!("\n{}", "  ".repeat(depth + 1)));
                }
                if let Some(name) = name {
                    text.push_str(&format!("{}: ", json!(name)));
                }
                item.write(text, depth + 1);
                if i + 1 < last {
                    text.push_str(if simple { ", " } else { "," });
                }
            }
            if !simple {
                text.push_str(&format!("\n{}", "  ".repeat(depth)));
            }
            text.push(brackets[1]);
        };
        match self {
            Self::Leaf(value) => text.push_str(&value.to_string()),
            Self::List(list) => items(['[', ']'], list.iter().map(|item| (None, item)).collect()),
            Self::Object(all) => items(['{', '}'], all.iter().map(|(name, item)| (Some(name), item)).collect()),
        }
    }

    fn is_simple(&self) -> bool {
        match self {
            Self::Leaf(_) => true,
            Self::List(_) | Self::Object(_) => false,
        }
    }
}

impl From<Sample> for Value {
    fn from(sample: Sample) -> Self {
        match sample {
            Sample::Leaf(value) => value,
            Sample::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Sample::Object(members) => {
                Self::Object(members.into_iter().map(|(name, item)| (name, Self::from(item))).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_short_lists_their_line() {
        let list = Sample::List(vec![Sample::Leaf(json!("a")), Sample::Leaf(json!("b"))]);
        let members = vec![("z".to_owned(), list), ("a".to_owned(), Sample::Object(Vec::new()))];
        let sample = Sample::Object(members);
        assert_eq!(sample.pretty(), "{\n  \"z\": [\"a\", \"b\"],\n  \"a\": {}\n}");
        assert_eq!(Value::from(sample), json!({"z": ["a", "b"], "a": {}}));
    }
}
