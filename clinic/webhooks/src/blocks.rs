//! What this area offers to workflows: a signed call to one of the practice's endpoints, and what it answers.

use automation::block::{Action, Blocks, Call, Field, Kind, Run};
use axum::http::StatusCode;
use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::App;
use platform::db::{Caller, TenantTx};
use platform::error::{Error, Result};
use platform::id::PracticeId;
use platform::phi::Phi;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::call::{Outcome, post};
use crate::endpoints::{opened, place};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks { actions: vec![&CALL], ..Blocks::default() }
}

/// Where to is an endpoint of the settings, so that its address and secret are kept where they are looked after, and a
/// workflow holds neither.
static CALL: Action = Action {
    name: "webhook.call",
    permission: "integrations.write",
    fields: &[
        Field::new("endpointId", Kind::Ref("webhook_endpoint"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#).required(),
        Field::new("body", Kind::LongText, r#""{\"visit\": \"{{ appointment.id }}\"}""#).sensitive(),
    ],
    gives: &[
        Field::new("status", Kind::Number, "200"),
        Field::new("answer", Kind::Object, r#"{"ok": true}"#).sensitive(),
    ],
    run: Run::Outside(run),
};

fn run(app: App, practice: PracticeId, call: Call) -> BoxFuture<'static, Result<Value>> {
    Box::pin(async move {
        let endpoint = call.id("endpointId")?;
        let body = body(&call)?;
        let known = app.door.read(&Caller::system(practice), async move |tx| whither(tx, endpoint).await).await?;
        let Some((url, secret)) = known else { return Err(gone()) };
        // the key is the same on every try, so that the other side knows a repeated call again
        let id = format!("msg_{}", call.key.simple());
        came_of(post(&app, url.expose(), &secret, &id, body.as_bytes()).await?)
    })
}

/// What is sent: which run asks, since when it is under way, and as `data` the text of the step, as JSON where it is some.
/// The same bytes at every try, as what comes again under one id must be the same message.
fn body(call: &Call) -> Result<String> {
    let data = call.text("body").map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)));
    let body = json!({
        "type": "workflow.call", "timestamp": began(call.run)?, "workflow": call.workflow, "run": call.run, "test": call.test,
        "data": data,
    });
    serde_json::to_string(&body).map_err(Error::internal)
}

/// When a run began, to the millisecond: its id says so (UUIDv7, RFC 9562 §5.7).
fn began(run: Uuid) -> Result<Timestamp> {
    let (seconds, nanoseconds) = run.get_timestamp().map(|at| at.to_unix()).unwrap_or_default();
    let (Ok(seconds), Ok(nanoseconds)) = (i64::try_from(seconds), i32::try_from(nanoseconds)) else {
        return Err(Error::internal("a run of the far future"));
    };
    Timestamp::new(seconds, nanoseconds).map_err(Error::internal)
}

async fn whither(tx: &mut TenantTx, endpoint: Uuid) -> Result<Option<(Phi<String>, Phi<String>)>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select url, secret as "secret!" from webhooks.endpoint
            where practice_id = $1 and id = $2 and active and deleted_at is null"#,
        practice,
        endpoint,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let secret = opened(tx, place("secret", endpoint), &row.secret).await?;
    Ok(Some((Phi::new(row.url), secret)))
}

/// Whether the step is done, may be tried again, or is over.
fn came_of(outcome: Outcome) -> Result<Value> {
    match outcome {
        Outcome::Answered { status: status @ 200..=299, json, .. } => Ok(json!({ "status": status, "answer": json })),
        Outcome::Answered { status: 408 | 425 | 429 | 500.., retry_after, .. } => Err(match retry_after {
            Some(after) => later().retry_after(after),
            None => later(),
        }),
        Outcome::Answered { .. } | Outcome::Refused(_) => Err(refused()),
        Outcome::Silent { .. } => Err(later()),
    }
}

fn gone() -> Error {
    Error::conflict("webhook.no_endpoint", "There is no such endpoint, or it is disabled; look at Settings, Webhooks.")
}

fn later() -> Error {
    Error::unavailable("webhook.unavailable", "The other program does not answer, or asks to be called later.")
}

fn refused() -> Error {
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, "webhook.refused", "The other program does not take the call.")
}

#[cfg(test)]
mod tests {
    use platform::egress::Silence;

    use super::*;

    #[test]
    fn a_call_has_the_same_bytes_at_every_try() {
        // the instant of this id: RFC 9562, A.6
        let run = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f".parse().expect("an id");
        let Value::Object(input) = json!({ "body": "{\"visit\": 7}" }) else { panic!("an object") };
        let call = Call { input, key: Uuid::nil(), workflow: Uuid::nil(), run, test: false, patient: None };
        let body = body(&call).expect("a body");
        let body: Value = serde_json::from_str(&body).expect("json");
        assert_eq!((&body["timestamp"], &body["data"]), (&json!("2022-02-22T19:22:22Z"), &json!({ "visit": 7 })));
    }

    fn answered(status: u16) -> Result<Value> {
        came_of(Outcome::Answered { status, json: None, retry_after: None })
    }

    #[test]
    fn what_may_pass_is_tried_again_and_the_rest_is_not() {
        for status in [200, 202, 204, 299] {
            assert_eq!(answered(status).expect("done")["status"], status);
        }
        for status in [408, 425, 429, 500, 502, 503] {
            assert_eq!(answered(status).expect_err("later").code(), "webhook.unavailable", "{status}");
        }
        for status in [301, 400, 401, 404, 409, 410, 422] {
            assert_eq!(answered(status).expect_err("refused").code(), "webhook.refused", "{status}");
        }
        let silent = came_of(Outcome::Silent { silence: Silence::Unknown, why: "timeout" });
        assert_eq!(silent.expect_err("later").code(), "webhook.unavailable");
    }
}
