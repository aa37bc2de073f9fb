//! The page of a key.

use super::*;

#[test]
fn the_secret_is_copied_from_the_page_and_not_from_a_prop() {
    let secret = "sk_live_4fT9secretx2Qp";
    let props = RevealPageProps {
        slug: "acme".into(),
        profile: Arc::new(profile()),
        key: key("ci"),
        secret: secret.into(),
        gateway: "https://api.example.com/".into(),
        sample: Some(("GET".into(), "/v1/leads".into())),
        now: at(0),
    };
    let page = html(move || RevealPage(props));
    assert_eq!(page.matches(secret).count(), 3, "the field, the curl line, the .env lines");
    assert!(page.contains(
        "curl -X GET \"https://api.example.com/v1/leads\" -H \"Authorization: Bearer sk_live_4fT9secretx2Qp\""
    ));
    assert!(page.contains("ACME_API_KEY=sk_live_4fT9secretx2Qp"));
}

#[test]
fn a_rotating_key_shows_both_secrets_and_what_their_use_means() {
    let rotating = |old, new| show(ApiKey { rotation: rotation(old, new), ..key("ci") });
    let page = rotating(used(-180), None);
    for words in
        ["Rotating", "sk_live_4fT9…x2Qp", "sk_live_Zz00…9999", "rotation/finish", "rotation/extend", "rotation/undo"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("The old secret was used 3 minutes ago from 203.0.113.7: something still has it."));
    assert!(!page.contains("/rotate\""), "it cannot be rotated twice at once");
    assert!(
        rotating(used(-7_200), used(-60)).contains("Only the new secret has been used"),
        "an old use means nothing"
    );
    assert!(rotating(None, None).contains("Neither secret has been used"));
}

#[test]
fn what_is_missing_says_why() {
    let mut narrow = two_scopes();
    narrow.roles.push(editor());
    narrow.plans[0].scopes = ScopeSet::one(1);
    let scopes: Vec<String> = ["a:read", "b:write", "gone:read"].map(String::from).to_vec();
    let owner = |role: Option<&str>| KeyOwner::Member { person: ada(), role: role.map(String::from) };
    let with = |role| show_in(narrow.clone(), ApiKey { scopes: scopes.clone(), owner: owner(role), ..key("ci") }, None);
    let page = with(Some("editor"));
    assert!(page.contains("0 of 3 scopes in effect now."));
    for why in ["not included in the Pro plan", "beyond the role of Ada (Editor)", "Acme has no such scope any more"] {
        assert!(page.contains(&format!("Not in effect: {why}")), "{why}");
    }
    let left = with(None);
    assert!(left.contains("Not in effect: Ada has left") && left.contains("/owner\""));
    let api_off = Plan { api: false, ..narrow.plans[0].clone() };
    let off = Profile { plans: vec![api_off], ..narrow.clone() };
    assert!(show_in(off, ApiKey { scopes, ..key("ci") }, None).contains("0 of 3 scopes"));
}

#[test]
fn the_nearer_the_end_the_louder_it_is_told() {
    let ending = |days: i64| show(ApiKey { expires_at: Some(at(days * 86_400 + 60)), ..key("ci") });
    assert!(!ending(31).contains("Expires <time"));
    for (days, tone) in [(29, "notice--plain"), (6, "notice--warning"), (0, "notice--danger")] {
        let page = ending(days);
        assert!(page.contains("<strong>Expires <time") && page.contains(tone), "{days}");
        assert!(page.contains("/w/acme/keys/new?like=key_"));
    }
}

#[test]
fn a_tombstone_counts_who_still_tries() {
    let tries = |tries| Some(RefusedUses { tries, at: at(-180), address: "203.0.113.7".into() });
    let revoked = ApiKey {
        revoked_at: Some(at(-9_000)),
        revoked_reason: Some("<b>Leaked</b>".into()),
        refused: tries(14),
        ..key("old")
    };
    let said = "Tried 14 times since, last from 203.0.113.7, 3 minutes ago.";
    let row = list(vec![revoked.clone()], quota(0, 3), true);
    assert!(row.contains(said) && row.contains("row--over") && !row.contains("name=\"key\""));
    let page = show(revoked);
    assert!(page.contains(said) && page.contains("&lt;b&gt;Leaked&lt;/b&gt;"));
    assert!(!page.contains("/edit\"") && page.contains("Make one like this"));
    let once = ApiKey { expires_at: Some(at(-60)), refused: tries(1), ..key("old") };
    assert!(list(vec![once], quota(0, 3), true).contains("Tried once since, from 203.0.113.7"));
}

#[test]
fn skode_05_a_key_shows_what_is_left_of_its_limits() {
    let limit =
        Limit { name: "minute".into(), requests: 100, per: Per::Minute, each: Each::Key, algorithm: Algorithm::Fixed };
    let gauge = Gauge::Window { limit, remaining: 98, resets_in: Duration::from_secs(43) };
    let page = show_with(key("ci"), vec![gauge.clone()]);
    assert!(page.contains("98</strong> left of 100") && page.contains("All of it again in 43 seconds"));
    assert!(page.contains("href=\"/w/acme/keys/key_00000000000000000000000000000000/usage\""));
    assert!(!show(key("ci")).contains("limits-title"), "a plan without limits has nothing to show");
    let revoked = ApiKey { revoked_at: Some(at(-60)), ..key("ci") };
    assert!(!show_with(revoked, vec![gauge]).contains("limits-title"));
}

#[test]
fn common_11_a_last_use_says_from_where_with_what_and_for_what() {
    let page = show(ApiKey { last_use: used(-180), ..key("ci") });
    for words in ["3 minutes ago", "203.0.113.7", ", with curl, answered 200", "GET /v1/leads"] {
        assert!(page.contains(words), "{words}");
    }
}
