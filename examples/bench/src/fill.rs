//! Gives a workspace as many keys as the bench wants, far faster than its doors would: each like the one that was made
//! last, with a secret and an id of its own. The secrets are written to standard output, one a line.
//!
//! ```text
//! target/release/fill sqlite:data/keywright.db lodol 1000000
//! ```

use keywright_core::{
    clock::{Clock as _, SystemClock},
    db::Db,
    ids::KeyId,
    profile::Profile,
    random::{self, OsRandom, Reserve},
    secret::Secret,
};
use std::{
    env,
    error::Error,
    io::{BufWriter, Write as _, stdout},
    sync::Arc,
};

const LATEST: &str = "
    select id
    from api_keys
    order by id desc
    limit 1";
const COPY: &str = "
    insert into api_keys
        (id, workspace_id, owner_id, owner_kind, creator_id, label, note, scopes, environment, networks, created_at)
    select $1, workspace_id, owner_id, owner_kind, creator_id, $2, note, scopes, environment, networks, created_at
    from api_keys
    where id = $3";
const ADD_SECRET: &str = "
    insert into key_secrets (hash, key_id, start, last4, created_at)
    values ($1, $2, $3, $4, $5)";
const ADD_TO_COUNT: &str = "
    update workspaces
    set key_count = key_count + $2
    where id = (select workspace_id from api_keys where id = $1)";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [url, name, count] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "DATABASE PROFILE COUNT")?;
    let count: u32 = count.parse()?;
    let text = Profile::built_in(&name).ok_or("no such profile")?;
    let profile = Profile::parse(&name, text).map_err(|faults| format!("{faults:?}"))?;
    let Db::Sqlite(pool, _) = Db::open(&url).await? else { return Err("only on SQLite".into()) };
    let ids = Reserve::new(Arc::new(OsRandom));
    let mut tx = pool.begin().await?;
    let like: KeyId = sqlx::query_scalar(LATEST).fetch_one(&mut *tx).await?;
    let mut secrets = BufWriter::new(stdout().lock());
    for n in 0..count {
        let (now, secret) = (SystemClock.now(), Secret::generate(&profile.key, &OsRandom));
        let key = KeyId::from_uuid(random::uuid(now, &ids));
        let hash = secret.hash();
        sqlx::query(COPY).bind(key).bind(format!("Filled {n}")).bind(like).execute(&mut *tx).await?;
        let row = sqlx::query(ADD_SECRET).bind(&hash.as_bytes()[..]).bind(key).bind(secret.start(&profile.key));
        row.bind(secret.last4()).bind(now).execute(&mut *tx).await?;
        writeln!(secrets, "{}", secret.expose())?;
    }
    sqlx::query(ADD_TO_COUNT).bind(like).bind(i64::from(count)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(secrets.flush()?)
}
