//! Limits: token buckets per address, user and practice. In this process for the everyday flood; through PostgreSQL
//! where a limit must hold over several processes (sign-in, sign-up).

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use uuid::Uuid;

use crate::config::Config;
use crate::crypto::sha256;
use crate::db::AuthTx;
use crate::error::{Error, Result};

/// The buckets of this process.
#[derive(Clone, Debug)]
pub struct Limits {
    address: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    user: Arc<DefaultKeyedRateLimiter<Uuid>>,
    practice: Arc<DefaultKeyedRateLimiter<Uuid>>,
    /// What visitors of a practice's public page make, apart from its own people.
    visitors: Arc<DefaultKeyedRateLimiter<Uuid>>,
    /// What comes to the addresses of workflows.
    hooks: Arc<DefaultKeyedRateLimiter<Uuid>>,
    /// Of practices with a limit of their own.
    own: Arc<RwLock<HashMap<Uuid, Own>>>,
}

/// A practice's own limit.
#[derive(Debug)]
struct Own {
    per_second: u32,
    bucket: DefaultDirectRateLimiter,
}

impl Own {
    fn new(per_second: u32) -> Self {
        Self { per_second, bucket: RateLimiter::direct(quota(per_second)) }
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

impl Limits {
    /// Buckets of the sizes that the settings say; each holds two seconds' worth.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            address: keyed(config.rate_per_address),
            user: keyed(config.rate_per_user),
            practice: keyed(config.rate_per_practice),
            visitors: keyed(config.rate_per_practice),
            hooks: keyed(config.rate_per_hook),
            own: Arc::default(),
        }
    }

    pub(crate) fn check_address(&self, address: IpAddr) -> Result<()> {
        check(&self.address, &network(address))
    }

    pub(crate) fn check_caller(&self, user: Uuid, practice: Uuid) -> Result<()> {
        check(&self.user, &user)?;
        match read(&self.own).get(&practice) {
            Some(own) => {
                own.bucket.check().map_err(|denied| limited(denied.wait_time_from(DefaultClock::default().now())))
            }
            None => check(&self.practice, &practice),
        }
    }

    /// What visitors of a practice's public page ask for. It is no part of what its own people may ask for, so that a
    /// flood of the one does not stop the other.
    ///
    /// # Errors
    /// 429 with when to come back.
    pub fn check_visitors(&self, practice: Uuid) -> Result<()> {
        check(&self.visitors, &practice)
    }

    /// What comes to the address of a workflow; asked once it is proved, so that strangers use up nothing of it.
    ///
    /// # Errors
    /// 429 with when to come back.
    pub fn check_hook(&self, workflow: Uuid) -> Result<()> {
        check(&self.hooks, &workflow)
    }

    pub(crate) fn check_administrator(&self, administrator: Uuid) -> Result<()> {
        check(&self.user, &administrator)
    }

    /// Practices with a limit of their own, in requests per second; all others have the settings' one.
    pub fn set_own(&self, rates: &HashMap<Uuid, u32>) {
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        own.retain(|practice, limit| rates.get(practice) == Some(&limit.per_second));
        for (practice, per_second) in rates {
            own.entry(*practice).or_insert_with(|| Own::new(*per_second));
        }
    }

    /// Sets the limit of one practice in this process at once; without one it has the settings' again.
    pub fn set_own_of(&self, practice: Uuid, per_second: Option<u32>) {
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        match per_second {
            Some(per_second) if own.get(&practice).is_some_and(|limit| limit.per_second == per_second) => {}
            Some(per_second) => drop(own.insert(practice, Own::new(per_second))),
            None => drop(own.remove(&practice)),
        }
    }

    /// Forgets buckets that are full again; called now and then.
    pub fn tidy(&self) {
        self.address.retain_recent();
        self.user.retain_recent();
        self.practice.retain_recent();
        self.visitors.retain_recent();
        self.hooks.retain_recent();
    }
}

fn keyed<K: std::hash::Hash + Eq + Clone>(per_second: u32) -> Arc<DefaultKeyedRateLimiter<K>> {
    Arc::new(RateLimiter::keyed(quota(per_second)))
}

fn quota(per_second: u32) -> Quota {
    let rate = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(rate).allow_burst(rate.saturating_mul(TWO))
}

const TWO: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

fn check<K: std::hash::Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
    limiter.check_key(key).map_err(|denied| limited(denied.wait_time_from(DefaultClock::default().now())))
}

/// 429, with when to come back.
#[must_use]
pub fn limited(after: Duration) -> Error {
    Error::new(StatusCode::TOO_MANY_REQUESTS, "rate.limited", "Too many requests; wait a little.")
        .retry_after(after.max(Duration::from_secs(1)))
}

/// An IPv6 subscriber holds a whole /64; it counts as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

/// What of a client's address counts for limits: all of it, or the network that one subscriber holds.
#[must_use]
pub fn network_of(ip: Option<&str>) -> String {
    let text = ip.unwrap_or_default();
    text.parse().map_or_else(|_| text.to_owned(), |ip: IpAddr| network(ip.to_canonical()).to_string())
}

/// A bucket that all processes share.
#[derive(Clone, Copy, Debug)]
pub struct SharedBucket<'a> {
    /// What is limited, `sign_in.address`.
    pub name: &'a str,
    /// For whom. Only its hash is stored.
    pub key: &'a str,
    /// How many at once.
    pub burst: u32,
    /// How many in the long run.
    pub per_second: f64,
}

impl SharedBucket<'_> {
    /// Takes one token, in the caller's transaction, which should be committed even when what follows fails.
    ///
    /// # Errors
    /// 429 with when to come back.
    pub async fn take(&self, tx: &mut AuthTx) -> Result<()> {
        if self.burst == 0 {
            return Err(limited(Duration::from_secs(3600)));
        }
        let hash = base64::engine::general_purpose::STANDARD.encode(sha256(self.key.as_bytes()));
        let burst = i32::try_from(self.burst).unwrap_or(i32::MAX);
        let wait = sqlx::query_scalar!(
            r#"select sec.take_token($1, $2, $3) as "wait!""#,
            format!("{}:{hash}", self.name),
            burst,
            self.per_second
        )
        .fetch_one(tx.conn())
        .await?;
        if wait > 0.0 { Err(limited(Duration::from_secs_f64(wait))) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_says_when_to_return() {
        let limits = Limits::new(&Config { rate_per_address: 1, ..Config::default() });
        let address = "203.0.113.7".parse().expect("address");
        assert!(limits.check_address(address).is_ok());
        assert!(limits.check_address(address).is_ok());
        let error = limits.check_address(address).expect_err("empty");
        assert_eq!((error.code(), error.after()), ("rate.limited", Some(Duration::from_secs(1))));
        assert!(limits.check_address("203.0.113.8".parse().expect("address")).is_ok());
    }

    #[test]
    fn a_practice_may_have_a_limit_of_its_own() {
        let limits = Limits::new(&Config { rate_per_practice: 1000, rate_per_user: 1000, ..Config::default() });
        let (small, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        limits.set_own(&HashMap::from([(small, 1)]));
        let calls = |practice| (0..4).filter(|_| limits.check_caller(Uuid::now_v7(), practice).is_ok()).count();
        assert_eq!((calls(small), calls(other)), (2, 4));
        limits.set_own_of(small, Some(1));
        assert_eq!(calls(small), 0, "the same limit again does not fill the bucket");
        limits.set_own(&HashMap::from([(small, 2)]));
        assert_eq!(calls(small), 4);
        limits.set_own_of(small, None);
        assert_eq!(calls(small), 4);
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let of = |text: &str| network(text.parse().expect("address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(network_of(Some("::ffff:192.0.2.1")), "192.0.2.1");
    }
}
