//! What an agent asks for in the middle of a call: who the caller is, what is free, a visit, a message for people.
//!
//! It comes signed like webhooks do, to an address that nobody can guess. The functions are these, whatever the agent was
//! told; a patient is named by a reference that is good for this call alone, and given only to whoever was recognised. All
//! functions of one call have their turn one after the other. What was done is kept with its answer, by the hash of function
//! and arguments, in the transaction of the change: Retell asks again when it hears nothing.

mod book;
mod change;
mod find_patient;
mod message;
mod slots;

use axum::extract::Request;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use platform::Result;
use platform::crypto::{Place, sha256};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PatientId;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use platform::undisclosed;
use retell::FunctionCall;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::course::{self, Course};
use super::inbox::{Delivered, unread};
use super::known::Known;
use super::settings;

/// The route of functions.
pub fn routes() -> Routes {
    Routes::new().route(route!(ask_function))
}

/// What is answered to an agent: a short text that it goes by, and fields that its prompt may use.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RetellAnswer)]
pub struct Answer {
    /// Whether it was done.
    ok: bool,
    /// What there is to say, in English; the agent says it in the caller's language.
    say: String,
    /// What was found or done.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
}

undisclosed!(Answer, Arguments);

impl Answer {
    /// It was done.
    fn done(say: impl Into<String>, fields: Value) -> Self {
        let Value::Object(fields) = fields else { return Self { ok: true, say: say.into(), fields: Map::new() } };
        Self { ok: true, say: say.into(), fields }
    }

    /// It was not.
    fn not(say: impl Into<String>) -> Self {
        Self { ok: false, say: say.into(), fields: Map::new() }
    }

    /// It was not, since it has to be one of these.
    fn choose(say: &str, among: &[String]) -> Self {
        let named: Vec<_> = among.iter().take(20).cloned().collect();
        Self { ok: false, say: format!("{say} {}.", named.join(", ")), fields: Map::new() }
    }

    /// Our calendar or our rules are against it; a database that is away is not ours to explain.
    fn refused(error: Error) -> Result<Self> {
        if !error.status().is_client_error() {
            return Err(error);
        }
        Ok(Self::not(match error.code() {
            "appointment.over" => "This visit is over or cancelled already.",
            "appointment.too_late_to_move" | "appointment.too_late_to_cancel" => {
                "It is too late for that by telephone; offer to take a message for the practice."
            }
            "appointment.too_many_moves" => "It was moved too often; offer to take a message for the practice.",
            "appointment.too_soon" | "appointment.too_far" => {
                "This is sooner or later than can be booked; offer another time."
            }
            _ => "This time cannot be had; ask for free times again and offer another one.",
        }))
    }
}

/// What an agent asked for, with the call in which it did.
pub struct Asked {
    /// The call here, locked.
    call: Course,
    /// The number of the other side.
    number: Option<String>,
    /// With what.
    arguments: Arguments,
}

/// The arguments of a function. What is not of the right form is as if it was not there.
pub struct Arguments(Map<String, Value>);

impl Arguments {
    /// A text of one line, at most so many characters.
    fn text(&self, name: &str, most: usize) -> Option<&str> {
        let text = self.0.get(name)?.as_str()?.trim();
        (!text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)).then_some(text)
    }

    /// A day.
    fn day(&self, name: &str) -> Option<Date> {
        self.text(name, 40)?.parse().ok()
    }

    /// An instant; without an offset it is local.
    fn instant(&self, name: &str, zone: &TimeZone) -> Option<Timestamp> {
        let text = self.text(name, 60)?;
        let local = || Some(text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?.timestamp());
        text.parse().ok().or_else(local)
    }

    /// A number.
    fn number(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }
}

/// What an agent of the practice asks for during a call. The signature (`x-retell-signature`) says that it is Retell.
#[utoipa::path(post, path = "/hooks/retell/{token}/functions", tag = "voice",
    request_body(content((Vec<u8> = "application/octet-stream"))),
    params(("token" = String, Path, description = "The end of the practice's address for Retell")),
    responses((status = 200, body = Answer)))]
async fn ask_function(from: Anybody, Path(address): Path<String>, request: Request) -> Result<Json<Answer>> {
    let delivered = Delivered::read(&from, &address, request).await?;
    let caller = delivered.caller.clone();
    from.app
        .door
        .write(&caller, async move |tx| {
            let connected = settings::prove(tx, &delivered.token, &delivered.signature, &delivered.body).await?;
            if !connected.enabled {
                return Err(settings::off());
            }
            let function = FunctionCall::read(&delivered.body).map_err(|_| unread())?;
            answer(tx, &function).await.map(Json)
        })
        .await
}

/// Does what was asked for, in the turn of its call.
///
/// # Errors
/// 503 when the database is away.
pub async fn answer(tx: &mut TenantTx, function: &FunctionCall) -> Result<Answer> {
    let known = Known::of_call(&function.call);
    let call = course::of(tx, &known).await?;
    let number = known.number().map(str::to_owned);
    let asked = Asked { call, number, arguments: Arguments(function.arguments.clone()) };
    if asked.call.state == "ended" {
        return Ok(Answer::not("The call is over."));
    }
    let key = key(function);
    match function.name.as_str() {
        "find_patient" => find_patient::find(tx, &asked).await,
        "get_slots" => slots::get(tx, &asked).await,
        "book" => once(tx, &asked, &key, Deed::Book).await,
        "take_message" => once(tx, &asked, &key, Deed::TakeMessage).await,
        "reschedule" => once(tx, &asked, &key, Deed::Reschedule).await,
        "cancel" => once(tx, &asked, &key, Deed::Cancel).await,
        _ => Ok(Answer::not("There is no such function.")),
    }
}

/// What changes something, and therefore happens once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Book,
    TakeMessage,
    Reschedule,
    Cancel,
}

impl Deed {
    fn name(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::TakeMessage => "take_message",
            Self::Reschedule => "reschedule",
            Self::Cancel => "cancel",
        }
    }

    async fn attempt(self, tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
        match self {
            Self::Book => book::book(tx, asked).await,
            Self::TakeMessage => message::take(tx, asked).await,
            Self::Reschedule => change::shift(tx, asked).await,
            Self::Cancel => change::cancel(tx, asked).await,
        }
    }
}

/// Does it, unless the same was asked before and done. A visit that is named and still as it was is changed anew all the
/// same: its patient may have changed their mind twice.
async fn once(tx: &mut TenantTx, asked: &Asked, key: &str, deed: Deed) -> Result<Answer> {
    let of_visit = matches!(deed, Deed::Reschedule | Deed::Cancel) && asked.arguments.text("visit", 60).is_some();
    match done(tx, asked, key).await? {
        Some(before) if !of_visit => Ok(before),
        Some(before) => deed.attempt(tx, asked).await.map(|answer| if answer.ok { answer } else { before }),
        None => {
            let answer = deed.attempt(tx, asked).await?;
            keep(tx, asked, key, deed.name(), answer).await
        }
    }
}

/// Function and arguments, whose order does not matter.
fn key(function: &FunctionCall) -> String {
    let sorted: std::collections::BTreeMap<_, _> = function.arguments.iter().collect();
    let text = format!("{}\0{}", function.name, json!(sorted));
    sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn place(call: &Course) -> Place<'static> {
    Place { table: "voice.retell_done", column: "answer", row: call.id.uuid() }
}

/// What was answered when the same was asked before and done.
async fn done(tx: &mut TenantTx, asked: &Asked, key: &str) -> Result<Option<Answer>> {
    let practice = tx.practice();
    let sealed = sqlx::query_scalar!(
        "select answer from voice.retell_done where practice_id = $1 and call_id = $2 and key = $3",
        practice,
        asked.call.id.uuid(),
        key,
    );
    let Some(sealed) = sealed.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let before = tx.open(place(&asked.call), &sealed).await?;
    let Value::Object(mut fields) = serde_json::from_slice(&before).map_err(Error::internal)? else { return Ok(None) };
    let ok = fields.remove("ok") == Some(Value::Bool(true));
    let say = fields.remove("say").and_then(|say| say.as_str().map(str::to_owned)).unwrap_or_default();
    Ok(Some(Answer { ok, say, fields }))
}

/// Keeps the answer to what was done; what was refused can be asked again.
async fn keep(tx: &mut TenantTx, asked: &Asked, key: &str, function: &'static str, answer: Answer) -> Result<Answer> {
    if !answer.ok {
        return Ok(answer);
    }
    let practice = tx.practice();
    let body = serde_json::to_vec(&answer).map_err(Error::internal)?;
    let sealed = tx.seal(place(&asked.call), &body).await?;
    sqlx::query!(
        "insert into voice.retell_done (practice_id, call_id, key, function, answer) values ($1, $2, $3, $4, $5)",
        practice,
        asked.call.id.uuid(),
        key,
        function,
        sealed,
    )
    .execute(tx.conn())
    .await?;
    tx.record(Change::done("answer", "call", asked.call.id.uuid()).with(json!({ "function": function }))).await?;
    Ok(answer)
}

impl Asked {
    /// The patient that a reference of this call names.
    async fn patient(&self, tx: &mut TenantTx) -> Result<Option<PatientId>> {
        let Some(reference) = self.arguments.text("patient", 40) else { return Ok(None) };
        let practice = tx.practice();
        let patient = sqlx::query_scalar!(
            "select patient_id from voice.retell_known where practice_id = $1 and call_id = $2 and reference = $3",
            practice,
            self.call.id.uuid(),
            reference,
        );
        Ok(patient.fetch_optional(tx.conn()).await?.map(PatientId))
    }
}

/// What is answered when nobody was recognised.
fn unknown_patient() -> Answer {
    Answer::not("Find the patient first, and give the reference that this answers.")
}

/// A time as it is said: `Sunday, 2 June, 09:30`.
fn spoken(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%A, %-d %B, %H:%M").to_string()
}

/// A time as an agent gives it back: local, with its offset.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
