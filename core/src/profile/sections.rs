//! The parts of a profile, one function each: what it may hold, what it is when left out, and which
//! values do not go together.
//!
//! A member that is missing or wrong is reported and then read as nothing, so that reading goes on; a
//! profile with faults is never given to anybody.

use super::{
    Alphabet, Carrier, ExpiryPolicy, KeyFormat, Plan, Profile, Refusals, Right, Role, Route, RouteNeeds, ScopeSet,
    ScopeSpec, Words, grammar,
    reader::{At, Table, WordOrWords, did_you_mean},
};
use std::collections::HashMap;

/// So many characters of every key may be shown that at least 160 of its 256 bits stay unknown.
const MOST_VISIBLE: u32 = 12;
const MOST_KEYS: u32 = 1_000_000;

const ALPHABETS: &[(Alphabet, &str)] = &[(Alphabet::Base62, "base62"), (Alphabet::Hex, "hex")];
const CARRIERS: &[(Carrier, &str)] = &[(Carrier::Bearer, "bearer"), (Carrier::XApiKey, "x-api-key")];
const REFUSALS: &[(Refusals, &str)] = &[(Refusals::Detailed, "detailed"), (Refusals::Uniform, "uniform")];

pub(super) fn read(name: &str, root: Table<'_>) -> Profile {
    let scopes = scopes(&root);
    let (key, carriers, refusals) = key(&root);
    let profile = Profile {
        name: name.to_owned(),
        product: value(root.text("product", 60)),
        docs_url: root.optional_name("docs_url", grammar::web_address).map(|at| at.value),
        words: words(&root),
        menu: menu(&root),
        billing_url: None,
        key,
        workspace_keys: false,
        longest_grace_days: 30,
        wildcard: false,
        default_scopes: Vec::new(),
        carriers,
        refusals,
        roles: roles(&root, &scopes),
        expiry: expiry(&root),
        plans: plans(&root),
        routes: routes(&root, &scopes),
        scopes,
    };
    root.close();
    profile
}

fn value<T: Default>(read: Option<At<T>>) -> T {
    read.map(|at| at.value).unwrap_or_default()
}

fn words(root: &Table<'_>) -> Words {
    let Some(table) = root.optional_table("words", "[words]") else {
        return Words { workspace: "workspace".to_owned(), workspaces: "workspaces".to_owned() };
    };
    let words =
        Words { workspace: value(table.text("workspace", 40)), workspaces: value(table.text("workspaces", 40)) };
    table.close();
    words
}

fn menu(root: &Table<'_>) -> Vec<String> {
    root.optional_texts("menu", 40).unwrap_or_else(|| vec!["Settings".to_owned(), "API keys".to_owned()])
}

fn key(root: &Table<'_>) -> (KeyFormat, Vec<Carrier>, Refusals) {
    let mut format =
        KeyFormat { prefix: String::new(), alphabet: Alphabet::Base62, visible: 4, environments: Vec::new() };
    let Some(table) = root.table("key", "[key]") else { return (format, Vec::new(), Refusals::Detailed) };
    format.prefix = value(table.name("prefix", grammar::prefix));
    if let Some(alphabet) = table.optional_choice("alphabet", ALPHABETS) {
        format.alphabet = alphabet;
    }
    if let Some(visible) = table.optional_number("visible", 4, MOST_VISIBLE) {
        format.visible = visible.value as usize;
    }
    let carriers = carriers(&table);
    let refusals = table.optional_choice("refusals", REFUSALS).unwrap_or(Refusals::Detailed);
    table.close();
    (format, carriers, refusals)
}

fn carriers(table: &Table<'_>) -> Vec<Carrier> {
    let Some(words) = table.optional_words("carriers") else { return vec![Carrier::Bearer] };
    refuse_repeats(table, "carrier", words.iter().map(|word| (word.value, word.line)));
    words.iter().filter_map(|word| table.choose("carriers", word, CARRIERS)).collect()
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

fn scopes(root: &Table<'_>) -> Vec<ScopeSpec> {
    let mut names = Vec::new();
    let mut scopes = Vec::new();
    for table in root.tables("scopes", "[[scopes]]") {
        let name = table.name("name", grammar::scope_name);
        names.extend(name.clone());
        if scopes.len() == ScopeSet::MOST {
            table.report(table.line, format!("there are more than {} scopes", ScopeSet::MOST));
        }
        scopes.push(ScopeSpec {
            name: value(name),
            group: value(table.text("group", 60)),
            description: value(table.text("description", 200)),
            read_only: false,
        });
        table.close();
    }
    refuse_repeats(root, "scope", named(&names));
    scopes.truncate(ScopeSet::MOST);
    scopes
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
            scopes: role_scopes(&table, scopes),
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
    let Some(read) = table.word_or_words("rights", "write a list, or \"all\"") else { return Vec::new() };
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

fn role_scopes(table: &Table<'_>, scopes: &[ScopeSpec]) -> ScopeSet {
    let Some(read) = table.word_or_words("scopes", "write a list, or \"all\"") else { return ScopeSet::NONE };
    match read.value {
        WordOrWords::Word("all") => all(scopes),
        WordOrWords::Word(_) => {
            table.report(read.line, "`scopes` must be a list, or \"all\"");
            ScopeSet::NONE
        }
        WordOrWords::Words(words) => set_of(table, &words, scopes),
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
}

fn plans(root: &Table<'_>) -> Vec<Plan> {
    let mut names = Vec::new();
    let mut plans = Vec::new();
    for table in root.tables("plans", "[[plans]]") {
        let name = table.name("name", grammar::plain_name);
        names.extend(name.clone());
        let keys = table.number("keys", 0, MOST_KEYS);
        let api = table.optional_flag("api").is_none_or(|api| api.value);
        if let Some(keys) = keys.as_ref().filter(|keys| keys.value > 0 && !api) {
            table.report(keys.line, "`keys` must be 0 where `api` = false: the keys would never work");
        }
        let title = value(table.text("title", 40));
        plans.push(Plan { name: value(name), title, keys: value(keys), api, scopes: ScopeSet::ALL });
        table.close();
    }
    refuse_repeats(root, "plan", named(&names));
    plans
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
        let needs = route_scope(&table, scopes).map_or(RouteNeeds::Nothing, RouteNeeds::Scopes);
        routes.push(Route { method: value(method), path: value(path), needs });
        table.close();
    }
    routes
}

fn route_scope(table: &Table<'_>, scopes: &[ScopeSpec]) -> Option<ScopeSet> {
    let read = table.word_or_words("scope", "write scope = \"none\" if any working key may pass")?;
    match read.value {
        WordOrWords::Word("none") => None,
        WordOrWords::Word(word) => Some(set_of(table, &[At { value: word, line: read.line }], scopes)),
        WordOrWords::Words(words) => {
            if words.is_empty() {
                table.report(read.line, "`scope` is empty: write scope = \"none\" if any working key may pass");
            }
            Some(set_of(table, &words, scopes))
        }
    }
}

fn all(scopes: &[ScopeSpec]) -> ScopeSet {
    (0..scopes.len()).map(ScopeSet::one).fold(ScopeSet::NONE, ScopeSet::with)
}

fn set_of(table: &Table<'_>, words: &[At<&str>], scopes: &[ScopeSpec]) -> ScopeSet {
    refuse_repeats(table, "scope", words.iter().map(|word| (word.value, word.line)));
    let mut set = ScopeSet::NONE;
    for word in words {
        match scopes.iter().position(|scope| scope.name == word.value) {
            Some(index) => set = set.with(ScopeSet::one(index)),
            None => {
                let meant = did_you_mean(word.value, scopes.iter().map(|scope| scope.name.as_str()));
                table.report(word.line, format!("there is no scope `{}`{meant}", word.value));
            }
        }
    }
    set
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
