//! Idempotency keys: the same request under the same key happens once, and is answered the same way again.
//!
//! The key's row and the effect commit together. A second request that comes while the first is under way waits for
//! it on the row; another body under the same key is refused. Answers are kept for 48 hours.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::crypto::{Place, sha256};
use crate::db::{Actor, Caller, TenantTx};
use crate::error::{Error, FieldError, Result};
use crate::guard::Can;

/// The `Idempotency-Key` header: a UUID that the client makes anew for each thing it wants done.
#[derive(Clone, Copy, Debug)]
pub struct IdempotencyKey(Uuid);

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let header = parts.headers.get("idempotency-key").ok_or_else(|| {
            Error::new(
                StatusCode::BAD_REQUEST,
                "idempotency.key_missing",
                "Send an Idempotency-Key header with a new UUID, and the same one when you repeat this request.",
            )
        })?;
        let key =
            header.to_str().ok().and_then(|text| Uuid::parse_str(text.trim_matches('"')).ok()).ok_or_else(|| {
                Error::invalid(vec![FieldError::new("Idempotency-Key", "invalid", "The key must be a UUID.")])
            })?;
        Ok(Self(key))
    }
}

/// A key bound to what was asked under it.
#[derive(Debug)]
pub struct Request {
    key: IdempotencyKey,
    hash: Vec<u8>,
}

impl IdempotencyKey {
    /// The key itself, for effects that keep their own account of it.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// Binds the key to an operation and its body.
    ///
    /// # Errors
    /// Never in practice: bodies come from JSON.
    pub fn of(self, operation: &str, body: &impl Serialize) -> Result<Request> {
        let text = serde_json::to_vec(&(operation, body)).map_err(Error::internal)?;
        Ok(Request { key: self, hash: sha256(&text) })
    }
}

/// An answer, given now or given before.
#[derive(Debug)]
pub struct Once {
    status: StatusCode,
    body: Vec<u8>,
    replayed: bool,
}

impl IntoResponse for Once {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        if self.replayed {
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

impl<P> Can<P> {
    /// Runs `work` once for this key and request, and answers 201 with what it gave.
    ///
    /// # Errors
    /// 422 `idempotency.key_reused` when the key came with another request before; what `work` answers otherwise.
    /// Failures are not kept: the same key may try again.
    pub async fn create_once<T: Serialize>(
        &self,
        request: Request,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<Once> {
        create_once(self.app(), self.caller(), request, work).await
    }
}

/// The same for a caller who has not signed in.
///
/// # Errors
/// As [`Can::create_once`].
pub async fn create_once<T: Serialize>(
    app: &App,
    caller: &Caller,
    Request { key, hash }: Request,
    work: impl AsyncFn(&mut TenantTx) -> Result<T>,
) -> Result<Once> {
    app.door
        .write(caller, async move |tx| {
            if let Some(given) = claim(tx, key, &hash).await? {
                return Ok(given);
            }
            let body = serde_json::to_vec(&work(tx).await?).map_err(Error::internal)?;
            let once = Once { status: StatusCode::CREATED, body, replayed: false };
            keep(tx, key, &once).await?;
            Ok(once)
        })
        .await
}

/// Takes the key, or answers what was answered before under it.
async fn claim(tx: &mut TenantTx, key: IdempotencyKey, hash: &[u8]) -> Result<Option<Once>> {
    let (practice, user) = (tx.practice(), caller_of(tx)?);
    let taken = sqlx::query!(
        "insert into api.idempotency_key (practice_id, user_id, key, request_hash) values ($1, $2, $3, $4)
         on conflict do nothing",
        practice,
        user,
        key.0,
        hash,
    )
    .execute(tx.conn())
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(None);
    }
    let given = sqlx::query!(
        "select request_hash, status, answer from api.idempotency_key where practice_id = $1 and user_id = $2 and key = $3",
        practice,
        user,
        key.0,
    )
    .fetch_one(tx.conn())
    .await?;
    if given.request_hash != hash {
        return Err(reused());
    }
    let (Some(status), Some(answer)) = (given.status, given.answer) else {
        return Err(Error::internal("an idempotency key without its answer"));
    };
    let body = tx.open(place(key), &answer).await?;
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    Ok(Some(Once { status: status.unwrap_or(StatusCode::OK), body, replayed: true }))
}

/// That a key came with another request before.
#[must_use]
pub fn reused() -> Error {
    Error::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency.key_reused",
        "This Idempotency-Key was used for another request; make a new one.",
    )
}

async fn keep(tx: &mut TenantTx, key: IdempotencyKey, once: &Once) -> Result<()> {
    let (practice, user) = (tx.practice(), caller_of(tx)?);
    let sealed = tx.seal(place(key), &once.body).await?;
    sqlx::query!(
        "update api.idempotency_key set status = $4, answer = $5 where practice_id = $1 and user_id = $2 and key = $3",
        practice,
        user,
        key.0,
        i32::from(once.status.as_u16()),
        sealed,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn place(key: IdempotencyKey) -> Place<'static> {
    Place { table: "api.idempotency_key", column: "answer", row: key.0 }
}

/// Keys are each caller's own, be it a person or a program. Visitors, of whom nothing is known, share one name: their
/// keys are random, and what was answered under one is told only to whoever sends the same request.
fn caller_of(tx: &TenantTx) -> Result<Uuid> {
    match &tx.caller().actor {
        Actor::Visitor => Ok(Uuid::nil()),
        actor => actor.id().ok_or_else(|| Error::internal("an idempotency key without a caller")),
    }
}
