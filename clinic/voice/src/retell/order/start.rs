//! Asking for a call by Retell: to somebody's telephone, or in the browser of whoever asks.

use std::collections::BTreeMap;

use dialogue::{Field, Kind, Schema, Values};
use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::calls as may;
use platform::phi::Phi;
use platform::record::{Change, Look};
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json as Sealed;
use utoipa::ToSchema;

use super::super::{course, inbound};
use super::{Order, order, place};
use crate::{CallId, CallWorkflowId, CaseId};

/// The routes of calls that are asked for.
pub fn routes() -> Routes {
    Routes::new().route(route!(begin_call)).route(route!(read_call))
}

/// Over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RetellTransport)]
enum Transport {
    /// A telephone rings.
    Phone,
    /// A browser.
    Web,
}

/// A call to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewRetellCall {
    /// What it is about; its agent speaks.
    #[garde(skip)]
    call_workflow_id: CallWorkflowId,
    /// Whom it is about.
    #[garde(skip)]
    case_id: Option<CaseId>,
    /// Who is called, where there is no case.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// Over what.
    #[garde(skip)]
    transport: Transport,
}

/// A call that was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RetellCall {
    /// The call.
    id: CallId,
    /// `queued`, `dialing`, `live`, `ended`.
    state: String,
    /// What went wrong.
    #[schema(required)]
    error_code: Option<String>,
    /// With what a browser comes in, once there is a call for it and until somebody did.
    #[schema(required, value_type = Option<String>)]
    access_token: Option<Phi<String>>,
}

/// Ask for a call. It is begun at once; `GET` says how it stands.
#[utoipa::path(post, path = "/api/v1/retell/calls", tag = "voice", request_body = NewRetellCall,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = RetellCall)))]
async fn begin_call(who: Can<may::Start>, key: IdempotencyKey, Body(new): Body<NewRetellCall>) -> Result<Once> {
    let request = key.of("retell_call.create", &new)?;
    who.create_once(request, async move |tx| {
        let known = known(tx, &new).await?;
        let id = enter(tx, &new, &known).await?;
        let mut variables = inbound::variables(tx, known.patient).await?;
        variables.0.extend(known.fields);
        order(tx, &Order { call: id, variables }).await?;
        Ok(RetellCall { id, state: "queued".to_owned(), error_code: None, access_token: None })
    })
    .await
}

/// How a call stands that was asked for, and with what a browser comes in.
#[utoipa::path(get, path = "/api/v1/retell/calls/{id}", tag = "voice",
    params(("id" = Uuid, Path, description = "The call")), responses((status = 200, body = RetellCall)))]
async fn read_call(who: Can<may::Start>, Path(id): Path<CallId>) -> Result<Json<RetellCall>> {
    who.read_recorded(async move |tx| {
        let practice = tx.practice();
        let row = sqlx::query!(
            "select c.state, c.error_code, c.patient_id, o.access_token
               from voice.call c join voice.retell_order o on o.practice_id = c.practice_id and o.call_id = c.id
              where c.practice_id = $1 and c.id = $2",
            practice,
            id.uuid(),
        );
        let row = row.fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)?;
        tx.record_read(Look::at("call", id.uuid()).of_patient(row.patient_id.map(PatientId))).await?;
        let token = match row.access_token.filter(|_| row.state == "dialing") {
            Some(sealed) => Some(tx.open(place("access_token", id), &sealed).await?),
            None => None,
        };
        let token = token.map(String::from_utf8).transpose().map_err(Error::internal)?;
        Ok(Json(RetellCall { id, state: row.state, error_code: row.error_code, access_token: token.map(Phi::new) }))
    })
    .await
}

/// What is known of whoever is called.
struct Whom {
    patient: Option<PatientId>,
    number: Option<Phi<String>>,
    /// What the agent knows of the case.
    fields: BTreeMap<String, String>,
}

async fn known(tx: &mut TenantTx, new: &NewRetellCall) -> Result<Whom> {
    let mut whom = match new.case_id {
        Some(case) => of_case(tx, new.call_workflow_id, case).await?,
        None => Whom { patient: new.patient_id, number: None, fields: BTreeMap::new() },
    };
    if whom.number.is_none()
        && let Some(patient) = whom.patient
    {
        let contact = patients::contacts(tx, &[patient.uuid()]).await?.remove(&patient);
        let contact = contact.filter(|contact| !contact.is_deleted && !contact.is_deceased);
        let contact = contact.ok_or_else(|| fault("/patientId", "not_found", "Choose a patient of the practice."))?;
        if contact.consents.calls.as_ref().is_some_and(|consent| !consent.granted) {
            return Err(Error::conflict("call.unwanted", "This patient does not want to be called by a machine."));
        }
        whom.patient = Some(contact.kept_as);
        whom.number = contact.phone;
    }
    if new.transport == Transport::Phone && whom.number.is_none() {
        return Err(Error::conflict("call.no_number", "There is no number to call; enter one first."));
    }
    Ok(whom)
}

/// A case calls the first number among its own fields; what is sensitive goes to nobody.
async fn of_case(tx: &mut TenantTx, workflow: CallWorkflowId, case: CaseId) -> Result<Whom> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select c.patient_id, c.fields as "fields: Sealed<Values>", s.fields as "schema: Sealed<Schema>"
             from voice.case c
             join voice.schema_version s on s.practice_id = c.practice_id and s.call_workflow_id = c.call_workflow_id
                                        and s.number = c.schema_version
            where c.practice_id = $1 and c.id = $2 and c.call_workflow_id = $3 and c.deleted_at is null"#,
        practice,
        case.uuid(),
        workflow.uuid(),
    );
    let row = row.fetch_optional(tx.conn()).await?;
    let row = row.ok_or_else(|| fault("/caseId", "not_found", "Choose a case of this call workflow."))?;
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values = &row.fields.0;
    let open = row.schema.0.in_order().into_iter().filter(|field| !field.sensitive);
    let of = |field: &Field| values.get(&field.key).map(|value| (field.kind, field.key.clone(), shown(value)));
    let said: Vec<_> = open.filter_map(of).collect();
    let number = said.iter().find(|(kind, ..)| *kind == Kind::Phone).map(|(_, _, number)| Phi::new(number.clone()));
    Ok(Whom {
        patient: row.patient_id.map(PatientId),
        number,
        fields: said.into_iter().map(|(_, key, value)| (key, value)).collect(),
    })
}

async fn enter(tx: &mut TenantTx, new: &NewRetellCall, whom: &Whom) -> Result<CallId> {
    let (practice, id, now) = (tx.practice(), CallId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    let workflow = sqlx::query_scalar!(
        "select id from voice.call_workflow where practice_id = $1 and id = $2 and enabled",
        practice,
        new.call_workflow_id.uuid(),
    );
    if workflow.fetch_optional(tx.conn()).await?.is_none() {
        return Err(fault("/callWorkflowId", "not_found", "Choose a call workflow that is switched on."));
    }
    let waiting = sqlx::query_scalar!(
        "select id from voice.call where practice_id = $1 and case_id = $2 and state <> 'ended'",
        practice,
        new.case_id.map(CaseId::uuid),
    );
    if waiting.fetch_optional(tx.conn()).await?.is_some() {
        return Err(Error::conflict("call.running", "There is a call about this case already."));
    }
    let number = whom.number.as_ref().filter(|_| new.transport == Transport::Phone);
    let (sealed, key) = match number {
        Some(number) => (
            Some(tx.seal(course::place("number", id), number.expose().as_bytes()).await?),
            Some(tx.blind("voice.call", "number", number.expose()).await?),
        ),
        None => (None, None),
    };
    sqlx::query!(
        "insert into voice.call (practice_id, id, call_workflow_id, case_id, patient_id, direction, runtime, transport, state,
                                 number, number_key, requested_by, requested_id, review, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'outbound', 'retell', $6, 'queued', $7, $8, 'person', $9, 'none', $10, $10)",
        practice,
        id.uuid(),
        new.call_workflow_id.uuid(),
        new.case_id.map(CaseId::uuid),
        whom.patient.map(PatientId::uuid),
        if new.transport == Transport::Web { "web" } else { "phone" },
        sealed,
        key,
        tx.caller().actor.id(),
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let entered = course::lock(tx, course::Which::Ours(id)).await?.ok_or_else(Error::not_found)?;
    let change = Change::created("call", id.uuid(), &entered).event("call.asked", 1);
    tx.record(change.for_patient(whom.patient)).await?;
    Ok(id)
}

fn fault(pointer: &str, code: &str, text: &str) -> Error {
    Error::invalid(Vec::new()).at(pointer, code, text)
}
