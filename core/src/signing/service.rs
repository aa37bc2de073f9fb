//! Making, keeping, changing and using signing keys.

use super::{
    Jwk, JwkSet,
    seal::Seal,
    store::{self, Row},
};
use crate::{
    Time,
    clock::SharedClock,
    db::Db,
    error::{Error, Result},
    random::SharedRandom,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// For how long one key signs.
const TERM: TimeDelta = TimeDelta::days(90);
/// How long before its turn the next one is published: whoever verifies may keep what it fetched for a while.
const LEAD: TimeDelta = TimeDelta::days(7);
/// How long after its turn it still is: what it signed last must have ended by then.
const AFTER: TimeDelta = TimeDelta::days(1);

/// The instance's signing keys. Clones share one memory; nodes share them through the database.
#[derive(Clone)]
pub struct SigningKeys(Arc<Inner>);

struct Inner {
    db: Db,
    clock: SharedClock,
    random: SharedRandom,
    seal: Option<Seal>,
    /// As they were when the database was last asked.
    known: RwLock<Arc<Known>>,
    /// One of those who find none asks the database; the others wait.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Known {
    published: Vec<Jwk>,
    signers: Vec<Signer>,
    verifiers: Vec<Verifier>,
}

/// A key that something may be signed with.
struct Verifier {
    kid: String,
    point: Vec<u8>,
}

/// A key that this node can sign with.
struct Signer {
    kid: String,
    pair: EcdsaKeyPair,
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
    /// The keys in this database, which are sealed by this key.
    #[must_use]
    pub fn new(db: Db, clock: SharedClock, random: SharedRandom, sealing_key: &[u8]) -> Self {
        let seal = Seal::new(sealing_key);
        Self(Arc::new(Inner { db, clock, random, seal, known: RwLock::default(), turn: Mutex::default() }))
    }

    /// What others verify by.
    pub async fn published(&self) -> Result<JwkSet> {
        let known = match self.known() {
            known if known.published.is_empty() => self.renew().await?,
            known => known,
        };
        Ok(JwkSet { keys: known.published.clone() })
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
        let header = Header { alg: "ES256", typ, kid: &signer.kid };
        let mut token = encoded(&header)?;
        token.push('.');
        token.push_str(&encoded(claims)?);
        // Each signature needs a number of its own that nobody can guess. The library takes it from the system itself.
        let signature = signer.pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(|_| Error::Internal)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The claims of a token that one of these keys has signed as this `typ`; none for every other text. When it ends, and
    /// for whom it is, is for the caller to look at.
    pub async fn verify<T: DeserializeOwned>(&self, typ: &str, token: &str) -> Result<Option<T>> {
        let Some((signed, signature)) = token.rsplit_once('.') else { return Ok(None) };
        let Some((header, claims)) = signed.split_once('.') else { return Ok(None) };
        let Some(header) = decoded::<Presented>(header) else { return Ok(None) };
        // Keys of this kind know one algorithm, whatever a header would like (RFC 8725 §3.1).
        if header.alg != "ES256" || header.typ != typ {
            return Ok(None);
        }
        let known = match self.known() {
            known if known.verifiers.is_empty() => self.renew().await?,
            known => known,
        };
        let Some(verifier) = known.verifiers.iter().find(|verifier| verifier.kid == header.kid) else {
            return Ok(None);
        };
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return Ok(None) };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &verifier.point);
        Ok(key.verify(signed.as_bytes(), &signature).ok().and_then(|()| decoded(claims)))
    }

    /// Learns what other nodes have made, makes the next key if it is time, and forgets those that are over.
    pub async fn rotate(&self) -> Result<()> {
        self.renew().await.map(drop)
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.0.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn renew(&self) -> Result<Arc<Known>> {
        let keys = &*self.0;
        let _turn = keys.turn.lock().await;
        let now = keys.clock.now();
        store::forget(&keys.db, now - AFTER).await?;
        let mut rows = store::all(&keys.db).await?;
        if let Some(from) = keys.next_from(&rows, now) {
            store::insert(&keys.db, &keys.make(&rows, from)?).await?;
            rows = store::all(&keys.db).await?;
        }
        let signers = rows.iter().filter_map(|row| keys.open(row)).collect();
        let verifiers =
            rows.iter().map(|row| Verifier { kid: row.kid.clone(), point: row.public_key.clone() }).collect();
        let known = Arc::new(Known { published: rows.iter().filter_map(jwk).collect(), signers, verifiers });
        *keys.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&known);
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
        let last = rows.iter().filter(|row| self.open(row).is_some()).map(|row| row.signs_until).max();
        let last = last.unwrap_or(now);
        (last <= now + LEAD).then_some(last.max(now))
    }

    fn make(&self, rows: &[Row], from: Time) -> Result<Row> {
        // The library makes keys of the system's randomness alone.
        let private = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let private = private.map_err(|_| Error::Internal)?;
        let public_key = pair(private.as_ref()).ok_or(Error::Internal)?.public_key().as_ref().to_vec();
        let (x, y) = coordinates(&public_key).ok_or(Error::Internal)?;
        let kid = thumbprint(&x, &y);
        let sealed = self.seal.as_ref().and_then(|seal| seal.seal(&kid, private.as_ref(), self.random.as_ref()));
        Ok(Row {
            generation: rows.last().map_or(1, |row| row.generation + 1),
            sealed_key: sealed.ok_or(Error::Internal)?,
            kid,
            public_key,
            signs_from: from,
            signs_until: from + TERM,
        })
    }

    fn open(&self, row: &Row) -> Option<Signer> {
        let private = self.seal.as_ref()?.open(&row.kid, &row.sealed_key)?;
        Some(Signer { kid: row.kid.clone(), pair: pair(&private)?, from: row.signs_from, until: row.signs_until })
    }
}

fn pair(private: &[u8]) -> Option<EcdsaKeyPair> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private, &SystemRandom::new()).ok()
}

fn jwk(row: &Row) -> Option<Jwk> {
    let (x, y) = coordinates(&row.public_key)?;
    Some(Jwk { kty: "EC", crv: "P-256", purpose: "sig", alg: "ES256", kid: row.kid.clone(), x, y })
}

/// Of a point that is written uncompressed: 4, then both (SEC 1 §2.3.3).
fn coordinates(point: &[u8]) -> Option<(String, String)> {
    let (x, y) = point.strip_prefix(&[4]).filter(|rest| rest.len() == 64)?.split_at(32);
    Some((BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y)))
}

/// RFC 7638 §3: the SHA-256 of the members that make the key, in their order, without spaces.
fn thumbprint(x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(members))
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
    use crate::{clock::Clock as _, testing::World};
    use serde_json::{Value, json};

    fn keys(world: &World, sealing_key: &[u8]) -> SigningKeys {
        let services = &world.services;
        let (clock, random) = (Arc::clone(&services.clock), Arc::clone(&services.random));
        SigningKeys::new(services.db.clone(), clock, random, sealing_key)
    }

    fn decode(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    /// The header of a token that one of these keys has signed.
    fn verified(token: &str, set: &JwkSet) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.').expect("a token");
        let header: Value = serde_json::from_slice(&decode(signed.split('.').next()?)).expect("a header");
        let key = set.keys.iter().find(|key| header["kid"] == *key.kid)?;
        let point = [&[4][..], &decode(&key.x), &decode(&key.y)].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(signed.as_bytes(), &decode(signature)).ok().map(|()| header)
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
}
