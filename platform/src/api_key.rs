//! API keys: how a program says who it is. `vk_` and 256 random bits; only their hash is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::app::App;
use crate::crypto::{random_token, sha256};
use crate::error::{Result, key_refused};
use crate::id::{ApiKeyId, PracticeId};
use crate::permission::Rights;

/// What every key begins with, so that people and scanners for leaked secrets know one when they see it.
pub const PREFIX: &str = "vk_";

/// A new key, and what is kept of it.
#[derive(Debug)]
pub struct NewKey {
    /// The key itself, which is shown once.
    pub key: String,
    /// What it is found by.
    pub hash: Vec<u8>,
    /// Its first characters.
    pub prefix: String,
    /// Its last four.
    pub last_four: String,
}

/// Makes a key.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn make() -> Result<NewKey> {
    let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_token()?));
    let (prefix, last_four) = (key[..PREFIX.len() + 4].to_owned(), key[key.len() - 4..].to_owned());
    Ok(NewKey { hash: sha256(key.as_bytes()), prefix, last_four, key })
}

/// A key that was recognised.
pub(crate) struct Known {
    pub key: ApiKeyId,
    pub practice: PracticeId,
    pub rights: Rights,
    pub expires: Timestamp,
}

/// Finds the key, and notes to the minute that it was used. Whether it still serves is asked again by each transaction.
pub(crate) async fn find(app: &App, key: &str) -> Result<Known> {
    let mut tx = app.db().auth().await?;
    let row = sqlx::query!(
        r#"select k.practice_id, k.id, k.scopes, k.expires_at,
                  k.last_used_at is null or k.last_used_at < now() - interval '1 minute' as "is_new_minute!"
             from auth.api_key k where k.hash = $1 and k.revoked_at is null and k.expires_at > now()"#,
        sha256(key.as_bytes()),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(key_refused)?;
    if row.is_new_minute {
        sqlx::query!(
            "update auth.api_key set last_used_at = now() where practice_id = $1 and id = $2",
            row.practice_id,
            row.id,
        )
        .execute(tx.conn())
        .await?;
    }
    tx.commit().await?;
    Ok(Known {
        key: ApiKeyId(row.id),
        practice: PracticeId(row.practice_id),
        rights: Rights::listed(&row.scopes),
        expires: row.expires_at.to_jiff(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_256_bits_of_which_nothing_but_the_ends_is_kept() {
        let (one, other) = (make().expect("a key"), make().expect("a key"));
        assert!(one.key.starts_with(&one.prefix) && one.key.ends_with(&one.last_four) && one.key != other.key);
        assert_eq!((one.key.len(), one.prefix.len(), one.last_four.len()), (46, 7, 4));
        assert_eq!(one.hash, sha256(one.key.as_bytes()));
    }
}
