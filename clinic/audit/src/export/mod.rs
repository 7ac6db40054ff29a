//! Taking the ledger out: a file of whatever is filtered for, made by a job, kept sealed for a day.

mod csv;
mod download;
mod fhir;
mod make;
mod rows;

use std::time::Duration;

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::UserId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::jobs::{JobId, JobKind, JobState, Schedule};
use platform::people;
use platform::permission::audit as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::QueryBuilder;
use utoipa::ToSchema;

use crate::list::EntryFilter;
use make::Work;

platform::id!(
    /// Something that was taken out of the ledger.
    ExportId
);

/// Entries of one export at most: a file that people still open.
pub(crate) const MOST_ENTRIES: i64 = 250_000;
/// How long one is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Exports of a practice that are kept at the same time.
const MOST_KEPT: i64 = 10;
/// Only one of a practice is made at a time.
const ONE_AT_A_TIME: &str = "practice";

/// The routes of exports.
pub fn routes() -> Routes {
    Routes::new().route(route!(export)).route(route!(exports)).route(route!(export_progress)).merge(download::routes())
}

/// The job that makes the file.
pub const JOB: JobKind = JobKind { name: "audit.export", max_attempts: 3, run: |job| Box::pin(make::run(job)) };

/// What is over its day goes.
pub const SWEEP: Schedule = Schedule {
    name: "audit.sweep",
    every: Duration::from_secs(1800),
    run: |app| {
        Box::pin(async move {
            let mut tx = app.db().worker().await?;
            sqlx::query!("select claim.sweep_exports($1)", jiff_sqlx::Timestamp::from(app.now()) as _)
                .fetch_one(tx.conn())
                .await?;
            tx.commit().await
        })
    },
};

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A table for people (RFC 4180, UTF-8). Cells that a spreadsheet would take for a formula begin with an apostrophe.
    Csv,
    /// FHIR R4 AuditEvent resources, one in each line.
    Fhir,
    /// A signed bundle, which `vantage audit verify --export` verifies anywhere. Takes a period and no other filter.
    Bundle,
}

impl ExportFormat {
    fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Fhir => "fhir",
            Self::Bundle => "bundle",
        }
    }
}

/// Which entries, and as what.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAuditExport {
    /// What kind of file.
    #[garde(skip)]
    format: ExportFormat,
    /// Which entries: all of them without it.
    #[garde(dive)]
    #[serde(default)]
    #[schema(required = false)]
    filter: EntryFilter,
}

/// Something that was taken out of the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditExport {
    /// Its id.
    id: ExportId,
    /// The job that makes it.
    job_id: JobId,
    /// What kind of file.
    format: ExportFormat,
    /// How far it is; `done`: it can be downloaded.
    state: JobState,
    /// Entries in it so far.
    done: i64,
    /// Entries in all.
    #[schema(required)]
    total: Option<i64>,
    /// Size of the file, once it is there.
    #[schema(required)]
    bytes: Option<i64>,
    /// Code of the last failure.
    #[schema(required)]
    error: Option<String>,
    /// Who asked for it.
    #[schema(required)]
    created_by: Option<Phi<String>>,
    /// When.
    created_at: Timestamp,
    /// Until when it is kept.
    expires_at: Timestamp,
}

/// The exports that are still kept.
#[derive(Debug, Serialize, ToSchema)]
struct AuditExports {
    /// The newest first; at most ten are kept.
    items: Vec<AuditExport>,
}

/// Have a file made of the ledger. Asking for it is written into the ledger, and so is each download.
#[utoipa::path(post, path = "/api/v1/audit/exports", tag = "audit", request_body = NewAuditExport,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = AuditExport)))]
async fn export(who: Can<may::Export>, key: IdempotencyKey, Body(new): Body<NewAuditExport>) -> Result<Once> {
    new.filter.check("/filter/to")?;
    let (user, _) = who.person()?;
    if new.format == ExportFormat::Bundle && !new.filter.is_only_a_period() {
        let fault = FieldError::new("/filter", "invalid", "A bundle holds everything of a period: from and to.");
        return Err(Error::invalid(vec![fault]));
    }
    let request = key.of("audit.export", &new)?;
    who.create_once(request, async move |tx| begin(tx, user, &new).await).await
}

async fn begin(tx: &mut TenantTx, user: UserId, new: &NewAuditExport) -> Result<AuditExport> {
    let (now, id) = (tx.now(), ExportId::new());
    // what happens from now on, such as the making of this file, is not in it; entries bear the database's time
    let begun = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(tx.conn()).await?.to_jiff();
    let to = new.filter.to.map_or(begun, |to| to.min(begun));
    let filter = EntryFilter { to: Some(to), ..new.filter.clone() };
    let entries = count(tx, &filter).await?;
    let kept = jiff_sqlx::Timestamp::from(now);
    let others = sqlx::query_scalar!(
        r#"select count(*) as "count!" from audit_export.request where practice_id = $1 and expires_at > $2"#,
        tx.practice(),
        kept as _,
    );
    if others.fetch_one(tx.conn()).await? >= MOST_KEPT {
        return Err(Error::conflict(
            "audit.exports_full",
            "Ten exports are kept already; the oldest goes within a day.",
        ));
    }
    let work = Work { export: id, format: new.format, filter, entries };
    let job = tx.enqueue(&JOB, &work, Some(ONE_AT_A_TIME)).await?;
    sqlx::query!(
        "insert into audit_export.request (practice_id, id, job_id, format, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        tx.practice(),
        id.uuid(),
        job.uuid(),
        new.format.word(),
        user.uuid(),
        kept as _,
        jiff_sqlx::Timestamp::from(now.saturating_add(KEPT).map_err(Error::internal)?) as _,
    )
    .execute(tx.conn())
    .await?;
    let detail = json!({ "format": new.format, "entries": entries, "filter": new.filter.names() });
    tx.record(Change::done("export", "ledger", id.uuid()).with(detail)).await?;
    find(tx, id).await
}

/// How many entries the filter finds.
async fn count(tx: &mut TenantTx, filter: &EntryFilter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*) from (select from audit.entry e where e.practice_id = ");
    query.push_bind(tx.practice());
    filter.push(&mut query);
    query.push(" limit ").push_bind(MOST_ENTRIES + 1).push(") found");
    let entries: i64 = query.build_query_scalar().fetch_one(tx.conn()).await?;
    if entries > MOST_ENTRIES {
        let error = Error::conflict(
            "audit.export_too_large",
            "More than 250,000 entries fit this filter. Choose a shorter period, or take them out in parts.",
        );
        return Err(error.at("/filter/from", "too_many", "An export has at most 250,000 entries."));
    }
    Ok(entries)
}

/// The exports of this practice that are still kept.
#[utoipa::path(get, path = "/api/v1/audit/exports", tag = "audit", responses((status = 200, body = AuditExports)))]
async fn exports(who: Can<may::Export>) -> Result<Json<AuditExports>> {
    who.read(async |tx| Ok(Json(AuditExports { items: some(tx, None).await? }))).await
}

/// How far an export is.
#[utoipa::path(get, path = "/api/v1/audit/exports/{id}", tag = "audit",
    params(("id" = Uuid, Path, description = "The export")), responses((status = 200, body = AuditExport)))]
async fn export_progress(who: Can<may::Export>, Path(id): Path<ExportId>) -> Result<Json<AuditExport>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

async fn find(tx: &mut TenantTx, id: ExportId) -> Result<AuditExport> {
    some(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

/// One, or all that are kept; never more than ten.
async fn some(tx: &mut TenantTx, id: Option<ExportId>) -> Result<Vec<AuditExport>> {
    let rows = sqlx::query!(
        "select r.id, r.job_id, r.format, r.run, r.bytes, r.created_by, r.created_at, r.expires_at, j.state,
                j.progress_done, j.progress_total, j.error
           from audit_export.request r join jobs.job j on j.practice_id = r.practice_id and j.id = r.job_id
          where r.practice_id = $1 and r.expires_at > $2 and ($3::uuid is null or r.id = $3)
          order by r.created_at desc, r.id desc limit $4",
        tx.practice(),
        jiff_sqlx::Timestamp::from(tx.now()) as _,
        id.map(|id| id.uuid()),
        MOST_KEPT,
    )
    .fetch_all(tx.conn())
    .await?;
    let names = people::names(tx, rows.iter().map(|row| row.created_by)).await?;
    let word = serde_json::Value::String;
    rows.into_iter()
        .map(|row| {
            Ok(AuditExport {
                id: ExportId(row.id),
                job_id: JobId(row.job_id),
                format: serde_json::from_value(word(row.format)).map_err(Error::internal)?,
                state: serde_json::from_value(word(row.state)).map_err(Error::internal)?,
                done: row.progress_done,
                total: row.progress_total,
                bytes: row.run.map(|_| row.bytes),
                error: row.error,
                created_by: names.get(&row.created_by).cloned(),
                created_at: row.created_at.to_jiff(),
                expires_at: row.expires_at.to_jiff(),
            })
        })
        .collect()
}
