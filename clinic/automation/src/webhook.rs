//! A workflow's own address: whoever knows it and its secret begins a run. Signatures are those of Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>): HMAC-SHA256 over id,
//! time and body.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use platform::crypto::{Place, equal, random_token, sha256};
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::{Anybody, Can};
use platform::id::PracticeId;
use platform::limit::Limits;
use platform::permission::workflows as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::definition::Trigger;
use crate::engine::{Start, When, live, orchestrator};
use crate::listen::variables;
use crate::workflow::WorkflowId;
use crate::workflow::row::find;

/// How far the clock of whoever signs may be off, in seconds.
const WINDOW: u64 = 300;
/// The largest body.
const LARGEST: usize = 1024 * 1024;

/// The routes of webhooks.
pub fn routes() -> Routes {
    Routes::new().route(route!(receive_workflow)).route(route!(read_webhook)).route(route!(rotate_webhook))
}

/// A workflow's address.
#[derive(Debug, Serialize, ToSchema)]
struct Webhook {
    /// Where bodies are sent to.
    #[schema(required)]
    address: Option<String>,
    /// What signs them, `whsec_…`; told once, when it is made.
    #[schema(required)]
    secret: Option<String>,
}

/// That a body was taken in.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookReceived {
    /// False for one that was known already.
    new: bool,
}

/// The workflow's address, if it has one.
#[utoipa::path(get, path = "/api/v1/workflows/{id}/webhook", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Webhook)))]
async fn read_webhook(who: Can<may::Publish>, Path(id): Path<WorkflowId>) -> Result<Json<Webhook>> {
    who.read(async move |tx| {
        find(tx, id).await?;
        let practice = tx.practice();
        let row = sqlx::query_scalar!(
            "select address from automation.webhook where practice_id = $1 and workflow_id = $2",
            practice,
            id.uuid(),
        )
        .fetch_optional(tx.conn())
        .await?;
        let address = match row {
            Some(sealed) => Some(tx.open(place("address", id), &sealed).await?),
            None => None,
        };
        let address = address.map(String::from_utf8).transpose().map_err(Error::internal)?;
        let address = address.map(|token| full(tx.public_origin(), &token));
        Ok(Json(Webhook { address, secret: None }))
    })
    .await
}

/// Make a new address and a new secret; the ones before end. The secret is told in this answer only.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/webhook", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Webhook)))]
async fn rotate_webhook(who: Can<may::Publish>, Path(id): Path<WorkflowId>) -> Result<Json<Webhook>> {
    let (random, secret) = (random_token()?, random_token()?);
    who.write(async move |tx| {
        find(tx, id).await?;
        let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
        let token = token(practice, id.uuid(), &random);
        let sealed = tx.seal(place("secret", id), &secret).await?;
        let address = tx.seal(place("address", id), token.as_bytes()).await?;
        sqlx::query!(
            "insert into automation.webhook (practice_id, workflow_id, token_hash, secret, address, rotated_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (practice_id, workflow_id) do update
                set token_hash = excluded.token_hash, secret = excluded.secret, address = excluded.address,
                    rotated_at = excluded.rotated_at",
            practice,
            id.uuid(),
            sha256(token.as_bytes()),
            sealed,
            address,
            now as _,
        )
        .execute(tx.conn())
        .await?;
        tx.record(Change::done("rotate_webhook", "workflow", id.uuid())).await?;
        let secret = Some(format!("whsec_{}", STANDARD.encode(secret)));
        Ok(Json(Webhook { address: Some(full(tx.public_origin(), &token)), secret }))
    })
    .await
}

fn place(column: &'static str, id: WorkflowId) -> Place<'static> {
    Place { table: "automation.webhook", column, row: id.uuid() }
}

fn full(origin: &str, token: &str) -> String {
    format!("{origin}/hooks/workflows/{token}")
}

/// The end of an address says which practice and which workflow, and holds what nobody can guess.
fn token(practice: Uuid, workflow: Uuid, random: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([practice.as_bytes(), workflow.as_bytes(), random].concat())
}

fn read_token(token: &str) -> Option<(Uuid, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 64)?;
    Some((Uuid::from_slice(&bytes[..16]).ok()?, Uuid::from_slice(&bytes[16..32]).ok()?))
}

/// Begin a workflow with a body, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, `webhook-signature`).
#[utoipa::path(post, path = "/hooks/workflows/{token}", tag = "automation",
    request_body(content((Vec<u8> = "application/octet-stream"))),
    params(("token" = String, Path, description = "The end of the workflow's address")),
    responses((status = 202, body = WebhookReceived)))]
async fn receive_workflow(
    from: Anybody,
    Path(address): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<WebhookReceived>)> {
    let (practice, workflow) = read_token(&address).ok_or_else(Error::not_found)?;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST).await.map_err(|_| too_large())?;
    let delivered = Delivered { address, signed: Signed::of(&parts.headers), body: body.to_vec() };
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    let limits = from.app.limits.clone();
    let new = from.app.door.write(&caller, async move |tx| accept(tx, &limits, workflow, &delivered).await).await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReceived { new })))
}

fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "The body is larger than 1 MiB, or was cut off.")
}

struct Delivered {
    address: String,
    signed: Signed,
    body: Vec<u8>,
}

/// What the headers say.
#[derive(Debug, Default)]
struct Signed {
    id: String,
    time: String,
    signatures: String,
}

impl Signed {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        Self { id: text("webhook-id"), time: text("webhook-timestamp"), signatures: text("webhook-signature") }
    }

    /// Whether one of the signatures is that of the body, and the time is near.
    fn proves(&self, secret: &[u8], body: &[u8], now: i64) -> bool {
        let Ok(time) = self.time.parse::<i64>() else { return false };
        if self.id.is_empty() || self.id.len() > 128 || now.abs_diff(time) > WINDOW {
            return false;
        }
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        let text = [self.id.as_bytes(), b".", self.time.as_bytes(), b".", body].concat();
        let right = aws_lc_rs::hmac::sign(&key, &text);
        let given = self.signatures.split(' ').filter_map(|one| one.strip_prefix("v1,"));
        given.filter_map(|one| STANDARD.decode(one).ok()).any(|one| equal(&one, right.as_ref()))
    }
}

async fn accept(tx: &mut TenantTx, limits: &Limits, workflow: Uuid, delivered: &Delivered) -> Result<bool> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select token_hash, secret from automation.webhook where practice_id = $1 and workflow_id = $2",
        practice,
        workflow,
    )
    .fetch_optional(tx.conn())
    .await?
    .filter(|row| equal(&row.token_hash, &sha256(delivered.address.as_bytes())))
    .ok_or_else(Error::not_found)?;
    let secret = tx.open(place("secret", WorkflowId(workflow)), &row.secret).await?;
    if !delivered.signed.proves(&secret, &delivered.body, tx.now().as_second()) {
        return Err(Error::unauthorized("webhook.unproved", "The signature does not prove this body at this time."));
    }
    limits.check_hook(workflow)?;
    let body: Value = serde_json::from_slice(&delivered.body)
        .map_err(|_| Error::invalid(Vec::new()).at("", "invalid", "The body is JSON."))?;
    let by_webhook = |live: &crate::engine::Live| matches!(live.plan.definition.trigger, Some(Trigger::Webhook {}));
    let live = live(tx, workflow).await?.filter(by_webhook).ok_or_else(Error::not_found)?;
    let now = tx.now();
    let mut vars = variables(&crate::engine::Loaded::default(), None, "webhook", now).unwrap_or_default();
    vars.insert("webhook".to_owned(), json!({ "body": body }));
    let start = Start {
        workflow,
        version: live.version,
        plan: Arc::clone(&live.plan),
        cause: format!("hook:{}", delivered.signed.id),
        subject: None,
        patient: None,
        vars,
        test: false,
        before: Vec::new(),
        by: None,
        failure: None,
    };
    let new = orchestrator().start(tx, vec![start], When::Soon).await?;
    if new.is_empty() {
        return Ok(false);
    }
    tx.record(Change::done("receive", "workflow", workflow)).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own test vectors.
    #[test]
    fn the_published_signature_is_right() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let signed = |signatures: &str| Signed {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
            time: "1614265330".to_owned(),
            signatures: signatures.to_owned(),
        };
        let body = br#"{"test": 2432232314}"#;
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert!(signed(right).proves(&secret, body, 1_614_265_330));
        assert!(signed(&format!("v1a,x v1,AAAA {right}")).proves(&secret, body, 1_614_265_630));
        assert!(!signed(right).proves(&secret, body, 1_614_265_631));
        assert!(!signed(right).proves(&secret, b"{}", 1_614_265_330));
        assert!(!signed("v1,g0hM9SsE").proves(&secret, body, 1_614_265_330));
        assert!(!signed("").proves(&secret, body, 1_614_265_330));
        for time in [i64::MIN, i64::MAX, -1] {
            assert!(!Signed { time: time.to_string(), ..signed(right) }.proves(&secret, body, 1_614_265_330));
        }
    }
}
