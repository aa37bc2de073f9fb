use crate::components::{FilterInput, FilterSelect, Filters, message_for};
use keywright_core::{
    audit::{Action, AuditFilter, AuditForm, Outcome, Person},
    error::FieldError,
    words,
};
use leptos::prelude::*;

/// What narrows the log.
#[component]
pub(crate) fn FilterBar(
    slug: String,
    form: AuditForm,
    filter: AuditFilter,
    errors: Vec<FieldError>,
    people: Vec<Person>,
) -> impl IntoView {
    let action = format!("/w/{slug}/audit");
    let current = current(&action, &filter, &people);
    let clearable = !current.is_empty() || !errors.is_empty();
    let error = move |name| message_for(&errors, name);
    // `refused=1` is the short way to say it, for programs.
    let outcome = if form.refused == "1" { Outcome::Refused.code().to_owned() } else { form.outcome };
    let outcomes = Outcome::ALL.iter().map(|(_, code, words)| ((*code).to_owned(), (*words).to_owned())).collect();
    let subject = !form.subject.is_empty();
    view! {
        <Filters action current clearable>
            <FilterSelect
                name="action" label="What" any="Everything" chosen=form.action groups=actions() error=error("action")
            />
            <FilterSelect
                name="actor" label="Who" any="Everybody" groups=vec![("", persons(people, &form.actor))]
                chosen=form.actor error=error("actor")
            />
            <FilterSelect
                name="outcome" label="Outcome" any="Any" chosen=outcome groups=vec![("", outcomes)]
                error=error("outcome")
            />
            <FilterInput name="from" label="From (UTC)" kind="date" value=form.from error=error("from") />
            <FilterInput name="to" label="To (UTC)" kind="date" value=form.to error=error("to") />
            {subject.then(|| view! {
                <FilterInput name="subject" label="About (id)" kind="text" value=form.subject error=error("subject") />
            })}
        </Filters>
    }
    .into_any()
}

/// The actions by what they are about, each group and each action in the order of the table.
fn actions() -> Vec<(&'static str, Vec<(String, String)>)> {
    let mut groups: Vec<(&'static str, Vec<(String, String)>)> = Vec::new();
    for (_, code, done, _) in Action::ALL {
        let title = group(code);
        let option = ((*code).to_owned(), (*done).to_owned());
        match groups.iter_mut().find(|(t, _)| *t == title) {
            Some((_, options)) => options.push(option),
            None => groups.push((title, vec![option])),
        }
    }
    groups
}

/// What an action is about, by the first word of its code.
fn group(code: &str) -> &'static str {
    match code.split('.').next().unwrap_or_default() {
        "key" => "Keys",
        "session" | "password" | "account" => "Signing in",
        "member" | "invitation" => "Members",
        "workspace" | "plan" => "Workspace",
        "audit" => "Audit log",
        _ => "Other",
    }
}

/// The people of the log; and whoever was asked for, also if the log does not know them.
fn persons(people: Vec<Person>, chosen: &str) -> Vec<(String, String)> {
    let mut options: Vec<_> = people.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
    if !chosen.is_empty() && options.iter().all(|(id, _)| id != chosen) {
        options.push((chosen.to_owned(), chosen.to_owned()));
    }
    options
}

/// Each member that narrows, in words, and the address without it.
fn current(action: &str, filter: &AuditFilter, people: &[Person]) -> Vec<(String, String)> {
    let words = |name: &str, value: &str| match name {
        "action" => Action::words(value).to_owned(),
        "actor" => {
            let person = people.iter().find(|person| person.id.to_string() == value);
            format!("by {}", person.map_or(value, |person| person.name.as_str()))
        }
        "outcome" => Outcome::ALL.iter().find(|(_, code, _)| *code == value).map_or("", |(.., words)| words).to_owned(),
        "from" => format!("from {}", filter.from.map(words::day).unwrap_or_default()),
        "to" => format!("to {}", filter.to.map(words::day).unwrap_or_default()),
        _ => format!("about {value}"),
    };
    let without = |name: &str| match filter.query_without(name) {
        query if query.is_empty() => action.to_owned(),
        query => format!("{action}?{query}"),
    };
    filter.pairs().into_iter().map(|(name, value)| (words(name, &value), without(name))).collect()
}
