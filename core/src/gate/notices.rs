//! How a change on one node reaches the memory of the others: PostgreSQL's `LISTEN`/`NOTIFY`. A notice
//! is part of the transaction that makes the change, so it cannot be lost while the change is kept.

use super::{index::Index, model::Changed};
use crate::{
    db::{Db, Tx},
    secret::{SecretHash, to_hex},
};
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

const CHANNEL: &str = "keywright_keys";
/// The only statement that one database alone can run.
const NOTIFY: &str = "select pg_notify($1, $2)";
const RETRY: Duration = Duration::from_secs(1);
/// How often a node makes sure that it would hear a notice.
const BEAT: Duration = Duration::from_secs(2);
/// After how long without any notice, its own beats included, it stops believing its memory.
const SILENCE: Duration = Duration::from_secs(5);
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
    }
}

/// Follows the notices of other nodes for as long as the task lives. Memory is believed only while this
/// node keeps hearing: its own beats too go through the database, so that a connection which died without
/// a word, or a pooler that swallows notices, is found out.
pub(super) async fn follow(db: Db, index: Arc<Index>) {
    let Db::Postgres(pool) = db else { return };
    loop {
        if let Err(error) = listen(&pool, &index).await {
            tracing::warn!(%error, "Notices of other nodes cannot be heard; every key is read from the database");
        }
        index.set_reliable(false);
        tokio::time::sleep(RETRY).await;
    }
}

async fn listen(pool: &PgPool, index: &Index) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    // A connection that is made anew in silence would have missed notices.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    index.forget_all();
    let mut beats = tokio::time::interval(BEAT);
    let mut heard = Instant::now();
    loop {
        let mut next = std::pin::pin!(listener.try_recv());
        let notice = loop {
            tokio::select! {
                notice = &mut next => break notice?,
                _ = beats.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Ok(());
                    }
                    tokio::time::timeout(SILENCE, beat(pool)).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
                }
            }
        };
        let Some(notice) = notice else { return Ok(()) };
        heard = Instant::now();
        hear(notice.payload(), index);
    }
}

fn hear(payload: &str, index: &Index) {
    if let Some(hash) = from_hex(payload) {
        index.forget(hash);
    } else if let Ok(workspace) = payload.parse() {
        index.forget_workspace(workspace);
    } else if payload != ALIVE {
        index.forget_all();
    }
    index.set_reliable(true);
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

    #[test]
    fn a_notice_reads_back_what_was_sent() {
        let hash = SecretHash::of(b"a key");
        assert!(from_hex(&to_hex(hash.as_bytes())).is_some_and(|read| read == hash));
        for bad in ["", "00", &"g".repeat(64), &"é".repeat(32), &"00".repeat(33)] {
            assert!(from_hex(bad).is_none(), "{bad}");
        }
    }
}
