//! The job that makes the file: page after page of the ledger, each sealed and stored before the next is read.

use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::{Caller, TenantTx};
use platform::jobs::JobRun;
use platform::people;
use platform::{App, Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{self, Position};
use super::{ExportFormat, ExportId, csv, fhir};
use crate::bundle;
use crate::list::EntryFilter;

/// What is asked for, as the job keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Work {
    /// Which export.
    pub export: ExportId,
    /// What kind of file.
    pub format: ExportFormat,
    /// Which entries.
    pub filter: EntryFilter,
    /// How many there were.
    pub entries: i64,
}

/// Makes the file. A try of its own each time: only the pieces of the one that was finished are ever read.
///
/// # Errors
/// 503 when the database is away; `job.cancelled` when it was stopped.
pub async fn run(job: JobRun) -> Result<()> {
    let work: Work = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let caller = Caller::system(job.practice);
    let mut file = File {
        app: job.app.clone(),
        caller: caller.clone(),
        export: work.export,
        run: Uuid::now_v7(),
        chunks: 0,
        bytes: 0,
    };
    let mut pieces = Pieces::of(&job.app, &caller, &work);
    job.progress(0, Some(work.entries)).await?;
    while let Some((piece, entries)) = pieces.next().await? {
        file.add(piece.into_bytes()).await?;
        job.progress(entries, Some(work.entries.max(entries))).await?;
    }
    file.finish(pieces.entries()).await
}

/// Where the pieces of a file come from.
enum Pieces {
    Rows { app: App, caller: Caller, work: Work, after: Option<Position>, entries: i64, begun: bool },
    Bundle(bundle::Writer),
}

impl Pieces {
    fn of(app: &App, caller: &Caller, work: &Work) -> Self {
        let (app, caller, work) = (app.clone(), caller.clone(), work.clone());
        if work.format == ExportFormat::Bundle {
            let (from, to) = (work.filter.from.unwrap_or(Timestamp::UNIX_EPOCH), work.filter.to.unwrap_or(app.now()));
            return Self::Bundle(bundle::Writer::new(&app, caller, from, to));
        }
        Self::Rows { app, caller, work, after: None, entries: 0, begun: false }
    }

    fn entries(&self) -> i64 {
        match self {
            Self::Rows { entries, .. } => *entries,
            Self::Bundle(writer) => i64::try_from(writer.entries()).unwrap_or(i64::MAX),
        }
    }

    /// The next piece, and how many entries there are with it; nothing at the end.
    async fn next(&mut self) -> Result<Option<(String, i64)>> {
        let piece = match self {
            Self::Bundle(writer) => writer.piece().await?,
            Self::Rows { app, caller, work, after, entries, begun } => {
                let (filter, from, format) = (work.filter.clone(), *after, work.format);
                let practice = caller.practice.uuid();
                let first = !std::mem::replace(begun, true);
                let (text, last, count) = app
                    .door
                    .read(caller, async move |tx| {
                        let rows = rows::page(tx, &filter, from).await?;
                        let names = people::names(tx, rows.iter().filter_map(|row| row.actor_id)).await?;
                        let text = match format {
                            ExportFormat::Fhir => fhir::lines(practice, &rows, &names)?,
                            _ => csv::lines(&rows, &names, first),
                        };
                        Ok((text, rows.last().map(rows::Entry::position), rows.len()))
                    })
                    .await?;
                *after = last.or(*after);
                *entries += i64::try_from(count).unwrap_or(0);
                // an empty table still has its heading
                (count > 0 || first).then_some(text)
            }
        };
        Ok(piece.map(|piece| (piece, self.entries())))
    }
}

/// The file as it is stored.
struct File {
    app: App,
    caller: Caller,
    export: ExportId,
    run: Uuid,
    chunks: i32,
    bytes: i64,
}

impl File {
    async fn add(&mut self, piece: Vec<u8>) -> Result<()> {
        let (export, run, number) = (self.export, self.run, self.chunks);
        self.bytes += i64::try_from(piece.len()).map_err(Error::internal)?;
        self.chunks += 1;
        self.app
            .door
            .write(&self.caller, async move |tx| {
                let body = tx.seal(place(export, &column(run, number)), &piece).await?;
                sqlx::query!(
                    "insert into audit_export.chunk (practice_id, request_id, run, number, body) values ($1, $2, $3, $4, $5)",
                    tx.practice(),
                    export.uuid(),
                    run,
                    number,
                    body,
                )
                .execute(tx.conn())
                .await?;
                Ok(())
            })
            .await
    }

    async fn finish(self, entries: i64) -> Result<()> {
        let Self { app, caller, export, run, chunks, bytes } = self;
        app.door
            .write(&caller, async move |tx| {
                sqlx::query!(
                    "update audit_export.request set run = $3, chunks = $4, bytes = $5, entries = $6
                      where practice_id = $1 and id = $2",
                    tx.practice(),
                    export.uuid(),
                    run,
                    chunks,
                    bytes,
                    entries,
                )
                .execute(tx.conn())
                .await?;
                Ok(())
            })
            .await
    }
}

/// A piece of the file, opened.
///
/// # Errors
/// 404 when it is not there any more.
pub async fn chunk(tx: &mut TenantTx, export: ExportId, run: Uuid, number: i32) -> Result<Vec<u8>> {
    let sealed = sqlx::query_scalar!(
        "select body from audit_export.chunk where practice_id = $1 and request_id = $2 and run = $3 and number = $4",
        tx.practice(),
        export.uuid(),
        run,
        number,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    tx.open(place(export, &column(run, number)), &sealed).await
}

fn column(run: Uuid, number: i32) -> String {
    format!("body.{run}.{number}")
}

fn place(export: ExportId, column: &str) -> Place<'_> {
    Place { table: "audit_export.chunk", column, row: export.uuid() }
}
