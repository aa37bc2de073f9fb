//! The parts of a profile, one function each: what it may hold, what it is when left out, and which
//! values do not go together.
//!
//! A member that is missing or wrong is reported and then read as nothing, so that reading goes on; a
//! profile with faults is never given to anybody.

mod cors;
mod key;
mod oauth;
mod plans;
mod scopes;

use super::{
    ExpiryPolicy, Profile, RateReset, Right, Role, Route, RouteNeeds, ScopeSet, ScopeSpec, Words, grammar,
    reader::{At, Table, WordOrWords},
};
use key::Key;
use scopes::{all, scope_set, set_of};
use std::collections::HashMap;

/// How long a rotated key's old secret may go on working where the profile does not say.
const GRACE_DAYS: u32 = 30;
const MOST_GRACE_DAYS: u32 = 365;

const RATE_RESETS: &[(RateReset, &str)] = &[(RateReset::Seconds, "seconds"), (RateReset::Epoch, "epoch")];

const LIST_OR_ALL: &str = "write a list, or \"all\"";

pub(super) fn read(name: &str, root: Table<'_>) -> Profile {
    let scopes = scopes::read(&root);
    let (wildcard, default_scopes) = scopes::grants(&root, &scopes);
    let Key { format, workspace_owned, carriers, refusals } = key::read(&root);
    let menu = menu(&root);
    let oauth = oauth::read(&root, &scopes, &menu);
    let profile = Profile {
        name: name.to_owned(),
        product: value(root.text("product", 60)),
        docs_url: root.optional_name("docs_url", grammar::web_address).map(|at| at.value),
        words: words(&root),
        menu,
        billing_url: root.optional_name("billing_url", grammar::web_address).map(|at| at.value),
        rate_reset: root.optional_choice("rate_reset", RATE_RESETS).unwrap_or(RateReset::Seconds),
        action_urls: root.optional_flag("action_urls").is_some_and(|flag| flag.value),
        session_cookie: root.optional_flag("session_cookie").is_some_and(|flag| flag.value),
        key: format,
        workspace_keys: workspace_owned,
        longest_grace_days: longest_grace_days(&root),
        wildcard,
        default_scopes,
        carriers,
        refusals,
        roles: roles(&root, &scopes),
        expiry: expiry(&root),
        plans: plans::read(&root, &scopes),
        routes: routes(&root, &scopes),
        cors: cors::read(&root),
        oauth,
        scopes,
    };
    root.close();
    profile
}

fn value<T: Default>(read: Option<At<T>>) -> T {
    read.map(|at| at.value).unwrap_or_default()
}

/// What the button says that makes a key, unless the profile says otherwise.
const CREATE_KEY: &str = "Create key";

fn words(root: &Table<'_>) -> Words {
    let Some(table) = root.optional_table("words", "[words]") else {
        return Words {
            workspace: "workspace".to_owned(),
            workspaces: "workspaces".to_owned(),
            create_key: CREATE_KEY.to_owned(),
        };
    };
    let create_key = table.has("create_key").then(|| value(table.text("create_key", 40)));
    let words = Words {
        workspace: value(table.text("workspace", 40)),
        workspaces: value(table.text("workspaces", 40)),
        create_key: create_key.unwrap_or_else(|| CREATE_KEY.to_owned()),
    };
    table.close();
    words
}

fn menu(root: &Table<'_>) -> Vec<String> {
    root.optional_texts("menu", 40).unwrap_or_else(|| vec!["Settings".to_owned(), "API keys".to_owned()])
}

fn longest_grace_days(root: &Table<'_>) -> u32 {
    let Some(table) = root.optional_table("rotation", "[rotation]") else { return GRACE_DAYS };
    let days = table.optional_number("max_grace_days", 1, MOST_GRACE_DAYS);
    table.close();
    days.map_or(GRACE_DAYS, |days| days.value)
}

fn expiry(root: &Table<'_>) -> ExpiryPolicy {
    let Some(table) = root.table("expiry", "[expiry]") else {
        return ExpiryPolicy { presets: Vec::new(), default_days: None, max_days: None, required: false };
    };
    let presets = table.numbers("presets", 1, ExpiryPolicy::MOST_DAYS);
    let default = table.optional_number("default_days", 1, ExpiryPolicy::MOST_DAYS);
    let most = table.optional_number("max_days", 1, ExpiryPolicy::MOST_DAYS).map(|at| at.value);
    let required = table.optional_flag("required");

    check_presets(&table, &presets, most);
    if let Some(default) = &default {
        check_default(&table, default, &presets, most);
    }
    if let Some(required) = required.as_ref().filter(|required| required.value && !table.has("default_days")) {
        table.report(required.line, "`required` = true needs `default_days`: \"never\" cannot be the default then");
    }
    table.close();
    ExpiryPolicy {
        presets: presets.iter().map(|preset| preset.value).collect(),
        default_days: default.map(|at| at.value),
        max_days: most,
        required: value(required),
    }
}

fn check_presets(table: &Table<'_>, presets: &[At<u32>], most: Option<u32>) {
    for pair in presets.windows(2).filter(|pair| pair[0].value >= pair[1].value) {
        table.report(pair[1].line, format!("`presets` must ascend: {} stands after {}", pair[1].value, pair[0].value));
    }
    for preset in presets {
        if let Some(most) = most.filter(|most| preset.value > *most) {
            table.report(preset.line, format!("`presets` offers {} days, beyond `max_days` = {most}", preset.value));
        }
    }
}

fn check_default(table: &Table<'_>, default: &At<u32>, presets: &[At<u32>], most: Option<u32>) {
    let days = default.value;
    if let Some(most) = most.filter(|most| days > *most) {
        table.report(default.line, format!("`default_days` = {days} is beyond `max_days` = {most}"));
    } else if !presets.is_empty() && presets.iter().all(|preset| preset.value != days) {
        table
            .report(default.line, format!("`default_days` = {days} must be one of `presets`, where the form shows it"));
    }
}

fn roles(root: &Table<'_>, scopes: &[ScopeSpec]) -> Vec<Role> {
    let mut names = Vec::new();
    let mut roles = Vec::new();
    for table in root.tables("roles", "[[roles]]") {
        let name = table.name("name", grammar::plain_name);
        names.extend(name.clone());
        let role = Role {
            name: value(name),
            title: value(table.text("title", 40)),
            rights: rights(&table),
            scopes: table
                .word_or_words("scopes", LIST_OR_ALL)
                .map_or(ScopeSet::NONE, |read| scope_set(&table, &read, scopes, all(scopes))),
        };
        check_role(&table, &role, roles.is_empty(), scopes);
        roles.push(role);
        table.close();
    }
    refuse_repeats(root, "role", named(&names));
    roles
}

fn rights(table: &Table<'_>) -> Vec<Right> {
    let every = || Right::ALL.iter().map(|(right, _)| *right).collect();
    let Some(read) = table.word_or_words("rights", LIST_OR_ALL) else { return Vec::new() };
    match read.value {
        WordOrWords::Word("all") => every(),
        WordOrWords::Word(_) => {
            table.report(read.line, "`rights` must be a list, or \"all\"");
            Vec::new()
        }
        WordOrWords::Words(words) => {
            refuse_repeats(table, "right", words.iter().map(|word| (word.value, word.line)));
            words.iter().filter_map(|word| table.choose("rights", word, Right::ALL)).collect()
        }
    }
}

fn check_role(table: &Table<'_>, role: &Role, is_owner: bool, scopes: &[ScopeSpec]) {
    let complete = Right::ALL.iter().all(|(right, _)| role.may(*right)) && role.scopes == all(scopes);
    if is_owner && table.has("rights") && table.has("scopes") && !complete {
        table.report(
            table.line,
            "the first role is the owner's, who may do everything: write rights = \"all\" and scopes = \"all\"",
        );
    }
    if role.may(Right::KeysManage) && !role.may(Right::KeysRead) {
        table.report(table.line, "`keys:manage` needs `keys:read`: who manages keys has to see them");
    }
    if role.may(Right::AppsManage) && !role.may(Right::AppsRead) {
        table.report(table.line, "`apps:manage` needs `apps:read`: who manages apps has to see them");
    }
    if role.may(Right::MembersManage) && !role.may(Right::MembersRead) {
        table.report(table.line, "`members:manage` needs `members:read`: who manages members has to see them");
    }
}

fn routes(root: &Table<'_>, scopes: &[ScopeSpec]) -> Vec<Route> {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let mut routes = Vec::new();
    for table in root.tables("routes", "[[routes]]") {
        let method = table.name("method", grammar::method);
        let path = table.name("path", grammar::path);
        if let (Some(method), Some(path)) = (&method, &path) {
            let matched = (method.value.clone(), grammar::pattern(&path.value));
            if let Some(first) = seen.insert(matched, path.line) {
                let route = format!("{} {}", method.value, path.value);
                table.report(path.line, format!("the route {route} matches the same requests as that of line {first}"));
            }
        }
        let needs = route_needs(&table, path.as_ref(), scopes);
        routes.push(Route { method: value(method), path: value(path), needs });
        table.close();
    }
    routes
}

fn route_needs(table: &Table<'_>, path: Option<&At<String>>, scopes: &[ScopeSpec]) -> RouteNeeds {
    let Some(read) = table.word_or_words("scope", "write scope = \"none\" if any working key may pass") else {
        return RouteNeeds::Nothing;
    };
    match read.value {
        WordOrWords::Word("none") => RouteNeeds::Nothing,
        WordOrWords::Word(word) if is_segment(word) => segment(table, &At { value: word, line: read.line }, path),
        WordOrWords::Word(word) => RouteNeeds::Scopes(set_of(table, &[At { value: word, line: read.line }], scopes)),
        WordOrWords::Words(words) => {
            if words.is_empty() {
                table.report(read.line, "`scope` is empty: write scope = \"none\" if any working key may pass");
            }
            let (segments, words): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| is_segment(word.value));
            for segment in segments {
                let alone = format!("`{}` must stand alone: write scope = \"{}\"", segment.value, segment.value);
                table.report(segment.line, alone);
            }
            RouteNeeds::Scopes(set_of(table, &words, scopes))
        }
    }
}

fn is_segment(word: &str) -> bool {
    word.starts_with('{') && word.ends_with('}')
}

/// The scope that a request names in its path.
fn segment(table: &Table<'_>, word: &At<&str>, path: Option<&At<String>>) -> RouteNeeds {
    if let Some(path) = path.filter(|path| path.value.split('/').all(|segment| segment != word.value)) {
        table.report(word.line, format!("`scope` is the segment `{}`, which {} does not have", word.value, path.value));
    }
    RouteNeeds::Segment(word.value.trim_matches(['{', '}']).to_owned())
}

fn named(names: &[At<String>]) -> impl Iterator<Item = (&str, usize)> {
    names.iter().map(|name| (name.value.as_str(), name.line))
}

fn refuse_repeats<'n>(table: &Table<'_>, what: &str, names: impl Iterator<Item = (&'n str, usize)>) {
    let mut seen = HashMap::new();
    for (name, line) in names {
        if let Some(first) = seen.insert(name, line) {
            table.report(line, format!("the {what} `{name}` is there twice, first in line {first}"));
        }
    }
}
