//! `[oauth]`: which apps may come from elsewhere, and for how long what apps are given works.

use super::scopes::{all, scope_set};
use crate::profile::{OAuth, ScopeSpec, SelfRegistration, reader::Table};

/// What the apps page is called where the profile does not say.
const TITLE: &str = "OAuth Apps";
/// Both addresses of the token endpoint.
const TOKEN_ENDPOINTS: &[(&str, &str)] = &[("/oauth/token", "/oauth/token"), ("/v1/oauth/token", "/v1/oauth/token")];
/// Keys that sign are published for a day after their turn: no token may live longer.
const MOST_TOKEN_MINUTES: u32 = 24 * 60;
const MOST_DAYS: u32 = 3_650;
/// Whoever steals a refresh token could use it for as long as this.
const MOST_GRACE_SECONDS: u32 = 300;

pub(super) fn read(root: &Table<'_>, scopes: &[ScopeSpec], menu: &[String]) -> OAuth {
    let Some(table) = root.optional_table("oauth", "[oauth]") else { return usual(scopes, menu) };
    let usual = usual(scopes, menu);
    let number = |name, least, most, usual| table.optional_number(name, least, most).map_or(usual, |at| at.value);
    let oauth = OAuth {
        menu: table.optional_texts("menu", 40).unwrap_or(usual.menu),
        self_registration: table
            .optional_choice("self_registration", SelfRegistration::ALL)
            .unwrap_or(usual.self_registration),
        self_registration_scopes: table
            .optional_word_or_words("self_registration_scopes")
            .map_or(all(scopes), |read| scope_set(&table, &read, scopes, all(scopes))),
        registrations_per_hour: number("registrations_per_hour", 1, 1_000_000, usual.registrations_per_hour),
        devices_per_hour: number("devices_per_hour", 1, 1_000_000, usual.devices_per_hour),
        access_token_minutes: number("access_token_minutes", 1, MOST_TOKEN_MINUTES, usual.access_token_minutes),
        refresh_idle_days: number("refresh_idle_days", 1, MOST_DAYS, usual.refresh_idle_days),
        refresh_absolute_days: number("refresh_absolute_days", 1, MOST_DAYS, usual.refresh_absolute_days),
        refresh_grace_seconds: number("refresh_grace_seconds", 0, MOST_GRACE_SECONDS, usual.refresh_grace_seconds),
        token_endpoint: table
            .optional_choice("token_endpoint", TOKEN_ENDPOINTS)
            .map_or(usual.token_endpoint, str::to_owned),
    };
    if oauth.refresh_idle_days > oauth.refresh_absolute_days {
        table.report(table.line, "`refresh_idle_days` is beyond `refresh_absolute_days`");
    }
    table.close();
    oauth
}

/// The apps page stands beside that of the keys.
fn usual(scopes: &[ScopeSpec], menu: &[String]) -> OAuth {
    let beside = menu.split_last().map_or(&[][..], |(_, above)| above);
    OAuth {
        menu: beside.iter().cloned().chain([TITLE.to_owned()]).collect(),
        self_registration: SelfRegistration::Open,
        self_registration_scopes: all(scopes),
        registrations_per_hour: 60,
        devices_per_hour: 60,
        access_token_minutes: 10,
        refresh_idle_days: 30,
        refresh_absolute_days: 365,
        refresh_grace_seconds: 30,
        token_endpoint: "/oauth/token".to_owned(),
    }
}
