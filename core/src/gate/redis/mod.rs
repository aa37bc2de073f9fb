//! Redis or Valkey, where several nodes count together. It is asked by scripts, each of them one call: all windows of a
//! request have room or none is taken.
//!
//! No request waits for it longer than [`BUDGET`], and none fails because of it. What it does not answer in time the
//! node decides by itself, from its own memory. When it is gone, nobody asks it any more; a task looks for it now and
//! then, so that no request pays for the look.

pub(super) mod leases;
#[cfg(test)]
mod tests;
pub(super) mod windows;

use redis::{
    AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, IntoConnectionInfo as _, RedisError, RedisResult,
    ScriptInvocation, ServerErrorKind, aio::MultiplexedConnection, io::tcp::TcpSettings,
};
use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

/// How long a request waits for an answer.
const BUDGET: Duration = Duration::from_millis(50);

/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(2);

/// How long nobody asks once it is gone.
const PAUSE: Duration = Duration::from_secs(2);

/// So many failures in a row, and it counts as gone. A lost connection does at once.
const MOST_FAILURES: u32 = 3;

/// A server that several nodes count on. Clones share one connection.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    client: Client,
    /// What every name on the server begins with.
    prefix: String,
    /// None while the server is gone.
    connection: RwLock<Option<MultiplexedConnection>>,
    failures: AtomicU32,
    /// Rises whenever the server may have missed something, or forgotten it.
    era: AtomicU64,
    unanswered: AtomicU64,
    budget: Duration,
    /// Where it is looked for when it is gone, and driven when it is back: not on the thread of the request that missed it.
    home: Handle,
    /// Whether windows go by the caller's clock and not by the server's: in tests, whose clock stands still.
    by_callers_clock: bool,
}

/// Why a server cannot be used at all. Never repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum RedisFault {
    /// The URL is not one.
    #[error("it is no such URL ({0})")]
    Url(String),
    /// Somebody answers, and says no.
    #[error("the server refuses us ({0})")]
    Refused(String),
}

impl Redis {
    /// Whether this could be the URL of a server: `redis://…`, or `rediss://…` for TLS.
    #[must_use]
    pub fn is_url(text: &str) -> bool {
        // A fragment would say that nobody's certificate is looked at.
        !text.contains('#') && Client::open(text).is_ok()
    }

    /// Connects. A server that is not there now may be there later: until then this node limits by itself.
    pub async fn open(url: &str) -> Result<Self, RedisFault> {
        Self::connect(url, "keywright:".to_owned(), BUDGET, false).await
    }

    /// For tests: names of their own, and the time of whoever asks.
    #[cfg(any(test, feature = "testing"))]
    pub async fn open_for_tests(url: &str, prefix: String) -> Result<Self, RedisFault> {
        // A busy machine must not make a test take the other way.
        Self::connect(url, prefix, CONNECT, true).await
    }

    async fn connect(url: &str, prefix: String, budget: Duration, by_callers_clock: bool) -> Result<Self, RedisFault> {
        let client = client(url).map_err(|error| RedisFault::Url(error.to_string()))?;
        let redis = Self(Arc::new(Inner {
            client,
            prefix,
            connection: RwLock::default(),
            failures: AtomicU32::new(0),
            era: AtomicU64::new(1),
            unanswered: AtomicU64::new(0),
            budget,
            home: Handle::current(),
            by_callers_clock,
        }));
        match redis.0.connect().await {
            Ok(connection) => {
                redis.0.set(Some(connection));
            }
            Err(error) if is_for_good(&error) => return Err(RedisFault::Refused(error.to_string())),
            Err(error) => {
                tracing::warn!(%error, "Redis does not answer: this node limits by itself");
                redis.0.home.spawn(Inner::come_back(Arc::downgrade(&redis.0)));
            }
        }
        Ok(redis)
    }

    /// Whether the server is being asked.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.0.connection.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// How many calls it has not answered, or not in time.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.0.unanswered.load(Ordering::Relaxed)
    }

    /// Rises whenever the server may have missed something, or forgotten it.
    pub(super) fn era(&self) -> u64 {
        self.0.era.load(Ordering::Acquire)
    }

    fn name(&self, rest: fmt::Arguments<'_>) -> String {
        format!("{}{rest}", self.0.prefix)
    }

    /// The time that a script goes by: the server's own, which is one for all nodes.
    fn time(&self, tick: Duration) -> String {
        if self.0.by_callers_clock { tick.as_millis().to_string() } else { String::new() }
    }

    /// What the script answers; nothing if it does not, or not in time.
    async fn call<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let mut connection = self.0.connection.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        let error = match timeout(self.0.budget, script.invoke_async(&mut connection)).await {
            Ok(Ok(answer)) => {
                // Written once after a failure and not with each request.
                if self.0.failures.load(Ordering::Relaxed) != 0 {
                    self.0.failures.store(0, Ordering::Relaxed);
                }
                return Some(answer);
            }
            Ok(Err(error)) => error,
            Err(_) => too_late(),
        };
        self.0.failed(&error);
        None
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("is_there", &self.is_there()).finish_non_exhaustive()
    }
}

impl Inner {
    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(None);
        let connect = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = timeout(CONNECT, connect).await.unwrap_or_else(|_| Err(too_late()))?;
        // A server that answers and takes nothing (a replica, one that is full) is of no use.
        let mut probe = redis::cmd("SET");
        probe.arg(format!("{}probe", self.prefix)).arg(1).arg("PX").arg(1);
        let probe = probe.query_async::<()>(&mut connection);
        timeout(self.budget, probe).await.unwrap_or_else(|_| Err(too_late()))?;
        Ok(connection)
    }

    fn set(&self, connection: Option<MultiplexedConnection>) -> Option<MultiplexedConnection> {
        let mut place = self.connection.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, connection)
    }

    fn failed(self: &Arc<Self>, error: &RedisError) {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures == 1 {
            self.era.fetch_add(1, Ordering::Release);
        }
        let is_gone = failures >= MOST_FAILURES || error.is_unrecoverable_error();
        // Of all calls that fail together one tells.
        if is_gone && self.set(None).is_some() {
            tracing::warn!(%error, "Redis does not answer: this node limits by itself");
            self.home.spawn(Self::come_back(Arc::downgrade(self)));
        }
    }

    /// Looks for the server now and then until it is there, or until nobody needs it any more.
    async fn come_back(inner: Weak<Self>) {
        loop {
            sleep(PAUSE).await;
            let Some(redis) = inner.upgrade() else { return };
            if let Ok(connection) = redis.connect().await {
                redis.failures.store(0, Ordering::Relaxed);
                // Before anybody can ask it.
                redis.era.fetch_add(1, Ordering::Release);
                redis.set(Some(connection));
                tracing::info!("Redis answers: nodes limit together");
                return;
            }
        }
    }
}

/// Whose connections send at once: a call that waited for the answer to another one would be late.
fn client(url: &str) -> RedisResult<Client> {
    let server = url.into_connection_info()?;
    Client::open(server.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

fn too_late() -> RedisError {
    RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))
}

/// Whether trying again later is of no use: what answers wants another password, or is no Redis. The rest passes.
fn is_for_good(error: &RedisError) -> bool {
    let refusals = [
        ErrorKind::AuthenticationFailed,
        ErrorKind::InvalidClientConfig,
        ErrorKind::Parse,
        ErrorKind::Server(ServerErrorKind::NoPerm),
        ErrorKind::Server(ServerErrorKind::ResponseError),
    ];
    error.code() == Some("NOAUTH") || refusals.contains(&error.kind())
}
