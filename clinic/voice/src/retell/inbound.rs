//! Who it is that calls, before anybody answers: what the agent knows then. Only of a number that one patient has anything is
//! said, and of them a first name and when they come next: whoever borrows a telephone hears no more than that.

use axum::extract::Request;
use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PatientId;
use platform::record::Look;
use platform::route;
use platform::routes::{Json, Routes};
use retell::{Inbound, InboundAnswer, Variables};
use scheduling::on_call;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::inbox::{Delivered, unread};
use super::{course, settings};
use crate::CallId;

/// The route of calls that come in.
pub fn routes() -> Routes {
    Routes::new().route(route!(know_caller))
}

/// What is answered to a call that comes in.
#[derive(Serialize, ToSchema)]
struct RetellInbound {
    /// In Retell's own words: `dynamic_variables`, `metadata`.
    #[schema(value_type = Object)]
    call_inbound: serde_json::Value,
}

/// What is known of whoever calls a number of the practice. The signature (`x-retell-signature`) says that it is Retell.
#[utoipa::path(post, path = "/hooks/retell/{token}/inbound", tag = "voice",
    request_body(content((Vec<u8> = "application/octet-stream"))),
    params(("token" = String, Path, description = "The end of the practice's address for Retell")),
    responses((status = 200, body = RetellInbound)))]
async fn know_caller(from: Anybody, Path(address): Path<String>, request: Request) -> Result<Json<RetellInbound>> {
    let delivered = Delivered::read(&from, &address, request).await?;
    let caller = delivered.caller.clone();
    let answer = from.app.door.read_recorded(&caller, async move |tx| {
        let connected = settings::prove(tx, &delivered.token, &delivered.signature, &delivered.body).await?;
        if !connected.enabled {
            return Err(settings::off());
        }
        let call = Inbound::read(&delivered.body).map_err(|_| unread())?;
        let patient = match &call.from {
            Some(number) => course::only_one(tx, number.expose()).await?,
            None => None,
        };
        let looked =
            patient.map_or_else(|| Look::list("patient", &[], &["phone"]), |id| Look::at("patient", id.uuid()));
        tx.record_read(looked.of_patient(patient)).await?;
        let variables = variables(tx, patient).await?;
        Ok(InboundAnswer { agent: None, variables, our_id: Some(CallId::new().to_string()) })
    });
    let mut answer = serde_json::to_value(answer.await?).map_err(Error::internal)?;
    Ok(Json(RetellInbound { call_inbound: answer["call_inbound"].take() }))
}

/// What an agent knows of somebody: texts, by name.
///
/// # Errors
/// 503 when the database is away.
pub async fn variables(tx: &mut TenantTx, patient: Option<PatientId>) -> Result<Variables> {
    let practice = practice::practice(tx).await?;
    let mut known = BTreeMap::from([
        ("practice_name".to_owned(), practice.name),
        ("known_caller".to_owned(), patient.is_some().to_string()),
    ]);
    if let Some(patient) = patient {
        let record = patients::lookup::patient(tx, patient).await?.fields;
        known.insert("first_name".to_owned(), record.given_name.clone());
        if let Some(next) = on_call::to_come(tx, patient).await?.first() {
            let zone = TimeZone::get(&next.time_zone).map_err(Error::internal)?;
            let said = next.start.to_zoned(zone).strftime("%A, %-d %B, %H:%M").to_string();
            known.insert("next_visit".to_owned(), said);
        }
    }
    Ok(Variables(known))
}
