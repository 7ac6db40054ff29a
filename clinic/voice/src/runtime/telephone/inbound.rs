//! Somebody calls a number of the practice's. Whoever has a case of the number's call workflow talks to its conversation;
//! anybody else is told that they will be called back, and their call is one that was missed.

use axum::extract::Request;
use axum::response::Response;
use dialogue::flow::Direction as Way;
use patients::last_first;
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::language::Language;
use platform::record::Change;
use platform::routes::Routes;
use platform::{App, Result, route};
use std::sync::Arc;
use twilio::{CallUpdate, Form, NotACall, Payload, verify};
use uuid::Uuid;

use super::super::begin::{self, Known, Ready};
use super::super::{desk, dial};
use super::control::Line;
use super::document::{self, Addresses};
use super::hooks::{parts_of, signature, spoken, unproved, unread};
use super::{Account, STREAMS, account, carry, streams, switchboard};
use crate::call::ask::{NewCall, ask};
use crate::call::{Call, Direction, EndedBy, RequestedBy, State, Transport, finish, row};
use crate::flow::{self, Loaded};
use crate::{CallId, CallWorkflowId, CaseId, workflow};

/// The route of calls that come in.
pub fn routes() -> Routes {
    Routes::new().route(route!(answer))
}

/// Somebody calls a number of the practice's: what Twilio is to do. A number belongs to the call workflow whose `services.yaml`
/// has it as `telephony.from`; the signature (`X-Twilio-Signature`) under that account says that it is Twilio.
#[utoipa::path(post, path = "/hooks/numbers/{practice}", tag = "voice",
    request_body(content((Vec<u8> = "application/x-www-form-urlencoded"))),
    params(("practice" = Uuid, Path, description = "The practice")),
    responses((status = 200, body = String, content_type = "text/xml", description = "What happens next")))]
async fn answer(from: Anybody, Path(practice): Path<Uuid>, request: Request) -> Result<Response> {
    let (headers, body) = parts_of(&from.app, request).await?;
    let signature = signature(&headers).to_owned();
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    let app = from.app.clone();
    let answered = from.app.door.write(&caller, async move |tx| {
        let form = Form::read(&body);
        let update = CallUpdate::read(&form).map_err(|NotACall| unread())?;
        let number = number_of(&app, tx, update.to.expose()).await?.ok_or_else(Error::not_found)?;
        let is_proved = |origin: String| {
            let url = format!("{origin}/hooks/numbers/{practice}");
            verify(number.account.token.expose(), &signature, &url, Payload::Form(&form))
        };
        if !is_proved(app.config.public_origin()) && !is_proved(app.config.media_origin()) {
            return Err(unproved());
        }
        let who = update.from.map(|from| from.expose().clone());
        Ok((take(&app, tx, &number, who.as_deref()).await?, number, update.sid))
    });
    let (taken, number, sid) = answered.await?;
    match taken {
        Taken::Talks(known) => Ok(talk(from.app, PracticeId(practice), *known, number.account, sid)),
        Taken::Missed { practice, language } => Ok(spoken(&document::call_back(&practice, &language))),
    }
}

/// A number of the practice's.
struct Number {
    workflow: CallWorkflowId,
    loaded: Arc<Loaded>,
    account: Account,
}

/// What becomes of somebody who calls.
enum Taken {
    /// They talk to the conversation.
    Talks(Box<Known>),
    /// They are called back.
    Missed { practice: String, language: String },
}

/// The call workflow that a number belongs to.
async fn number_of(app: &App, tx: &mut TenantTx, to: &str) -> Result<Option<Number>> {
    for workflow in workflow::all(tx).await? {
        let Some(flow) = workflow.flow.as_ref().filter(|_| workflow.enabled) else { continue };
        let Ok(loaded) = flow::loaded(tx, flow.id).await else { continue };
        if loaded.services.telephony.from.as_deref() != Some(to) {
            continue;
        }
        if let Some(account) = account::of(app, tx, &loaded.services).await? {
            return Ok(Some(Number { workflow: workflow.id, loaded, account }));
        }
    }
    Ok(None)
}

/// Begins the call of whoever has a case; notes the call of anybody else.
async fn take(app: &App, tx: &mut TenantTx, number: &Number, from: Option<&str>) -> Result<Taken> {
    let is_answered = number.loaded.flow.direction != Way::Outbound;
    if let Some(from) = from.filter(|_| is_answered)
        && let Some(case) = case_of(tx, number.workflow, from).await?
        && let Some(known) = tx.or_nothing(async |tx| begun(app, tx, case, from).await).await.or_else(not_now)?
    {
        return Ok(Taken::Talks(Box::new(known)));
    }
    missed(tx, number, from).await?;
    let practice = practice::practice(tx).await?;
    let language = if practice.language == Language::Ar { "ar" } else { "en" };
    Ok(Taken::Missed { practice: practice.name, language: language.to_owned() })
}

/// A call that cannot be taken now is one that was missed.
fn not_now(error: Error) -> Result<Option<Known>> {
    if !error.status().is_client_error() {
        return Err(error);
    }
    tracing::warn!(code = error.code(), "a call that came in cannot be taken");
    Ok(None)
}

/// The newest case with that number.
async fn case_of(tx: &mut TenantTx, workflow: CallWorkflowId, number: &str) -> Result<Option<CaseId>> {
    let practice = tx.practice();
    let id = sqlx::query_scalar!(
        "select c.id from voice.case_term t
           join voice.case c on c.practice_id = t.practice_id and c.id = t.case_id
          where t.practice_id = $1 and t.call_workflow_id = $2 and t.kind = 'number' and t.term = $3 and c.deleted_at is null
          order by c.updated_at desc, c.id limit 1",
        practice,
        workflow.uuid(),
        last_first(number),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(CaseId))
}

async fn begun(app: &App, tx: &mut TenantTx, case: CaseId, from: &str) -> Result<Option<Known>> {
    tx.one_by_one().await?;
    let new = NewCall {
        case,
        direction: Direction::Inbound,
        transport: Transport::Phone,
        requested_by: RequestedBy::Caller,
        requested_id: None,
        key: None,
        due_at: None,
        attempt: 1,
    };
    let call = ask(tx, new).await?;
    let known = begin::load(app, tx, call).await?;
    begin::within_limit(tx, &known.loaded).await?;
    if !dial::claim_number(tx, known.call.id, from).await? {
        return Err(Error::conflict("call.number_busy", "Another call with this number is under way."));
    }
    begin::mark(tx, known, State::Dialing).await.map(Some)
}

/// Notes a call that nobody took, with the patient where only one has the number.
async fn missed(tx: &mut TenantTx, number: &Number, from: Option<&str>) -> Result<Call> {
    let id = CallId::new();
    let (sealed, patient) = match from {
        Some(from) => {
            let all = patients::with_phone(tx, from).await?;
            let only = all.first().copied().filter(|_| all.len() == 1);
            (Some(tx.seal(row::number_place(id), from.as_bytes()).await?), only)
        }
        None => (None, None),
    };
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into voice.call (practice_id, id, call_workflow_id, patient_id, direction, runtime, transport, state, number,
                requested_by, review, created_at, updated_at)
         values ($1, $2, $3, $4, 'inbound', 'native', 'phone', 'dialing', $5, 'caller', 'none', $6, $6)",
        practice,
        id.uuid(),
        number.workflow.uuid(),
        patient.map(platform::id::PatientId::uuid),
        sealed,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let call = row::find(tx, id).await?.call();
    let change = Change::created("call", id.uuid(), &call).event("call.asked", call.version);
    tx.record(change.for_patient(call.patient_id)).await?;
    finish::without_talk(tx, &call, EndedBy::NoAnswer, None).await
}

/// Has the call's streams opened, and carries it.
fn talk(app: App, practice: PracticeId, known: Known, account: Account, sid: String) -> Response {
    let id = known.call.id;
    let mut seat = switchboard::sit_down(&account, id, known.loaded.language());
    let addresses = Addresses::of(&app, seat.token());
    let document = document::begin(&addresses);
    let Some(place) = desk::begin(practice, id) else { return spoken(&twilio::Twiml::new().hang_up()) };
    let ready = Ready::new(app, practice, known, place);
    let line = Line { client: account.client, sid, from: account.from, addresses, conference: seat.conference() };
    tokio::spawn(async move {
        match streams(&mut seat, &line.sid, STREAMS).await {
            Ok((ear, mouth)) => carry(ready, line, seat, ear, mouth).await,
            Err(why) => ready.unanswered(why).await,
        }
    });
    spoken(&document)
}
