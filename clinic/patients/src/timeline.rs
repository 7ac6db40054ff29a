//! A patient's timeline: what happened, newest first, from every area; and notes, which people write into it.

use garde::Validate;
use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::patients as may;
use platform::phi::Phi;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::{Result, people, route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::duplicates::merge;
use crate::record;

/// The routes of the timeline.
pub fn routes() -> Routes {
    Routes::new().route(route!(timeline)).route(route!(write_note))
}

/// Which part of the timeline.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTimeline {
    /// Entries of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only what concerns this kind of thing: `note`, `patient`, `appointment`.
    #[garde(inner(length(max = 60)))]
    resource: Option<String>,
}

/// A page of the timeline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TimelinePage {
    items: Vec<TimelineEntry>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Something that happened with a patient.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// What: `note`, `patient.created`, `patient.changed` …
    pub kind: String,
    /// To what kind of thing.
    pub resource_type: String,
    /// To which one.
    pub resource_id: Uuid,
    /// `user`, `system` …
    pub actor_kind: String,
    /// Who.
    #[schema(required)]
    pub actor_id: Option<Uuid>,
    /// Their name, where they are or were of the practice.
    #[schema(required, value_type = Option<String>)]
    pub actor_name: Option<Phi<String>>,
    /// What was changed, field by field.
    pub changes: Vec<TimelineChange>,
}

/// A field that was changed.
#[derive(Serialize, ToSchema)]
pub struct TimelineChange {
    /// Its name in the API.
    pub field: String,
    /// What it was.
    #[schema(required, value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What it is.
    #[schema(required, value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// A note.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// What it says.
    #[garde(length(chars, max = 10_000), custom(validate::text))]
    pub text: String,
    /// Members of the practice whom it is meant for.
    #[garde(length(max = 20))]
    #[serde(default)]
    pub mentions: Vec<Uuid>,
}

/// A note as it was written.
#[derive(Clone, Serialize, ToSchema)]
pub struct Note {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    text: String,
    /// Members of the practice whom it is meant for.
    mentions: Vec<Uuid>,
}

undisclosed!(TimelineEntry, TimelineChange, NewNote, Note, NoteWritten);

const NEWEST: &[Sort] = &[Sort { name: "at", column: "e.at", kind: Kind::Instant }];

#[derive(FromRow)]
struct Row {
    id: Uuid,
    at: jiff_sqlx::Timestamp,
    kind: String,
    resource_type: String,
    resource_id: Uuid,
    actor_kind: String,
    actor_id: Option<Uuid>,
    body: Vec<u8>,
}

/// What happened with a patient, newest first.
#[utoipa::path(get, path = "/api/v1/patients/{id}/timeline", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient"), ListTimeline),
    responses((status = 200, body = TimelinePage)))]
async fn timeline(
    who: Can<may::Read>,
    Path(id): Path<PatientId>,
    Query(asked): Query<ListTimeline>,
) -> Result<Json<TimelinePage>> {
    let order = Order::parse(NEWEST, Some("-at"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        record::must_be(tx, id).await?;
        let patients = merge::all_of(tx, id).await?;
        let mut query = QueryBuilder::new(
            "select e.id, e.at, e.kind, e.resource_type, e.resource_id, e.actor_kind, e.actor_id, e.body
               from timeline.entry e where e.practice_id = ",
        );
        query.push_bind(tx.practice()).push(" and e.patient_id = any(").push_bind(patients).push(")");
        if let Some(resource) = &asked.resource {
            query.push(" and e.resource_type = ").push_bind(resource.clone());
        }
        order.push("e.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.at.to_jiff().to_string().into(), row.id))?;
        let items = open(tx, rows).await?;
        tx.record_read(Look::at("timeline", id.uuid()).of_patient(Some(id))).await?;
        Ok(Json(TimelinePage { items, next_cursor }))
    })
    .await
}

/// The newest entries of a patient's timeline, the newest first, and how many there are in all.
///
/// # Errors
/// 503 when the database is away.
pub async fn newest(tx: &mut TenantTx, patient: PatientId, most: i64) -> Result<(Vec<TimelineEntry>, i64)> {
    let patients = merge::all_of(tx, patient).await?;
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        "select id, at, kind, resource_type, resource_id, actor_kind, actor_id, body from timeline.entry
          where practice_id = $1 and patient_id = any($2) order by at desc, id desc limit $3",
        practice,
        &patients,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let all = sqlx::query_scalar!(
        r#"select count(*) as "count!" from timeline.entry where practice_id = $1 and patient_id = any($2)"#,
        practice,
        &patients,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((open(tx, rows).await?, all))
}

/// A note that somebody wrote.
pub struct NoteWritten {
    /// Its id.
    pub id: Uuid,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: Option<Uuid>,
    /// Their name, where they are or were of the practice.
    pub author_name: Option<Phi<String>>,
    /// What it says.
    pub text: String,
}

/// The notes on a patient, and on those who were merged into that one: the newest `most`, newest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn notes(tx: &mut TenantTx, id: PatientId, most: i64) -> Result<Vec<NoteWritten>> {
    let (practice, patients) = (tx.practice(), merge::all_of(tx, id).await?);
    let rows = sqlx::query_as!(
        Row,
        "select id, at, kind, resource_type, resource_id, actor_kind, actor_id, body from timeline.entry
          where practice_id = $1 and patient_id = any($2) and kind = 'note' order by at desc, id desc limit $3",
        practice,
        &patients,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let written = |entry: TimelineEntry| {
        let text = entry.changes.iter().find(|change| change.field == "text")?.after.as_ref()?.as_str()?.to_owned();
        let TimelineEntry { resource_id: id, at, actor_id: author, actor_name: author_name, .. } = entry;
        Some(NoteWritten { id, at, author, author_name, text })
    };
    Ok(open(tx, rows).await?.into_iter().filter_map(written).collect())
}

async fn open(tx: &mut TenantTx, rows: Vec<Row>) -> Result<Vec<TimelineEntry>> {
    let names = people::names(tx, rows.iter().filter_map(|row| row.actor_id)).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let place = Place { table: "timeline.entry", column: "body", row: row.id };
        let body: Value = serde_json::from_slice(&tx.open(place, &row.body).await?).map_err(Error::internal)?;
        entries.push(TimelineEntry {
            id: row.id,
            at: row.at.to_jiff(),
            kind: row.kind,
            resource_type: row.resource_type,
            resource_id: row.resource_id,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_id.and_then(|id| names.get(&id).cloned()),
            changes: changes(&body),
        });
    }
    Ok(entries)
}

/// Field by field, the practice's own ones as `custom.key`.
fn changes(body: &Value) -> Vec<TimelineChange> {
    let [before, after] = ["before", "after"].map(|side| flat(&body[side]));
    let fields = after.keys().chain(before.keys().filter(|field| !after.contains_key(*field)));
    let value = |side: &Map<String, Value>, field: &String| side.get(field).filter(|value| !value.is_null()).cloned();
    fields
        .map(|field| TimelineChange {
            field: field.clone(),
            before: value(&before, field),
            after: value(&after, field),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn flat(side: &Value) -> Map<String, Value> {
    let mut fields = side.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(custom)) = fields.remove("custom") {
        fields.extend(custom.into_iter().map(|(key, value)| (format!("custom.{key}"), value)));
    }
    fields
}

/// Write a note on a patient.
#[utoipa::path(post, path = "/api/v1/patients/{id}/notes", tag = "patients", request_body = NewNote,
    params(("id" = Uuid, Path, description = "The patient"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Note)))]
async fn write_note(
    who: Can<may::Write>,
    Path(id): Path<PatientId>,
    key: IdempotencyKey,
    Body(new): Body<NewNote>,
) -> Result<Once> {
    let request = key.of("note.create", &(id, &new))?;
    who.create_once(request, async move |tx| add_note(tx, id, &new).await).await
}

/// Writes a note on a patient, with audit entry, timeline entry and event.
///
/// # Errors
/// 404; 422 for people who do not work here.
pub async fn add_note(tx: &mut TenantTx, id: PatientId, new: &NewNote) -> Result<Note> {
    record::must_be(tx, id).await?;
    keep_note(tx, id, new).await
}

/// The same for a patient who is known to be there.
///
/// # Errors
/// 422 for people who do not work here.
pub async fn keep_note(tx: &mut TenantTx, id: PatientId, new: &NewNote) -> Result<Note> {
    let note = Note { id: Uuid::now_v7(), text: new.text.trim().to_owned(), mentions: members(tx, new).await? };
    let mut written = Change::created("note", note.id, &note).on_timeline(id, "note").event("note.created", 1);
    if !note.mentions.is_empty() {
        let by = tx.caller().actor.id();
        written = written.naming("mentions", note.mentions.clone()).naming("patient", [id.uuid()]).naming("by", by);
    }
    tx.record(written).await?;
    Ok(note)
}

/// Those who are mentioned must work here.
async fn members(tx: &mut TenantTx, new: &NewNote) -> Result<Vec<Uuid>> {
    let known = people::names(tx, new.mentions.iter().copied()).await?;
    let unknown = new.mentions.iter().position(|id| !known.contains_key(id));
    match unknown {
        Some(i) => Err(Error::invalid(Vec::new()).at(
            &format!("/mentions/{i}"),
            "unknown",
            "Mention people who work in this practice.",
        )),
        None => Ok(new.mentions.clone()),
    }
}
