//! Public keys of a provider (RFC 7517): fetched when needed, kept ten minutes, and fetched anew when a token names a
//! key that is not among them, but seldom: whoever invents names of keys cannot make us ask the provider each time.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use platform::clock::Clock;
use platform::egress::{self, Egress, Url};
use platform::error::Result;
use platform::jwt::Head;
use serde::Deserialize;
use serde_json::Value;

/// How long keys are used without asking again.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// How long they are used while the provider does not answer.
const USABLE: SignedDuration = SignedDuration::from_mins(60);
/// The least between two questions to the provider.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// More keys than any provider has.
const MOST: usize = 50;

/// A public key, with the one algorithm that it checks.
struct Key {
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Default)]
struct Known {
    /// By name; the key without one under the empty name.
    keys: HashMap<String, Arc<Key>>,
    fetched: Option<Timestamp>,
    asked: Option<Timestamp>,
}

/// The keys behind one address.
pub struct KeySet {
    egress: Egress,
    clock: Clock,
    known: RwLock<Known>,
    /// Held by the one who asks; the others wait for what comes of it.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    pub fn new(egress: Egress, clock: Clock) -> Self {
        Self { egress, clock, known: RwLock::default(), asking: tokio::sync::Mutex::default() }
    }

    /// The key that a token names, if the algorithm of the token is the one of that key.
    pub async fn find(&self, url: &Url, head: &Head) -> Result<Option<DecodingKey>> {
        let key = match self.look(head, FRESH) {
            Some(key) => Some(key),
            None => {
                let asked = self.ask(url, head).await;
                let key = self.look(head, USABLE);
                // without an answer and without a key nobody can say whether the token is good
                if key.is_none() {
                    asked?;
                }
                key
            }
        };
        Ok(key.filter(|key| key.algorithm == head.algorithm).map(|key| key.key.clone()))
    }

    fn look(&self, head: &Head, age: SignedDuration) -> Option<Arc<Key>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let fetched = known.fetched?;
        if self.clock.now().duration_since(fetched) >= age {
            return None;
        }
        match &head.key {
            Some(name) => known.keys.get(name).cloned(),
            // a token without a name is unambiguous only where there is one key (OpenID Connect Core §10.1)
            None if known.keys.len() == 1 => known.keys.values().next().cloned(),
            None => None,
        }
    }

    async fn ask(&self, url: &Url, head: &Head) -> Result<()> {
        let _turn = self.asking.lock().await;
        if self.look(head, FRESH).is_some() {
            return Ok(());
        }
        let now = self.clock.now();
        {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            if known.asked.is_some_and(|asked| now.duration_since(asked) < PAUSE) {
                let has_keys = known.fetched.is_some_and(|fetched| now.duration_since(fetched) < USABLE);
                return if has_keys { Ok(()) } else { Err(egress::unavailable()) };
            }
            known.asked = Some(now);
        }
        let published: Published = egress::json(self.egress.get(url)?).await?;
        let keys = published.keys.into_iter().take(MOST).filter_map(read).collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.keys = keys;
        known.fetched = Some(now);
        Ok(())
    }
}

/// A key for signatures. Symmetric ones have no place in a public list and are left out, as is what we do not know.
fn read(value: Value) -> Option<(String, Arc<Key>)> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let common = &jwk.common;
    if !matches!(common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    if common.key_operations.as_ref().is_some_and(|may| !may.contains(&KeyOperations::Verify)) {
        return None;
    }
    let algorithm = match (&jwk.algorithm, common.key_algorithm) {
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Algorithm::RS256,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::RS384)) => Algorithm::RS384,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::RS512)) => Algorithm::RS512,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS256)) => Algorithm::PS256,
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES256))
            if key.curve == EllipticCurve::P256 =>
        {
            Algorithm::ES256
        }
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES384))
            if key.curve == EllipticCurve::P384 =>
        {
            Algorithm::ES384
        }
        (AlgorithmParameters::OctetKeyPair(key), None | Some(KeyAlgorithm::EdDSA))
            if key.curve == EllipticCurve::Ed25519 =>
        {
            Algorithm::EdDSA
        }
        _ => return None,
    };
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((jwk.common.key_id.unwrap_or_default(), Arc::new(Key { algorithm, key })))
}
