//! How a change on one node reaches the memory of the others: PostgreSQL's `LISTEN`/`NOTIFY`. A notice
//! is part of the transaction that makes the change, so it cannot be lost while the change is kept.

use super::index::Index;
use crate::{
    db::{Db, Tx},
    secret::{SecretHash, to_hex},
};
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};

const CHANNEL: &str = "keywright_keys";
/// The only statement that one database alone can run.
const NOTIFY: &str = "select pg_notify($1, $2)";
const RETRY: Duration = Duration::from_secs(1);

/// Tells the other nodes, at commit, that the key with this hash has changed.
pub(super) async fn send(tx: &mut Tx, hash: SecretHash) -> sqlx::Result<()> {
    match tx {
        // One file, one node: there is nobody to tell.
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => {
            let text = to_hex(hash.as_bytes());
            sqlx::query(NOTIFY).bind(CHANNEL).bind(text).execute(&mut **tx).await.map(drop)
        }
    }
}

/// Follows the notices of other nodes for as long as the task lives. Whenever the connection is gone,
/// memory is not believed until it is back.
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
    listener.listen(CHANNEL).await?;
    index.forget_all();
    index.set_reliable(true);
    // None means that the connection was lost, and notices with it.
    while let Some(notice) = listener.try_recv().await? {
        match from_hex(notice.payload()) {
            Some(hash) => index.forget(hash),
            None => index.forget_all(),
        }
    }
    Ok(())
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
