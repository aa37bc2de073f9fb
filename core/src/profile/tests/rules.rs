//! Values that are well-formed and yet not allowed, alone or together.

use super::*;

#[test]
fn names_are_there_once() {
    one_fault("\"leads:write\"", "\"leads:read\"", "line 28: the scope `leads:read` is there twice, first in line 23");
    one_fault("\"viewer\"", "\"owner\"", "line 39: the role `owner` is there twice, first in line 33");
    one_fault(
        "api = true",
        "[[plans]]\nname = \"free\"\ntitle = \"Free\"\nkeys = 1",
        "line 49: the plan `free` is there twice, first in line 45",
    );
    one_fault("\"x-api-key\"", "\"bearer\"", "line 13: the carrier `bearer` is there twice, first in line 13");
    one_fault(
        "[\"keys:read\"]",
        "[\"keys:read\", \"keys:read\"]",
        "line 41: the right `keys:read` is there twice, first in line 41",
    );
}

#[test]
fn a_route_says_its_scope_even_if_it_needs_none() {
    let hint = "write scope = \"none\" if any working key may pass";
    one_fault("scope = \"none\"", "", &format!("line 55: `scope` is missing in [[routes]]: {hint}"));
    one_fault("scope = \"none\"", "scope = []", &format!("line 58: `scope` is empty: {hint}"));
    one_fault("scope = \"none\"", "scope = \"lead:read\"", {
        "line 58: there is no scope `lead:read`; did you mean `leads:read`?"
    });
    let both = GOOD.replace("scope = \"none\"", "scope = [\"leads:read\", \"leads:write\"]");
    let both = Profile::parse("acme", &both).unwrap();
    assert_eq!(both.routes[1].needs, RouteNeeds::Scopes(ScopeSet::one(0).with(ScopeSet::one(1))));
}

#[test]
fn the_expiry_policy_agrees_with_itself() {
    one_fault("[30, 90]", "[90, 30]", "line 17: `presets` must ascend: 30 stands after 90");
    one_fault("[30, 90]", "[90, 90]", "line 17: `presets` must ascend: 90 stands after 90");
    one_fault("[30, 90]", "[30, 90, 500]", "line 17: `presets` offers 500 days, beyond `max_days` = 365");
    one_fault("[30, 90]", "[0, 90]", "line 17: every item of `presets` must be a whole number from 1 to 36500");
    one_fault("default_days = 90", "default_days = 366", "line 18: `default_days` = 366 is beyond `max_days` = 365");
    one_fault(
        "default_days = 90",
        "default_days = 60",
        "line 18: `default_days` = 60 must be one of `presets`, where the form shows it",
    );
    one_fault(
        "default_days = 90\n",
        "",
        "line 19: `required` = true needs `default_days`: \"never\" cannot be the default then",
    );
}

#[test]
fn a_prefix_can_be_taken_by_a_double_click_and_is_not_ours() {
    let grammar = "`prefix` must be 2 to 24 lower-case letters, digits and underscores, begin with a letter and end in \
                   an underscore";
    for bad in ["", "_", "sk", "Sk_", "sk-live_", "9k_", "sk live_", "sk_é_", "abcdefghijklmnopqrstuvwxyz_"] {
        one_fault("\"acme_\"", &format!("\"{bad}\""), &format!("line 10: {grammar}"));
    }
    let ours = "line 10: `prefix` must not begin with `kw_`, which Keywright keeps for its own credentials";
    one_fault("\"acme_\"", "\"kw_live_\"", ours);
}

#[test]
fn scope_names_keep_to_their_grammar_and_out_of_our_namespace() {
    // Every scope of the five products is fine.
    for good in ["workflows:read", "read:bookings", "webhooks:manage", "github", "a.b:c-d_e:2"] {
        let text = GOOD.replace("leads:read", good);
        assert_eq!(faults(&text), Vec::<String>::new(), "{good}");
    }
    let grammar = "`name` must be 1 to 64 lower-case letters, digits, `_`, `-` and `.`, in words with `:` between them";
    for bad in ["", ":", "leads:", "Leads:write", "leads write", "leads,write", "*", "-x", &"x".repeat(65)] {
        one_fault("\"leads:write\"", &format!("\"{bad}\""), &format!("line 28: {grammar}"));
    }
    let ours = "`name` must not begin with `keywright:`, the namespace of rights that no key can carry";
    for bad in ["keywright:keys", "keywright"] {
        one_fault("\"leads:write\"", &format!("\"{bad}\""), &format!("line 28: {ours}"));
    }
    let words = "line 28: `name` must not be `all` or `none`, which have a meaning of their own";
    one_fault("\"leads:write\"", "\"none\"", words);
}

#[test]
fn a_profile_has_at_most_128_scopes() {
    let scope = |n: usize| format!("[[scopes]]\nname = \"s{n}\"\ngroup = \"S\"\ndescription = \"S\"\n");
    let full: String = (2..128).map(scope).collect();
    assert_eq!(faults(&format!("{GOOD}{full}")), Vec::<String>::new());
    let line = GOOD.lines().count() + full.lines().count() + 1;
    let beyond = format!("{GOOD}{full}{}{}", scope(128), scope(129));
    assert_eq!(faults(&beyond), [format!("line {line}: there are more than 128 scopes")]);
}

#[test]
fn the_owner_may_do_everything() {
    let fault =
        "line 32: the first role is the owner's, who may do everything: write rights = \"all\" and scopes = \"all\"";
    one_fault("rights = \"all\"", "rights = [\"keys:read\", \"keys:manage\"]", fault);
    one_fault("scopes = \"all\"", "scopes = [\"leads:read\"]", fault);
    let spelt = Right::ALL.iter().map(|(_, name)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    assert_eq!(faults_after("rights = \"all\"", &format!("rights = [{spelt}]")), Vec::<String>::new());
}

#[test]
fn who_manages_keys_sees_them() {
    one_fault(
        "[\"keys:read\"]",
        "[\"keys:manage\"]",
        "line 38: `keys:manage` needs `keys:read`: who manages keys has to see them",
    );
    assert_eq!(faults_after("[\"keys:read\"]", "[]"), Vec::<String>::new(), "a role may have no right at all");
    assert_eq!(faults_after("[\"leads:read\"]", "[]"), Vec::<String>::new(), "and no scope");
}

#[test]
fn who_manages_members_sees_them() {
    one_fault(
        "[\"keys:read\"]",
        "[\"members:manage\"]",
        "line 38: `members:manage` needs `members:read`: who manages members has to see them",
    );
    assert_eq!(faults_after("[\"keys:read\"]", "[\"members:read\", \"members:manage\"]"), Vec::<String>::new());
}

#[test]
fn a_route_has_a_method_and_a_path_that_reads_in_one_way() {
    for bad in ["", "get", "GE T", "GET,POST", "*"] {
        let to = format!("method = \"{bad}\"");
        one_fault("method = \"GET\"", &to, "line 51: `method` must be an HTTP method in capitals, such as GET");
    }
    let literal = "can have letters, digits, `-`, `.`, `_` and `~` between slashes, or a whole segment such as `{id}`";
    let variable = "must name its variable segments with lower-case letters, digits and underscores, such as `{id}`";
    let dots = "must not have empty segments, `.` or `..`";
    for (path, fault) in [
        ("v1/leads", "must begin with `/`"),
        ("/", "cannot be `/` alone, which is Keywright's own page"),
        ("/v1/leads/", "must not end with `/`"),
        ("/{slug}/download", "must begin with a fixed segment, or it would stand before Keywright's own pages"),
        ("/v1//leads", dots),
        ("/v1/../leads", dots),
        ("/v1/%2e%2e", literal),
        ("/v1/leads?page=1", literal),
        ("/v1/{id}.json", literal),
        ("/v1/{*rest}", variable),
        ("/v1/{}", variable),
        ("/v1/{id}/x/{id}", "uses the same `{name}` twice"),
    ] {
        one_fault("/v1/leads/{id}", path, &format!("line 52: `path` {fault}"));
    }
}

#[test]
fn a_route_never_stands_before_our_own_doors() {
    for own in OWN_PATHS {
        for path in [(*own).to_owned(), format!("{own}/below"), format!("{own}/{{id}}")] {
            let fault = "line 57: `path` is one that Keywright answers itself; choose another";
            one_fault("/v1/ping", &path, fault);
        }
        let beside = format!("{own}-beside");
        assert_eq!(faults_after("/v1/ping", &beside), Vec::<String>::new(), "{beside}");
    }
}

#[test]
fn two_routes_never_match_the_same_request() {
    let second = |method: &str, path: &str| {
        faults_after("method = \"GET\"\npath = \"/v1/ping\"", &format!("method = \"{method}\"\npath = \"{path}\""))
    };
    let fault = "line 57: the route GET /v1/leads/{lead} matches the same requests as that of line 52";
    assert_eq!(second("GET", "/v1/leads/{lead}"), [fault]);
    assert_eq!(second("POST", "/v1/leads/{lead}"), Vec::<String>::new());
    assert_eq!(second("GET", "/v1/leads/new"), Vec::<String>::new(), "the fixed path comes first");
}

#[test]
fn texts_are_for_people_and_links_are_links() {
    one_fault("\"Acme\"", "\"\"", "line 1: `product` cannot be empty");
    one_fault("\"Acme\"", &format!("\"{}\"", "A".repeat(61)), "line 1: `product` can have at most 60 characters");
    one_fault("\"Owner\"", "\"Own\\u202Eer\"", {
        "line 34: `title` contains a control or direction-changing character. Type it again without it"
    });
    let address = "line 2: `docs_url` must be a web address of at most 500 characters that begins with https://";
    for bad in ["", "acme.example", "javascript:alert(1)", "https://", "https:///x", "https://a b", "https://é"] {
        one_fault("\"https://acme.example/docs\"", &format!("\"{bad}\""), address);
    }
    let billing = "billing_url = \"javascript:alert(1)\"";
    one_fault("docs_url = \"https://acme.example/docs\"", billing, &address.replace("docs_url", "billing_url"));
}
