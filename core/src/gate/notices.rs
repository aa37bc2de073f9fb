//! How a change on one node reaches the memory of the others: PostgreSQL's `LISTEN`/`NOTIFY`. A notice
//! is part of the transaction that makes the change, so it cannot be lost while the change is kept.

use super::{memory::Memory, model::Changed};
use crate::{
    db::{Db, Tx},
    secret::{SecretHash, to_hex},
};
use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, sleep_until, timeout};

const CHANNEL: &str = "keywright_keys";
/// The only statement that one database alone can run.
const NOTIFY: &str = "select pg_notify($1, $2)";
const RETRY: Duration = Duration::from_secs(1);
/// How often a node makes sure that it would hear a notice.
const BEAT: Duration = Duration::from_secs(2);
/// After how long without any notice, its own beats included, it stops believing its memory.
const SILENCE: Duration = Duration::from_secs(5);
/// For how long memory stands in for a database that does not answer at all, from the last notice on. While it is
/// stopped nobody can commit a revocation; but from here it looks the same when only this node is cut off from it.
const STAND_IN: Duration = Duration::from_secs(60);
/// How often it is then asked whether it answers again, and how long it may take to.
const PROBE: Duration = Duration::from_millis(500);
const PROBE_TIME: Duration = Duration::from_secs(2);
/// PostgreSQL's code for it (its manual, appendix A).
const TOO_MANY_CONNECTIONS: &str = "53300";
/// The payload of a change that concerns all tokens of apps.
const TOKENS: &str = "tokens";
/// The same where what they are signed with has changed.
const SIGNING_KEYS: &str = "signing keys";
/// The payload of a beat.
const ALIVE: &str = "alive";

/// Tells the other nodes, at commit, what has changed.
pub(super) async fn send(tx: &mut Tx, changed: &Changed) -> sqlx::Result<()> {
    // One file, one node: there is nobody to tell.
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    for text in payloads(changed) {
        sqlx::query(NOTIFY).bind(CHANNEL).bind(text).execute(&mut **tx).await?;
    }
    Ok(())
}

fn payloads(changed: &Changed) -> Vec<String> {
    match changed {
        Changed::Keys(hashes) => hashes.iter().map(|hash| to_hex(hash.as_bytes())).collect(),
        Changed::Workspace(id) => vec![id.to_string()],
        Changed::Grant(id) => vec![id.to_string()],
        Changed::Tokens => vec![TOKENS.to_owned()],
        Changed::SigningKeys => vec![SIGNING_KEYS.to_owned()],
    }
}

/// Follows the notices of other nodes for as long as the task lives. Memory is believed only while this
/// node keeps hearing: its own beats too go through the database, so that a connection which died without
/// a word, or a pooler that swallows notices, is found out.
pub(super) async fn follow(db: Db, memory: Arc<Memory>) {
    let Db::Postgres(pool) = db else { return };
    let mut heard = Instant::now();
    loop {
        if let Err(error) = listen(&pool, &memory, &mut heard).await {
            tracing::warn!(%error, "Notices of other nodes cannot be heard; every key is read from the database");
        }
        memory.set_reliable(false);
        stand_in_for(&pool, &memory, heard + STAND_IN).await;
        sleep(RETRY).await;
    }
}

/// Lets memory stand in, until `end` at the latest, if and as long as the database does not answer. If it does, only
/// the notices were lost, and memory is worth nothing.
async fn stand_in_for(pool: &PgPool, memory: &Memory, end: Instant) {
    // Asked once before anything is said of it: it may be that only notices have not been heard for long.
    if !answers(pool).await {
        let mut back = std::pin::pin!(until_it_answers(pool));
        if Instant::now() < end && memory.stand_in(true) {
            tracing::warn!("The database does not answer; what is in memory is believed for a minute at most");
        }
        tokio::select! {
            () = &mut back => {}
            () = sleep_until(end) => {
                tracing::error!("The database has not answered for too long; no key is believed until it does");
                memory.stand_in(false);
                back.await;
            }
        }
    }
    memory.ask_again();
}

async fn until_it_answers(pool: &PgPool) {
    while !answers(pool).await {
        sleep(PROBE).await;
    }
}

/// Over a connection of its own: those of the pool may be taken, or wait for their turn to fail.
async fn answers(pool: &PgPool) -> bool {
    let connect = async {
        let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
        connection.ping().await
    };
    match timeout(PROBE_TIME, connect).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => is_full(&error),
        Err(_) => false,
    }
}

/// A database that has no connection left for us is there, and changes are made in it.
fn is_full(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == TOO_MANY_CONNECTIONS)
}

async fn listen(pool: &PgPool, memory: &Memory, heard: &mut Instant) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    // A connection that is made anew in silence would have missed notices.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    memory.forget_all();
    let mut beats = tokio::time::interval(BEAT);
    *heard = Instant::now();
    loop {
        let mut next = std::pin::pin!(listener.try_recv());
        let notice = loop {
            tokio::select! {
                notice = &mut next => break notice?,
                _ = beats.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Ok(());
                    }
                    timeout(SILENCE, beat(pool)).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
                }
            }
        };
        let Some(notice) = notice else { return Ok(()) };
        *heard = Instant::now();
        hear(notice.payload(), memory);
    }
}

fn hear(payload: &str, memory: &Memory) {
    match read(payload) {
        Some(changed) => memory.hear(&changed),
        None if payload == ALIVE => {}
        // A later version of this program may say more than this one understands.
        None => memory.forget_all(),
    }
    memory.set_reliable(true);
}

/// What [`payloads`] writes.
fn read(payload: &str) -> Option<Changed> {
    match payload {
        TOKENS => Some(Changed::Tokens),
        SIGNING_KEYS => Some(Changed::SigningKeys),
        _ => from_hex(payload)
            .map(|hash| Changed::Keys(vec![hash]))
            .or_else(|| payload.parse().ok().map(Changed::Workspace))
            .or_else(|| payload.parse().ok().map(Changed::Grant)),
    }
}

async fn beat(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query(NOTIFY).bind(CHANNEL).bind(ALIVE).execute(pool).await.map(drop)
}

fn from_hex(text: &str) -> Option<SecretHash> {
    let digit = |i: usize| text.get(2 * i..2 * i + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..32).map(digit).collect();
    bytes.filter(|_| text.len() == 64).and_then(|bytes| SecretHash::try_from(bytes.as_slice()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Time,
        clock::SharedClock,
        db::testing::postgres_url,
        error::Error,
        gate::{Call, Gate, Needs, Verdict},
        ids::{GrantId, WorkspaceId},
        random::{self, OsRandom},
        services::Services,
        testing::{World, key_form},
    };
    use std::net::{IpAddr, SocketAddr};
    use tokio::{
        net::{TcpListener, TcpStream},
        task::{JoinHandle, JoinSet},
    };

    /// The way to the database, which can be closed: then it is as if the server had been stopped.
    struct Way {
        address: SocketAddr,
        server: String,
        open: Option<JoinHandle<()>>,
    }

    impl Way {
        async fn to(url: &str) -> (Self, String) {
            let (rest, name) = url.rsplit_once('/').expect("a URL that names a database");
            let (_, server) = rest.rsplit_once('@').expect("a URL that names a user");
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let own = format!("{}/{name}", rest.replace(server, &address.to_string()));
            let mut way = Self { address, server: server.to_owned(), open: None };
            way.serve(listener);
            (way, own)
        }

        fn serve(&mut self, listener: TcpListener) {
            let server = self.server.clone();
            self.open = Some(tokio::spawn(async move {
                // They end with this task.
                let mut connections = JoinSet::new();
                while let Ok((mut near, _)) = listener.accept().await {
                    let server = server.clone();
                    connections.spawn(async move {
                        let mut far = TcpStream::connect(server).await.expect("the server");
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    });
                }
            }));
        }

        async fn close(&mut self) {
            let task = self.open.take().expect("open");
            task.abort();
            assert!(task.await.is_err());
        }

        async fn open(&mut self) {
            let listener = TcpListener::bind(self.address).await.expect("the same port");
            self.serve(listener);
        }
    }

    async fn ask(gate: &Gate, key: &str) -> Result<Verdict, Error> {
        let needs = Needs::Request { method: "GET", path: "/api/v1/workflows" };
        let address = IpAddr::from([203, 0, 113, 7]);
        let call =
            Call { key: Some(key), needs, address, user_agent: None, cost: 0, from_stranger: true, member: None };
        gate.check(call).await.map(|passage| passage.decision.verdict)
    }

    async fn within(limit: Duration, mut is_so: impl AsyncFnMut() -> bool) {
        let waiting = async {
            while !is_so().await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(timeout(limit, waiting).await.is_ok());
    }

    #[tokio::test]
    async fn while_the_database_is_stopped_known_keys_pass_unknown_ones_wait_and_after_it_all_is_read_anew() {
        // SQLite is a file, and does not stop.
        if postgres_url().is_none() {
            return;
        }
        let (world, ada) = World::owned("lodol", "enterprise").await;
        let (mut way, url) = Way::to(&world.test_db.url).await;
        let clock: SharedClock = world.clock.clone();
        let db = Db::open(&url).await.expect("the same database");
        let node = Services::new(
            db,
            Arc::clone(&world.services.profile),
            clock,
            Arc::new(OsRandom),
            None,
            &crate::testing::site(),
        );
        let gate = node.gate.clone();
        let following = tokio::spawn({
            let gate = gate.clone();
            async move { gate.follow_other_nodes().await }
        });
        let keys = &world.services.keys;
        let key = async |label| keys.create(&ada, &key_form(label, &["workflows:read"])).await.expect("a key");
        let (known, ended, unknown) = (key("a").await, key("b").await, key("c").await);
        let secret = |key: &crate::keys::CreatedKey| key.secret.expose().to_owned();
        within(Duration::from_secs(5), async || gate.is_reliable()).await;
        for key in [&known, &ended] {
            assert_eq!(ask(&gate, &secret(key)).await, Ok(Verdict::Allowed));
        }

        way.close().await;
        for _ in 0..20 {
            let asked = Instant::now();
            assert_eq!(ask(&gate, &secret(&known)).await, Ok(Verdict::Allowed));
            assert!(asked.elapsed() < PROBE_TIME * 2, "nobody waits long for what is gone");
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(ask(&gate, &secret(&unknown)).await, Err(Error::Unavailable), "neither let through nor refused");
        // Another node can still reach it, which from here cannot be told.
        keys.revoke(&ada, ended.key.id, "", None).await.expect("revoked");

        way.open().await;
        within(Duration::from_secs(5), async || ask(&gate, &secret(&unknown)).await == Ok(Verdict::Allowed)).await;
        assert_eq!(ask(&gate, &secret(&ended)).await, Ok(Verdict::Revoked), "not believed any more once it answers");
        within(Duration::from_secs(5), async || gate.is_reliable()).await;
        assert_eq!(ask(&gate, &secret(&known)).await, Ok(Verdict::Allowed));
        following.abort();
    }

    #[tokio::test]
    async fn where_only_the_notices_are_lost_memory_does_not_stand_in() {
        if postgres_url().is_none() {
            return;
        }
        let (world, ada) = World::owned("lodol", "enterprise").await;
        let Db::Postgres(pool) = &world.services.db else { panic!("another database") };
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        let memory = Memory::new(true, world.services.oauth.tokens().clone());
        let index = &memory.keys;
        let hash = SecretHash::of(key.secret.expose().as_bytes());
        stand_in_for(pool, &memory, Instant::now() + STAND_IN).await;
        assert!(!index.is_reliable());
        let answer = index.get_or_load(hash, || async { Ok(None) }).await;
        assert!(answer.is_ok_and(|entry| entry.is_none()), "the database is asked");
    }

    #[tokio::test]
    async fn a_database_that_answers_is_asked_however_long_no_notice_has_been_heard() {
        if postgres_url().is_none() {
            return;
        }
        let world = World::empty("lodol").await;
        let Db::Postgres(pool) = &world.services.db else { panic!("another database") };
        let memory = Memory::new(false, world.services.oauth.tokens().clone());
        let index = &memory.keys;
        let long_ago = Instant::now();
        // Whoever asks meanwhile is never told that the database is gone.
        let asked = index.get_or_load(SecretHash::of(b"a key"), || async {
            sleep(PROBE).await;
            Ok(None)
        });
        let (answer, ()) = tokio::join!(asked, stand_in_for(pool, &memory, long_ago));
        assert!(answer.is_ok_and(|entry| entry.is_none()));
    }

    #[tokio::test]
    async fn a_database_without_a_free_connection_is_not_gone() {
        if postgres_url().is_none() {
            return;
        }
        let world = World::empty("lodol").await;
        let Db::Postgres(pool) = &world.services.db else { panic!("another database") };
        let role = format!("crowded_{}", random::hex::<8>(&OsRandom));
        let make = format!("create role {role} login connection limit 0");
        sqlx::query(sqlx::AssertSqlSafe(make)).execute(pool).await.expect("a role");
        let crowded = PgPool::connect_lazy_with((*pool.connect_options()).clone().username(&role));
        assert!(answers(&crowded).await);
        let nobody = PgPool::connect_lazy_with((*pool.connect_options()).clone().port(9));
        assert!(!answers(&nobody).await);
        sqlx::query(sqlx::AssertSqlSafe(format!("drop role {role}"))).execute(pool).await.expect("dropped");
    }

    #[tokio::test]
    async fn memory_stands_in_for_its_time_and_not_longer() {
        let pool = PgPool::connect_lazy("postgres://nobody@127.0.0.1:9/nothing").expect("a URL");
        let world = World::empty("lodol").await;
        let memory = Memory::new(false, world.services.oauth.tokens().clone());
        let index = &memory.keys;
        let standing_in = stand_in_for(&pool, &memory, Instant::now() + PROBE * 2);
        let watching = async {
            within(Duration::from_secs(5), async || index.is_reliable()).await;
            within(Duration::from_secs(5), async || !index.is_reliable()).await;
        };
        tokio::select! {
            () = standing_in => panic!("nothing answers there"),
            () = watching => {}
        }
        sleep(PROBE * 2).await;
        assert!(!index.is_reliable());
        let hash = SecretHash::of(b"a key");
        assert_eq!(index.get_or_load(hash, || async { Ok(None) }).await.err(), Some(Error::Unavailable));
    }

    #[test]
    fn a_notice_reads_back_what_was_sent() {
        let (hash, id) = (SecretHash::of(b"a key"), random::uuid(Time::UNIX_EPOCH, &OsRandom));
        for changed in [
            Changed::Keys(vec![hash]),
            Changed::Workspace(WorkspaceId::from_uuid(id)),
            Changed::Grant(GrantId::from_uuid(id)),
            Changed::Tokens,
            Changed::SigningKeys,
        ] {
            let heard = payloads(&changed).iter().filter_map(|payload| read(payload)).next();
            assert_eq!(format!("{heard:?}"), format!("{:?}", Some(changed)));
        }
        assert!(read(ALIVE).is_none());
        for bad in ["", "00", &"g".repeat(64), &"é".repeat(32), &"00".repeat(33)] {
            assert!(from_hex(bad).is_none(), "{bad}");
        }
    }
}
