//! Making, keeping, changing and using signing keys.

use super::{
    Algorithm, Jwk, JwkSet, SigningKey,
    pair::{self, Pair},
    seal::Seal,
    store::{self, Row},
};
use crate::{
    Time,
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    random::SharedRandom,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::{sync::Mutex, task::spawn_blocking};

/// For how long one key signs.
const TERM: TimeDelta = TimeDelta::days(90);
/// How long before its turn the next one is published: whoever verifies may keep what it fetched for a while.
const LEAD: TimeDelta = TimeDelta::days(7);
/// The same where somebody asked for the change: as long as the published set may be kept, and as long again.
const NOTICE: TimeDelta = TimeDelta::minutes(10);
/// How long after its turn it still is: what it signed last must have ended by then.
const AFTER: TimeDelta = TimeDelta::days(1);
/// How often, at the most, a name that is not known makes this node look for keys that another one has made.
const LOOK: TimeDelta = TimeDelta::seconds(1);

/// The instance's signing keys. Clones share one memory; nodes share them through the database.
#[derive(Clone)]
pub struct SigningKeys(Arc<Inner>);

struct Inner {
    db: Db,
    clock: SharedClock,
    random: SharedRandom,
    seal: Option<Seal>,
    /// What the next key will sign with.
    algorithm: Algorithm,
    /// As they were when the database was last asked.
    known: RwLock<Arc<Known>>,
    /// One of those who find none asks the database; the others wait.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Known {
    /// None if the database has not been asked, or what it said is not believed any more.
    read_at: Option<Time>,
    published: Arc<JwkSet>,
    signers: Vec<Signer>,
    verifiers: Vec<Verifier>,
}

/// A key that something may be signed with.
struct Verifier {
    kid: String,
    algorithm: Algorithm,
    public: Vec<u8>,
}

/// A key that this node can sign with.
struct Signer {
    kid: String,
    algorithm: Algorithm,
    pair: Pair,
    from: Time,
    until: Time,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

/// A header that somebody presents. Whatever else is in it decides nothing.
#[derive(Deserialize)]
struct Presented {
    alg: String,
    typ: String,
    kid: String,
}

impl SigningKeys {
    /// The keys in this database, which are sealed by this key. New ones are of this algorithm.
    #[must_use]
    pub fn new(db: Db, clock: SharedClock, random: SharedRandom, sealing_key: &[u8], algorithm: Algorithm) -> Self {
        let seal = Seal::new(sealing_key);
        Self(Arc::new(Inner { db, clock, random, seal, algorithm, known: RwLock::default(), turn: Mutex::default() }))
    }

    /// What others verify by.
    pub async fn published(&self) -> Result<Arc<JwkSet>> {
        let known = match self.known() {
            // In a box, as it is rare and large.
            known if known.published.keys.is_empty() => Box::pin(self.renew()).await?,
            known => known,
        };
        Ok(Arc::clone(&known.published))
    }

    /// A JSON Web Token with these claims (RFC 7515 §3.1). `typ` tells it from every other kind that these keys sign
    /// (RFC 8725 §3.11).
    pub async fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String> {
        let now = self.0.clock.now();
        let known = match self.known() {
            known if known.signer(now).is_none() => self.renew().await?,
            known => known,
        };
        let signer = known.signer(now).ok_or(Error::Internal)?;
        let header = Header { alg: signer.algorithm.code(), typ, kid: &signer.kid };
        let mut token = encoded(&header)?;
        token.push('.');
        token.push_str(&encoded(claims)?);
        let signature = signer.pair.sign(token.as_bytes()).ok_or(Error::Internal)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The claims of a token that one of these keys has signed as this `typ`; none for every other text. When it ends, and
    /// for whom it is, is for the caller to look at.
    pub async fn verify<T: DeserializeOwned>(&self, typ: &str, token: &str) -> Result<Option<T>> {
        let Some((signed, signature)) = token.rsplit_once('.') else { return Ok(None) };
        let Some((header, claims)) = signed.split_once('.') else { return Ok(None) };
        let Some(header) = decoded::<Presented>(header).filter(|header| header.typ == typ) else { return Ok(None) };
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return Ok(None) };
        let known = self.knowing(&header.kid).await?;
        // A key knows one algorithm, whatever a header would like (RFC 8725 §3.1).
        let fits = |key: &&Verifier| key.kid == header.kid && key.algorithm.code() == header.alg;
        let Some(key) = known.verifiers.iter().find(fits) else { return Ok(None) };
        let verified = pair::verify(key.algorithm, &key.public, signed.as_bytes(), &signature);
        Ok(verified.then(|| decoded(claims)).flatten())
    }

    /// Learns what other nodes have made, makes the next key if it is time, and forgets those that are over.
    pub async fn rotate(&self) -> Result<()> {
        self.renew().await.map(drop)
    }

    /// The keys, in the order in which they were made.
    pub async fn list(&self) -> Result<Vec<SigningKey>> {
        Ok(store::all(&self.0.db).await?.iter().map(SigningKey::from).collect())
    }

    /// Makes a key that signs instead of those there are: soon, when everybody has learned of it. If they are in the
    /// wrong hands, at once, and nothing that they have signed is good any more.
    pub(crate) async fn replace(&self, tx: &mut Tx, compromised: bool) -> Result<()> {
        let keys = &self.0;
        let rows = store::all_in(tx).await?;
        let from = if compromised { keys.clock.now() } else { keys.clock.now() + NOTICE };
        let row = keys.make(&rows, from).await?;
        if compromised {
            store::forget_all(tx).await?;
        } else {
            store::end_turns(tx, from).await?;
        }
        Ok(store::insert_in(tx, &row).await?)
    }

    /// Asks the database before anything else is signed or verified: the keys have been replaced.
    pub(crate) fn forget(&self) {
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.0.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is known, after another look if a key of this name is not, and might have been made on another node.
    async fn knowing(&self, kid: &str) -> Result<Arc<Known>> {
        let (known, now) = (self.known(), self.0.clock.now());
        let lately = known.read_at.is_some_and(|at| at <= now && now < at + LOOK);
        if lately || known.verifiers.iter().any(|key| key.kid == kid) { Ok(known) } else { self.renew().await }
    }

    async fn renew(&self) -> Result<Arc<Known>> {
        let keys = &*self.0;
        let _turn = keys.turn.lock().await;
        let before = self.known();
        let now = keys.clock.now();
        store::forget(&keys.db, now - AFTER).await?;
        let mut rows = store::all(&keys.db).await?;
        if let Some(from) = keys.next_from(&rows, now) {
            let row = keys.make(&rows, from).await?;
            store::insert(&keys.db, &row).await?;
            rows = store::all(&keys.db).await?;
        }
        let known = Arc::new(keys.read(&rows, now));
        let mut place = keys.known.write().unwrap_or_else(PoisonError::into_inner);
        // What was read before keys were replaced is not kept.
        if Arc::ptr_eq(&place, &before) {
            *place = Arc::clone(&known);
        }
        Ok(known)
    }
}

impl Known {
    /// Whose turn it is.
    fn signer(&self, now: Time) -> Option<&Signer> {
        let on_turn = self.signers.iter().rev().find(|signer| signer.from <= now && now < signer.until);
        // Where the clock is behind that of the node which made the first one, its turn has not come yet.
        on_turn.or_else(|| self.signers.iter().find(|signer| now < signer.until))
    }
}

impl Inner {
    /// When the next key's turn begins, if it is time to make it. One that this instance cannot open, because its
    /// sealing key was replaced, is as good as none.
    fn next_from(&self, rows: &[Row], now: Time) -> Option<Time> {
        let usable = || rows.iter().filter(|row| self.open(row).is_some());
        let last = usable().filter(|row| row.algorithm() == Some(self.algorithm)).map(|row| row.signs_until).max();
        match last {
            Some(last) => (last <= now + LEAD).then_some(last.max(now)),
            // Another algorithm is wanted from now on: there is somebody who signs until all have heard of it.
            None if usable().any(|row| now + NOTICE < row.signs_until) => Some(now + NOTICE),
            None => Some(now),
        }
    }

    async fn make(&self, rows: &[Row], from: Time) -> Result<Row> {
        let algorithm = self.algorithm;
        let private = spawn_blocking(move || Pair::generate(algorithm)).await.ok().flatten().ok_or(Error::Internal)?;
        let public_key = Pair::read(algorithm, &private).ok_or(Error::Internal)?.public();
        let kid = thumbprint(algorithm, &public_key)?;
        let sealed = self.seal.as_ref().and_then(|seal| seal.seal(&kid, &private, self.random.as_ref()));
        Ok(Row {
            generation: rows.last().map_or(1, |row| row.generation + 1),
            algorithm: algorithm.code().to_owned(),
            sealed_key: sealed.ok_or(Error::Internal)?,
            kid,
            public_key,
            signs_from: from,
            signs_until: from + TERM,
        })
    }

    fn read(&self, rows: &[Row], now: Time) -> Known {
        Known {
            read_at: Some(now),
            published: Arc::new(JwkSet { keys: rows.iter().filter_map(jwk).collect() }),
            signers: rows.iter().filter_map(|row| self.open(row)).collect(),
            verifiers: rows.iter().filter_map(verifier).collect(),
        }
    }

    fn open(&self, row: &Row) -> Option<Signer> {
        let private = self.seal.as_ref()?.open(&row.kid, &row.sealed_key)?;
        let algorithm = row.algorithm()?;
        let pair = Pair::read(algorithm, &private)?;
        Some(Signer { kid: row.kid.clone(), algorithm, pair, from: row.signs_from, until: row.signs_until })
    }
}

impl From<&Row> for SigningKey {
    fn from(row: &Row) -> Self {
        let algorithm = row.algorithm().unwrap_or_default();
        Self { kid: row.kid.clone(), algorithm, signs_from: row.signs_from, signs_until: row.signs_until }
    }
}

fn verifier(row: &Row) -> Option<Verifier> {
    Some(Verifier { kid: row.kid.clone(), algorithm: row.algorithm()?, public: row.public_key.clone() })
}

fn jwk(row: &Row) -> Option<Jwk> {
    let algorithm = row.algorithm()?;
    let material = pair::material(algorithm, &row.public_key)?;
    Some(Jwk { material, purpose: "sig", alg: algorithm.code(), kid: row.kid.clone() })
}

/// RFC 7638 §3: the SHA-256 of the members that make the key, in their order, without spaces.
fn thumbprint(algorithm: Algorithm, public: &[u8]) -> Result<String> {
    let material = pair::material(algorithm, public).ok_or(Error::Internal)?;
    let members = serde_json::to_vec(&material).map_err(|_| Error::Internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(members)))
}

fn encoded(part: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(part).map_err(|_| Error::Internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(json))
}

fn decoded<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock as _, signing::Material, testing::World};
    use serde_json::{Value, json};

    fn keys(world: &World, sealing_key: &[u8]) -> SigningKeys {
        of(world, sealing_key, Algorithm::Es256)
    }

    fn of(world: &World, sealing_key: &[u8], algorithm: Algorithm) -> SigningKeys {
        let services = &world.services;
        let (clock, random) = (Arc::clone(&services.clock), Arc::clone(&services.random));
        SigningKeys::new(services.db.clone(), clock, random, sealing_key, algorithm)
    }

    async fn replace(keys: &SigningKeys, compromised: bool) {
        let mut tx = keys.0.db.begin().await.expect("a transaction");
        keys.replace(&mut tx, compromised).await.expect("replaced");
        tx.commit().await.expect("a commit");
        keys.forget();
    }

    async fn kid(keys: &SigningKeys) -> Value {
        let token = keys.sign("t", &json!({})).await.expect("a token");
        let set = keys.published().await.expect("keys");
        verified(&token, &set).expect("a good signature")["kid"].clone()
    }

    fn decode(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    /// The header of a token that one of these keys has signed.
    fn verified(token: &str, set: &JwkSet) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.').expect("a token");
        let header: Value = serde_json::from_slice(&decode(signed.split('.').next()?)).expect("a header");
        let key = set.keys.iter().find(|key| header["kid"] == *key.kid)?;
        assert_eq!(header["alg"], key.alg);
        let (algorithm, public) = match &key.material {
            Material::Point { x, y, .. } => (Algorithm::Es256, [&[4][..], &decode(x), &decode(y)].concat()),
            Material::Octets { x, .. } => (Algorithm::EdDsa, decode(x)),
            Material::Rsa { n, .. } => (Algorithm::Rs256, decode(n)),
        };
        pair::verify(algorithm, &public, signed.as_bytes(), &decode(signature)).then_some(header)
    }

    #[tokio::test]
    async fn a_token_is_verified_by_what_is_published_and_the_database_has_no_private_key() {
        let world = World::empty("lodol").await;
        let keys = keys(&world, &[7; 32]);
        let token = keys.sign("principal+jwt", &json!({"sub": "a"})).await.expect("a token");
        let set = keys.published().await.expect("keys");
        let header = verified(&token, &set).expect("a good signature");
        assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("principal+jwt")));
        let changed = format!(
            "{}e30{}",
            &token[..token.find('.').expect("a dot") + 1],
            &token[token.rfind('.').expect("a dot")..]
        );
        assert!(verified(&changed, &set).is_none());
        let written = serde_json::to_value(&set).expect("JSON");
        let mut members: Vec<_> = written["keys"][0].as_object().expect("a key").keys().collect();
        members.sort();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"], "nothing private");
    }

    #[tokio::test]
    async fn a_token_is_read_as_what_it_was_signed_for_and_not_otherwise() {
        let world = World::empty("lodol").await;
        let (own, foreign) = (keys(&world, &[7; 32]), World::empty("lodol").await);
        let foreign = keys(&foreign, &[7; 32]);
        let read = async |token: &str| own.verify::<Value>("at+jwt", token).await.expect("a database");
        let claims = json!({"sub": "a"});
        let token = own.sign("at+jwt", &claims).await.expect("a token");
        assert_eq!(read(&token).await, Some(claims.clone()));
        let other_kind = own.sign("principal+jwt", &claims).await.expect("a token");
        let other_key = foreign.sign("at+jwt", &claims).await.expect("a token");
        let parts: Vec<&str> = token.split('.').collect();
        let with_header =
            |header: Value| format!("{}.{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()), parts[1], parts[2]);
        let kid = own.published().await.expect("keys").keys[0].kid.clone();
        for wrong in [
            other_kind,
            other_key,
            with_header(json!({"alg": "none", "typ": "at+jwt", "kid": kid})),
            with_header(json!({"alg": "HS256", "typ": "at+jwt", "kid": kid})),
            with_header(json!({"alg": "ES256", "kid": kid})),
            format!("{}.e30.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{token}A"),
            String::new(),
        ] {
            assert_eq!(read(&wrong).await, None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn every_node_signs_with_the_same_key_and_a_restart_makes_no_other() {
        let world = World::empty("lodol").await;
        let (one, other) = (keys(&world, &[7; 32]), keys(&world, &[7; 32]));
        let both = tokio::join!(one.published(), other.published());
        assert_eq!(both.0.expect("keys"), both.1.expect("keys"));
        let token = one.sign("t", &json!({})).await.expect("a token");
        assert!(verified(&token, &keys(&world, &[7; 32]).published().await.expect("keys")).is_some());
    }

    #[tokio::test]
    async fn keys_take_turns_and_each_is_published_before_and_after_its_own() {
        let world = World::empty("lodol").await;
        let keys = keys(&world, &[7; 32]);
        let kid = async |keys: &SigningKeys| {
            keys.rotate().await.expect("rotated");
            let token = keys.sign("t", &json!({})).await.expect("a token");
            let set = keys.published().await.expect("keys");
            (verified(&token, &set).expect("a good signature")["kid"].clone(), set.keys.len())
        };
        let first = kid(&keys).await;
        assert_eq!(first.1, 1);
        world.clock.advance(TERM - LEAD);
        assert_eq!(kid(&keys).await, (first.0.clone(), 2), "the next one is known, and does not sign yet");
        world.clock.advance(LEAD);
        let second = kid(&keys).await;
        assert!(second.0 != first.0 && second.1 == 2, "what the first one signed is still good");
        world.clock.advance(AFTER);
        assert_eq!(kid(&keys).await, (second.0, 1));
        assert!(world.clock.now() > Time::UNIX_EPOCH);
    }

    #[tokio::test]
    async fn a_node_whose_clock_is_behind_signs_with_the_first_key_as_well() {
        let world = World::empty("lodol").await;
        keys(&world, &[7; 32]).rotate().await.expect("rotated");
        world.clock.set(-TimeDelta::hours(1));
        let late = keys(&world, &[7; 32]);
        let token = late.sign("t", &json!({})).await.expect("a token");
        assert!(verified(&token, &late.published().await.expect("keys")).is_some());
    }

    #[tokio::test]
    async fn an_instance_whose_sealing_key_was_replaced_makes_a_key_that_it_can_use() {
        let world = World::empty("lodol").await;
        keys(&world, &[7; 32]).rotate().await.expect("rotated");
        let keys = keys(&world, &[8; 32]);
        let token = keys.sign("t", &json!({})).await.expect("a token");
        let set = keys.published().await.expect("keys");
        assert!(verified(&token, &set).is_some() && set.keys.len() == 2);
    }

    #[tokio::test]
    async fn another_algorithm_is_published_before_it_signs_and_what_the_old_one_signed_stays_good() {
        let world = World::empty("lodol").await;
        let old = keys(&world, &[7; 32]);
        let (first, token) = (kid(&old).await, old.sign("t", &json!({"sub": "a"})).await.expect("a token"));
        for (algorithm, kty) in [(Algorithm::EdDsa, "OKP"), (Algorithm::Rs256, "RSA")] {
            let keys = of(&world, &[7; 32], algorithm);
            keys.rotate().await.expect("rotated");
            let before = kid(&keys).await;
            world.clock.advance(NOTICE);
            let after = kid(&keys).await;
            assert!(before != after, "{algorithm:?} waits for its turn");
            let set = serde_json::to_value(keys.published().await.expect("keys")).expect("JSON");
            let signer = set["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == after);
            let signer = signer.expect("it is published");
            assert_eq!((&signer["kty"], &signer["alg"]), (&json!(kty), &json!(algorithm.code())));
            assert_eq!(keys.verify::<Value>("t", &token).await.expect("read"), Some(json!({"sub": "a"})));
        }
        assert_eq!(old.list().await.expect("keys")[0].kid, first, "none was thrown away");
    }

    #[tokio::test]
    async fn a_replaced_key_signs_until_everybody_knows_its_successor() {
        let world = World::empty("lodol").await;
        let keys = keys(&world, &[7; 32]);
        let first = kid(&keys).await;
        replace(&keys, false).await;
        assert_eq!((kid(&keys).await, keys.published().await.expect("keys").keys.len()), (first.clone(), 2));
        world.clock.advance(NOTICE);
        assert_ne!(kid(&keys).await, first);
        world.clock.advance(AFTER);
        keys.rotate().await.expect("rotated");
        assert_eq!(keys.list().await.expect("keys").len(), 1);
    }

    #[tokio::test]
    async fn what_a_key_in_the_wrong_hands_has_signed_is_not_good_any_more() {
        let world = World::empty("lodol").await;
        let keys = keys(&world, &[7; 32]);
        let token = keys.sign("t", &json!({})).await.expect("a token");
        replace(&keys, true).await;
        assert_eq!(keys.verify::<Value>("t", &token).await.expect("read"), None);
        let new = keys.sign("t", &json!({})).await.expect("a token");
        assert_eq!(keys.verify::<Value>("t", &new).await.expect("read"), Some(json!({})));
        assert_eq!(keys.list().await.expect("keys").len(), 1);
    }

    #[tokio::test]
    async fn a_node_learns_of_a_key_that_another_one_made_when_it_meets_its_name() {
        let world = World::empty("lodol").await;
        let (one, other) = (keys(&world, &[7; 32]), keys(&world, &[7; 32]));
        other.rotate().await.expect("rotated");
        replace(&one, true).await;
        let token = one.sign("t", &json!({})).await.expect("a token");
        world.clock.advance(LOOK);
        assert_eq!(other.verify::<Value>("t", &token).await.expect("read"), Some(json!({})));
    }
}
