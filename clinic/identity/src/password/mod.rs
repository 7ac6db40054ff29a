//! Passwords: Argon2id with the parameters of the OWASP password storage cheat sheet (19 MiB, two passes, one lane).

mod common;

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use platform::error::{Error, Result};
use platform::phi::Phi;
use tokio::sync::Semaphore;

pub use common::refuse as refuse_common;

/// Each hash takes 19 MiB and a core for some ten milliseconds; more at once would starve everything else.
static PLACES: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get))));

/// What is compared with when there is no such account, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// The hash of a password, in PHC string format.
pub async fn hash(password: Phi<String>) -> Result<String> {
    elsewhere(move || hash_now(password.expose())).await?
}

/// Whether the password is the one that was hashed; `None` for an account that does not exist, which takes as long.
pub async fn verify(password: Phi<String>, hash: Option<String>) -> Result<bool> {
    elsewhere(move || {
        // made the first time, and for every account alike
        let nobody = NOBODY.clone();
        let exists = hash.is_some();
        let text = hash.unwrap_or(nobody);
        let parsed = PasswordHash::new(&text).map_err(|_| Error::internal("a password hash that cannot be read"))?;
        Ok(Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok() && exists)
    })
    .await?
}

fn hash_now(password: &str) -> Result<String> {
    let hash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|_| Error::internal("hashing a password"))?;
    Ok(hash.to_string())
}

async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let place = Arc::clone(&PLACES).acquire_owned().await.map_err(Error::internal)?;
    // the place is held until the work is done, even if whoever asked for it has gone
    let held = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(held).await.map_err(Error::internal)
}

/// An attempt at a password; a longer one than any that we took is not worth hashing.
pub fn fits(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().len() <= 1000 { Ok(()) } else { Err(garde::Error::new("too_long: Use at most 200 characters.")) }
}

/// At least ten characters (NIST SP 800-63B asks for eight). Whether it is easily guessed depends on who chooses it:
/// [`refuse_common`].
pub fn check(value: &Phi<String>, (): &()) -> garde::Result {
    let value = value.expose();
    let length = value.chars().count();
    if length < 10 {
        return Err(garde::Error::new("too_short: Use at least 10 characters."));
    }
    if length > 200 {
        return Err(garde::Error::new("too_long: Use at most 200 characters."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_existing_account_passes() {
        let hash = hash(Phi::new("correct horse battery".to_owned())).await.expect("hashes");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verified = async |password: &str, hash: Option<String>| {
            verify(Phi::new(password.to_owned()), hash).await.expect("verifies")
        };
        assert!(verified("correct horse battery", Some(hash.clone())).await);
        assert!(!verified("correct horse batterz", Some(hash)).await);
        assert!(!verified("nobody has this password", None).await);
    }

    #[test]
    fn short_and_endless_ones_are_refused() {
        let checked = |text: &str| check(&Phi::new(text.to_owned()), &());
        assert!(checked("كلمة سر طويلة").is_ok());
        assert!(checked("123456789").is_err());
        assert!(checked(&"ab".repeat(101)).is_err());
    }
}
