//! The log: to stderr, for people in a terminal, JSON for machines.
//!
//! What is never in it: query strings, cookies, `Authorization`, bodies, e-mail addresses. That is kept by not passing
//! them to `tracing` in the first place; [`crate::guard::front`] logs a request by its route's pattern.

use crate::config::{Config, LogFormat};
use std::io::{self, IsTerminal as _};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// The crates that a bare level speaks about. At `debug`, libraries would drown them.
const OURS: [&str; 3] = ["keywright", "keywright_app", "keywright_core"];

/// Starts the log; once per process.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let human = match config.log_format {
        LogFormat::Auto => io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let ansi = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    subscriber(human, ansi, &config.log_level, io::stderr).try_init()?;
    Ok(())
}

/// The subscriber as [`start`] installs it, with any writer.
fn subscriber<W>(human: bool, ansi: bool, level: &str, writer: W) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let registry = tracing_subscriber::registry().with(filter(level));
    if human {
        let lines = tracing_subscriber::fmt::layer().with_ansi(ansi).with_target(false).with_writer(writer);
        return Box::new(registry.with(lines));
    }
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer);
    Box::new(registry.with(lines))
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::new(expand(level))
}

/// `debug` alone means: ours at `debug`, libraries at `info`. Quieter levels mean everything.
fn expand(level: &str) -> String {
    if !["debug", "trace"].contains(&level) {
        return level.to_owned();
    }
    OURS.iter().fold("info".to_owned(), |filter, target| format!("{filter},{target}={level}"))
}

/// A level, or a filter in the syntax of `tracing_subscriber::EnvFilter`.
pub(crate) fn parse_level(text: &str) -> Result<String, String> {
    let filter = EnvFilter::builder().parse(text);
    filter.map(|_| text.to_owned()).map_err(|error| format!("`{text}` is not a level or a filter: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::BaseUrl,
        guard::{self, Guard},
        peer::TrustedProxies,
    };
    use axum::{Router, body::Body, extract::Request, middleware::from_fn_with_state, routing::get};
    use keywright_core::{clock::FixedClock, random::CountingRandom};
    use std::sync::{Arc, Mutex, PoisonError};
    use tower::ServiceExt as _;

    /// A log that is kept in memory.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Paper {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
        }
    }

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(human: bool, level: &str, act: impl FnOnce()) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        tracing::subscriber::with_default(subscriber(human, false, level, move || writer.clone()), act);
        paper.text()
    }

    #[test]
    fn machines_get_one_json_object_a_line_with_the_requests_id() {
        let text = logged(false, "info", || {
            let _span = tracing::info_span!("request", request.id = "abc").entered();
            tracing::info!(status = 200, "GET / 200");
        });
        let line: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(
            (&line["status"], &line["message"], &line["level"]),
            (&200.into(), &"GET / 200".into(), &"INFO".into())
        );
        assert_eq!(line["span"]["request.id"], "abc", "{text}");
    }

    #[tokio::test]
    async fn a_requests_line_holds_no_secret() {
        let paper = Paper::default();
        let writer = paper.clone();
        let _log = tracing::subscriber::set_default(subscriber(false, false, "trace", move || writer.clone()));
        let guard = Guard::new(
            BaseUrl::loopback(3000),
            TrustedProxies::default(),
            FixedClock::start(),
            Arc::new(CountingRandom::default()),
            guard::plain,
        );
        let site = Router::new().route("/invite/{token}", get(|| async {}));
        let site = site.layer(from_fn_with_state(guard, guard::front));
        let request = Request::get("/invite/hunter1?token=hunter2").header("cookie", "session=hunter3");
        let request = request.header("authorization", "Bearer hunter4").body(Body::from("hunter5")).unwrap();
        site.oneshot(request).await.unwrap();
        let text = paper.text();
        assert!(text.contains("GET /invite/{token} 200"), "{text}");
        assert!(!text.contains("hunter"), "{text}");
    }

    #[test]
    fn people_get_a_line_without_escape_codes_unless_they_have_a_terminal() {
        let text = logged(true, "info", || tracing::info!("Keywright listens"));
        assert!(text.contains("INFO") && text.contains("Keywright listens") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn debug_means_ours_and_not_the_libraries() {
        let act = || {
            tracing::debug!(target: "keywright::gate", "ours");
            tracing::debug!(target: "hyper", "theirs");
        };
        let text = logged(true, "debug", act);
        assert!(text.contains("ours") && !text.contains("theirs"), "{text}");
        assert_eq!(logged(true, "warn", act), "");
    }

    #[test]
    fn a_filter_of_the_operators_is_taken_as_it_is() {
        assert_eq!(expand("info,keywright=trace"), "info,keywright=trace");
        assert!(parse_level("info,keywright=trace").is_ok() && parse_level("warn").is_ok());
        assert!(parse_level("keywright=loud").is_err());
    }
}
