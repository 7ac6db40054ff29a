//! Questions that wait for their answer: handed out as a token of 256 bits, kept as its hash, good for five minutes and
//! one right answer.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::crypto::{random_token, sha256};
use platform::db::AuthTx;
use platform::error::{Error, Result};
use platform::id::{PracticeId, UserId};
use platform::phi::Phi;

/// Wrong answers that a question bears.
const WRONG: i32 = 5;

/// A question to be put, or one that was found again.
#[derive(Clone, Debug)]
pub struct Question {
    kind: &'static str,
    /// Who is asked; nobody yet where the answer says it.
    pub user: Option<UserId>,
    /// The practice that sign-in leads to.
    pub practice: Option<PracticeId>,
    /// What the answer is checked against, sealed.
    pub state: Option<Vec<u8>>,
    hash: Vec<u8>,
}

impl Question {
    fn new(kind: &'static str) -> Self {
        Self { kind, user: None, practice: None, state: None, hash: Vec::new() }
    }

    /// For the second factor of somebody whose first was right.
    #[must_use]
    pub fn second_factor(user: UserId, practice: PracticeId) -> Self {
        Self { user: Some(user), practice: Some(practice), ..Self::new("second_factor") }
    }

    /// For a passkey of whoever has one.
    #[cfg(feature = "passkeys")]
    #[must_use]
    pub fn passkey(state: Vec<u8>) -> Self {
        Self { state: Some(state), ..Self::new("passkey") }
    }

    /// For a new passkey of somebody who is signed in.
    #[cfg(feature = "passkeys")]
    #[must_use]
    pub fn add_passkey(user: UserId, state: Vec<u8>) -> Self {
        Self { user: Some(user), state: Some(state), ..Self::new("add_passkey") }
    }

    /// Keeps it, and answers its token.
    pub async fn put(self, tx: &mut AuthTx) -> Result<Phi<String>> {
        let token = random_token()?;
        sqlx::query!(
            "insert into auth.challenge (hash, kind, user_id, practice_id, state) values ($1, $2, $3, $4, $5)",
            sha256(&token),
            self.kind,
            self.user.map(UserId::uuid),
            self.practice.map(PracticeId::uuid),
            self.state,
        )
        .execute(tx.conn())
        .await?;
        Ok(Phi::new(URL_SAFE_NO_PAD.encode(token)))
    }

    /// The question of a token, locked until the transaction ends: of two answers the second waits for the first.
    ///
    /// # Errors
    /// 401 `auth.challenge_expired` when it is unknown, too old, answered, or was answered wrongly too often.
    pub async fn find(tx: &mut AuthTx, kind: &'static str, token: &Phi<String>) -> Result<Self> {
        let hash = sha256(&URL_SAFE_NO_PAD.decode(token.expose()).unwrap_or_default());
        let row = sqlx::query!(
            "select user_id, practice_id, state from auth.challenge
              where hash = $1 and kind = $2 and used_at is null and expires_at > now() and wrong < $3 for update",
            hash,
            kind,
            WRONG,
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(expired)?;
        let (user, practice) = (row.user_id.map(UserId), row.practice_id.map(PracticeId));
        Ok(Self { kind, user, practice, state: row.state, hash })
    }

    /// Remembers what its answer is to be checked against.
    #[cfg(feature = "passkeys")]
    pub async fn keep(&self, tx: &mut AuthTx, state: &[u8]) -> Result<()> {
        sqlx::query!("update auth.challenge set state = $2 where hash = $1", self.hash, state)
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    /// The right answer has come.
    pub async fn answered(&self, tx: &mut AuthTx) -> Result<()> {
        sqlx::query!("update auth.challenge set used_at = now() where hash = $1", self.hash).execute(tx.conn()).await?;
        Ok(())
    }

    /// A wrong answer has come.
    pub async fn missed(&self, tx: &mut AuthTx) -> Result<()> {
        sqlx::query!("update auth.challenge set wrong = wrong + 1 where hash = $1", self.hash)
            .execute(tx.conn())
            .await?;
        Ok(())
    }
}

fn expired() -> Error {
    Error::unauthorized("auth.challenge_expired", "This took too long or was tried too often; begin again.")
}

/// 401 for a code or a passkey that is not right.
pub fn wrong() -> Error {
    Error::new(StatusCode::UNAUTHORIZED, "auth.invalid_code", "This code is not right; try the next one.")
}

/// A token as it comes back.
pub fn fits(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().len() <= 100 { Ok(()) } else { Err(garde::Error::new("too_long: This is not a token.")) }
}
