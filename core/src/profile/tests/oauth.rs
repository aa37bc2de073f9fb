//! What a profile says of apps.

use super::*;

#[test]
fn what_is_not_said_of_apps_has_a_default() {
    let profile = Profile::parse("acme", GOOD).unwrap();
    let usual = OAuth {
        menu: vec!["Settings".into(), "OAuth Apps".into()],
        self_registration: SelfRegistration::Open,
        self_registration_scopes: profile.all_scopes(),
        registrations_per_hour: 60,
        devices_per_hour: 60,
        access_token_minutes: 10,
        refresh_idle_days: 30,
        refresh_absolute_days: 365,
        refresh_grace_seconds: 30,
        token_endpoint: "/oauth/token".into(),
    };
    assert_eq!(profile.oauth, usual);
    let text = GOOD.replacen("[expiry]", "[oauth]\nself_registration = \"approval\"\n[expiry]", 1);
    let said = OAuth { self_registration: SelfRegistration::Approval, ..usual };
    assert_eq!(Profile::parse("acme", &text).unwrap().oauth, said);
}

#[test]
fn what_is_said_of_apps_is_checked() {
    let first = GOOD.lines().position(|line| line == "[expiry]").unwrap() + 1;
    for (line, fault) in [
        ("self_registration = \"ask\"", "`self_registration` cannot be `ask`: choose `off` or `approval` or `open`"),
        ("self_registration_scopes = [\"x\"]", "there is no scope `x`"),
        ("refresh_grace_seconds = 301", "`refresh_grace_seconds` must be a whole number from 0 to 300"),
        ("devices_per_hour = 0", "`devices_per_hour` must be a whole number from 1 to 1000000"),
        ("access_token_minutes = 1441", "`access_token_minutes` must be a whole number from 1 to 1440"),
        (
            "token_endpoint = \"/token\"",
            "`token_endpoint` cannot be `/token`: choose `/oauth/token` or `/v1/oauth/token`",
        ),
        ("pkce = true", "there is no member `pkce` in [oauth]"),
    ] {
        one_fault("[expiry]", &format!("[oauth]\n{line}\n[expiry]"), &format!("line {}: {fault}", first + 1));
    }
    let fault = format!("line {first}: `refresh_idle_days` is beyond `refresh_absolute_days`");
    one_fault("[expiry]", "[oauth]\nrefresh_idle_days = 20\nrefresh_absolute_days = 10\n[expiry]", &fault);
}
