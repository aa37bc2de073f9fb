//! The loader, without the process's environment or files.

use super::*;

/// Loads from one file's text and some variables.
fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, Faults> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(Path::new("kw.toml")), variables, |_| Ok(file.to_owned()))
}

fn good(file: &str, variables: &[(&str, &str)]) -> Config {
    load(file, variables).unwrap()
}

fn faults(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let faults = load(file, variables).err().unwrap_or_default();
    faults.list.iter().map(ToString::to_string).collect()
}

#[test]
fn without_any_setting_it_runs_on_this_machine_alone() {
    let missing = |_: &Path| Err(io::Error::from(io::ErrorKind::NotFound));
    let config = Config::load(None, [], missing).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000");
    assert_eq!(config.gateway_url, config.public_url);
    assert_eq!(config.upstream.as_str(), "http://127.0.0.1:3900");
    assert_eq!(config.database_url.expose(), "sqlite://data/keywright.db");
    assert_eq!(config.profile, ProfileSource::BuiltIn("default".to_owned()));
    assert!(config.trusted_proxies.is_empty());
    assert!(config.gate_token.is_none() && config.operator_token.is_none() && config.sealing_key.is_none());
    assert!(config.mail.is_none() && config.redis_url.is_none());
    assert_eq!((config.log_format, config.log_level.as_str()), (LogFormat::Auto, "info"));
    assert_eq!(config.max_connections, 4096);
    assert_eq!((config.session_idle.as_secs() / 3600, config.session_absolute.as_secs() / 3600), (168, 720));
    assert_eq!(config.usage_interval.as_secs(), 1);
    assert_eq!(config.usage, Retention { minutes: 2, hours: 90, days: 730 });
}

#[test]
fn uses_are_written_as_often_as_is_said_but_never_kept_in_memory_for_long() {
    assert_eq!(good("usage_interval_seconds = 60", &[]).usage_interval.as_secs(), 60);
    for wrong in ["0", "301"] {
        assert_eq!(
            faults("", &[("KEYWRIGHT_USAGE_INTERVAL_SECONDS", wrong)]),
            [format!("KEYWRIGHT_USAGE_INTERVAL_SECONDS: `{wrong}` must be a whole number from 1 to 300")]
        );
    }
}

#[test]
fn counts_are_kept_as_long_as_is_said_and_never_shorter_than_the_dashboard_looks_back() {
    let kept = good("usage_minutes_days = 1\nusage_hours_days = 2\nusage_days_days = 90", &[]).usage;
    assert_eq!(kept, Retention { minutes: 1, hours: 2, days: 90 });
    let found = faults("usage_hours_days = 1", &[("KEYWRIGHT_USAGE_DAYS_DAYS", "89")]);
    assert_eq!(
        found,
        [
            "kw.toml:1: usage_hours_days `1` must be a whole number from 2 to 730",
            "KEYWRIGHT_USAGE_DAYS_DAYS: `89` must be a whole number from 90 to 3650",
        ]
    );
}

#[test]
fn a_file_says_all_and_variables_win() {
    let file = r#"
        listen = "127.0.0.1:8080"
        public_url = "https://Keys.example.com/"
        trusted_proxies = ["10.0.0.0/8", "::1"]
        profile = "products/mine.toml"
        max_connections = 4_096
        log_format = "json"
    "#;
    let config =
        good(file, &[("KEYWRIGHT_LOG_FORMAT", "human"), ("KEYWRIGHT_TRUSTED_PROXIES", "192.0.2.1, 10.0.0.0/8")]);
    assert_eq!(config.public_url.as_str(), "https://keys.example.com");
    assert_eq!(config.profile, ProfileSource::File(PathBuf::from("products/mine.toml")));
    assert_eq!(config.log_format, LogFormat::Human);
    let proxies: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["192.0.2.1/32", "10.0.0.0/8"]);
}

#[test]
fn every_fault_is_listed_at_once_with_its_place() {
    let file = "listen = \"here\"\nlog_leve = \"info\"\nmax_connections = \"9\"\nsession_idle_hours = 0\n\
                trusted_proxies = [\"10.0.0.0/8\", \"proxy\"]\n";
    let variables = [("KEYWRIGHT_LISTN", "x"), ("KEYWRIGHT_LOG_FORMAT", "xml"), ("KEYWRIGHT_UPSTREAM", "ftp://x")];
    assert_eq!(
        faults(file, &variables),
        [
            "kw.toml:2: there is no setting `log_leve`",
            "kw.toml:3: `max_connections` must be a whole number without quotes",
            "KEYWRIGHT_LISTN: there is no setting of this name",
            "kw.toml:1: listen `here` is not an address with a port, such as 127.0.0.1:3000 or [::]:3000",
            "kw.toml:5: trusted_proxies `proxy` is neither an address nor a network such as 10.0.0.0/8",
            "KEYWRIGHT_UPSTREAM: `ftp://x` must begin with https:// or http://",
            "KEYWRIGHT_LOG_FORMAT: `xml` must be auto, human or json",
            "kw.toml:4: session_idle_hours `0` must be a whole number from 1 to 8760",
        ]
    );
}

#[test]
fn a_broken_file_is_reported_by_its_line() {
    let found = faults("listen = \"127.0.0.1:1\"\nprofile = default\n", &[]);
    assert!(found[0].starts_with("kw.toml:2: "), "{found:?}");
}

#[test]
fn a_named_file_must_be_there_and_the_usual_one_need_not() {
    let missing = |_: &Path| Err(io::Error::from(io::ErrorKind::NotFound));
    assert!(Config::load(Some(Path::new("x.toml")), [], missing).is_err());
    assert!(Config::load(None, [("KEYWRIGHT_CONFIG".to_owned(), "x.toml".to_owned())], missing).is_err());
    assert!(Config::load(None, [("KEYWRIGHT_CONFIG".to_owned(), String::new())], missing).is_ok());
}

#[test]
fn variables_of_others_and_of_the_tests_do_not_matter() {
    good("", &[("PATH", "/bin"), ("KEYWRIGHT_TEST_POSTGRES", "x"), ("KEYWRIGHT_PROFILE", "")]);
}

#[test]
fn skode_08_a_public_url_in_the_clear_is_for_this_machine_only() {
    for url in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:3000", "http://kw.localhost"] {
        good("", &[("KEYWRIGHT_PUBLIC_URL", url)]);
    }
    let found = faults("", &[("KEYWRIGHT_PUBLIC_URL", "http://keys.example.com")]);
    assert!(found[0].contains("must begin with https://"), "{found:?}");
}

#[test]
fn a_public_url_that_others_can_reach_must_be_given() {
    let found = faults("", &[("KEYWRIGHT_LISTEN", "0.0.0.0:3000")]);
    assert_eq!(found, ["public_url: must be set, because listen (0.0.0.0:3000) can be reached from other machines"]);
    good("", &[("KEYWRIGHT_LISTEN", "0.0.0.0:3000"), ("KEYWRIGHT_PUBLIC_URL", "http://localhost:3000")]);
}

#[test]
fn https_needs_a_proxy_that_ends_it() {
    let found = faults("", &[("KEYWRIGHT_PUBLIC_URL", "https://keys.example.com")]);
    assert!(found.len() == 1 && found[0].starts_with("trusted_proxies: must name the proxy"), "{found:?}");
}

#[test]
fn a_public_url_ends_with_the_host() {
    let found = faults("", &[("KEYWRIGHT_PUBLIC_URL", "http://localhost/keys")]);
    assert!(found[0].contains("served at the root"), "{found:?}");
}

#[test]
fn no_fault_and_no_printout_repeats_a_secret() {
    let token = "correct-horse-battery-staple-0123456789";
    let key = BASE64_STANDARD.encode([7; 32]);
    let variables = [
        ("KEYWRIGHT_GATE_TOKEN", token),
        ("KEYWRIGHT_OPERATOR_TOKEN", "operators-horse-battery-staple-0123456789"),
        ("KEYWRIGHT_SEALING_KEY", key.as_str()),
        ("KEYWRIGHT_DATABASE_URL", "postgres://kw:hunter2@db/keywright"),
        ("KEYWRIGHT_REDIS_URL", "redis://kw:hunter2@cache"),
        ("KEYWRIGHT_SMTP_URL", "smtps://kw:hunter2@mail.example.com"),
        ("KEYWRIGHT_MAIL_FROM", "keys@example.com"),
    ];
    let shown = format!("{:?}", good("", &variables));
    assert!(
        !shown.contains(token)
            && !shown.contains("operators-horse")
            && !shown.contains("7, 7")
            && !shown.contains("hunter2"),
        "{shown}"
    );

    let variables = [
        ("KEYWRIGHT_GATE_TOKEN", "hunter2"),
        ("KEYWRIGHT_OPERATOR_TOKEN", "hunter2"),
        ("KEYWRIGHT_SEALING_KEY", "hunter2"),
        ("KEYWRIGHT_DATABASE_URL", "mysql://hunter2@db"),
        ("KEYWRIGHT_REDIS_URL", "redis://kw:hunter2@cache/x"),
        ("KEYWRIGHT_SMTP_URL", "smtp://kw:hunter2@mail.example.com?tls=none"),
        ("KEYWRIGHT_MAIL_FROM", "keys@example.com"),
    ];
    let found = faults("", &variables);
    assert_eq!(found.len(), 6);
    assert!(!found.concat().contains("hunter2"), "{found:?}");
}

#[test]
fn mail_needs_a_server_and_a_sender_or_neither() {
    assert!(good("", &[]).mail.is_none());
    let (server, sender) = (("KEYWRIGHT_SMTP_URL", "smtps://kw:hunter2@mail.example.com"), "Keys <keys@example.com>");
    let mail = good("", &[server, ("KEYWRIGHT_MAIL_FROM", sender)]).mail.map(|mail| mail.to_string());
    let expected = "smtps://kw:[redacted]@mail.example.com:465, from Keys <keys@example.com>";
    assert_eq!(mail.as_deref(), Some(expected));
    let found = faults("", &[server]);
    assert_eq!(found, ["mail_from: must be set, because smtp_url is: every mail has a sender"]);
    let found = faults("", &[("KEYWRIGHT_MAIL_FROM", sender)]);
    assert_eq!(found, ["smtp_url: must be set, because mail_from is; without it no mail is sent"]);
    let found = faults("", &[server, ("KEYWRIGHT_MAIL_FROM", "keys")]);
    assert_eq!(found, ["KEYWRIGHT_MAIL_FROM: `keys` is not a sender such as Example <keys@example.com>"]);
}

#[test]
fn a_short_sealing_key_is_refused() {
    let short = BASE64_STANDARD.encode([7; 31]);
    let found = faults("", &[("KEYWRIGHT_SEALING_KEY", &short)]);
    assert_eq!(found, ["KEYWRIGHT_SEALING_KEY: must be base64 of 32 or more bytes"]);
}

#[test]
fn the_gates_token_does_not_open_the_operators_door() {
    let token = "correct-horse-battery-staple-0123456789";
    let found = faults("", &[("KEYWRIGHT_GATE_TOKEN", token), ("KEYWRIGHT_OPERATOR_TOKEN", token)]);
    assert!(found.len() == 1 && found[0].starts_with("KEYWRIGHT_OPERATOR_TOKEN: must not be"), "{found:?}");
}

#[test]
fn an_idle_session_cannot_outlive_the_longest_session() {
    let found = faults("session_idle_hours = 25\nsession_absolute_hours = 24\n", &[]);
    assert_eq!(found, ["kw.toml:1: session_idle_hours must not be longer than session_absolute_hours"]);
}

#[test]
fn help_and_the_operators_guide_explain_every_setting() {
    let guide = include_str!("../../../docs/operate.md");
    for member in members::MEMBERS {
        assert!(help().contains(&member.variable()), "--help lacks {}", member.name);
        assert!(guide.contains(&format!("| `{}` |", member.name)), "docs/operate.md lacks {}", member.name);
    }
}

#[test]
fn the_faults_of_a_profile_come_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "product = \"Mine\"\nbad = [").unwrap();
    let source = ProfileSource::named(&path.to_string_lossy());
    let faults = load_profile(&source).err().unwrap_or_default();
    assert!(faults.list[0].place.starts_with(&format!("{}:", path.display())), "{faults}");
}

#[test]
fn an_unknown_profile_names_the_known_ones() {
    let faults = load_profile(&ProfileSource::named("acme")).err().unwrap_or_default();
    let message = &faults.list[0].message;
    assert!(message.contains("`acme`") && message.contains("default"), "{message}");
}

#[test]
fn what_commands_go_by_is_no_setting_of_a_server_and_no_fault() {
    good("", &[("KEYWRIGHT_URL", "https://keys.example.com"), ("KEYWRIGHT_TOKEN", "eyJ")]);
}
