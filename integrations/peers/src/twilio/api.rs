//! The API of calls (<https://www.twilio.com/docs/voice/api/call-resource>).

#![expect(clippy::disallowed_types, reason = "this is Twilio's API, which answers as Twilio does")]

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::HashMap;

use super::phone::Phone;
use super::{Exchange, lock};

type Fields = HashMap<String, String>;
/// Status, Twilio's code and its words.
type Refused = (StatusCode, u32, &'static str);

const NOBODY: Refused = (StatusCode::UNAUTHORIZED, 20003, "Authenticate");
const MISSING: Refused = (StatusCode::NOT_FOUND, 20404, "The requested resource was not found");
const NO_NUMBER: Refused = (StatusCode::BAD_REQUEST, 21201, "No 'To' number is specified");
const OVER: Refused = (StatusCode::BAD_REQUEST, 21220, "Call is not in-progress. Cannot redirect.");

pub fn routes(exchange: Arc<Exchange>) -> Router {
    Router::new()
        .route("/2010-04-01/Accounts/{account}/Calls.json", post(create).get(list))
        .route("/2010-04-01/Accounts/{account}/Calls/{sid}", get(fetch).post(change))
        .with_state(exchange)
}

/// Several fields of one name come as the last of them, which is no loss here: the steps that are told are always the same.
async fn create(
    State(exchange): State<Arc<Exchange>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    if !is_theirs(&exchange, &account, &headers) {
        return error(NOBODY);
    }
    let fields: Fields = fields.into_iter().collect();
    let (Some(to), Some(from), Some(twiml)) = (fields.get("To"), fields.get("From"), fields.get("Twiml")) else {
        return error(NO_NUMBER);
    };
    let callback = fields.get("StatusCallback").and_then(|url| url.parse().ok());
    let phone = Phone::new(&exchange, to, from, "outbound-api", callback);
    phone.prepare(twiml);
    exchange.add(&phone);
    let answer = (StatusCode::CREATED, Json(shown(&phone))).into_response();
    let ringing = phone.clone();
    tokio::spawn(async move {
        ringing.step("initiated").await;
        ringing.step("ringing").await;
        let _ = exchange.rings.send(ringing);
    });
    answer
}

async fn list(
    State(exchange): State<Arc<Exchange>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(query): Query<Fields>,
) -> Response {
    if !is_theirs(&exchange, &account, &headers) {
        return error(NOBODY);
    }
    let calls = lock(&exchange.calls);
    let calls: Vec<Value> =
        calls.values().filter(|phone| query.get("To").is_none_or(|to| *to == phone.to)).map(shown).collect();
    Json(json!({ "calls": calls, "next_page_uri": null })).into_response()
}

async fn fetch(
    State(exchange): State<Arc<Exchange>>,
    Path((account, sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match found(&exchange, &account, &sid, &headers) {
        Ok(phone) => Json(shown(&phone)).into_response(),
        Err(refused) => error(refused),
    }
}

async fn change(
    State(exchange): State<Arc<Exchange>>,
    Path((account, sid)): Path<(String, String)>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let phone = match found(&exchange, &account, &sid, &headers) {
        Ok(phone) => phone,
        Err(refused) => return error(refused),
    };
    if phone.is_over() {
        return error(OVER);
    }
    if let Some(twiml) = fields.get("Twiml") {
        phone.run(twiml);
    }
    if fields.get("Status").is_some_and(|status| status == "completed") {
        phone.end("completed").await;
    }
    Json(shown(&phone)).into_response()
}

fn found(exchange: &Exchange, account: &str, sid: &str, headers: &HeaderMap) -> Result<Phone, Refused> {
    if !is_theirs(exchange, account, headers) {
        return Err(NOBODY);
    }
    lock(&exchange.calls).get(sid.trim_end_matches(".json")).cloned().ok_or(MISSING)
}

fn is_theirs(exchange: &Exchange, account: &str, headers: &HeaderMap) -> bool {
    let expected = format!("Basic {}", STANDARD.encode(format!("{}:{}", exchange.account, exchange.token)));
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    account == exchange.account && said == Some(expected.as_str())
}

fn error((status, code, message): Refused) -> Response {
    let body = json!({ "code": code, "message": message, "more_info": "", "status": status.as_u16() });
    (status, Json(body)).into_response()
}

fn shown(phone: &Phone) -> Value {
    json!({ "sid": phone.sid, "status": phone.status(), "to": phone.to, "from": phone.from,
        "direction": phone.direction, "duration": null, "date_created": phone.made_at, "start_time": null, "end_time": null })
}
