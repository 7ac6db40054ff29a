//! Closing days: when the whole practice is closed, once or every year, and the official holidays to choose from.

mod hijri;
mod list;
mod rule;
#[cfg(test)]
mod tests;

use axum::http::StatusCode;
use garde::Validate;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::hours as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use sqlx::types::Json as Stored;
use utoipa::ToSchema;
use uuid::Uuid;

pub use rule::{Move, Repeats};
use rule::{Rule, holiday};

use platform::shared::{AtVersion, changed, trimmed};

platform::id!(
    /// A closing day.
    ClosingDayId
);

/// No practice has more, so that all of them can be read at once.
const MOST: i64 = 200;
/// How far a single one may be from where its rule puts it.
const FARTHEST: i32 = 30;

/// The routes of closing days.
pub fn routes() -> Routes {
    list::routes().route(route!(create)).route(route!(read)).route(route!(change)).route(route!(remove))
}

/// A day on which the whole practice is closed, with all its returns.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosingDay {
    /// Its id.
    pub id: ClosingDayId,
    /// The first one; of an official holiday the day from which its rule counts.
    pub date: Date,
    /// What it is.
    pub name: String,
    /// The same in Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// How it comes again.
    pub repeats: Repeats,
    /// Key of the official holiday that it is.
    #[schema(required)]
    pub holiday: Option<String>,
    /// Single ones that are on another day, or not at all.
    pub moves: Vec<Move>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A closing day to be entered.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewClosingDay {
    #[garde(custom(year_in_reach))]
    pub date: Date,
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub name: String,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub name_ar: Option<String>,
    #[garde(skip)]
    pub repeats: Repeats,
}

/// What is to be different about a closing day; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClosingDayChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// Not of an official holiday, whose rule says when it is.
    #[garde(inner(custom(year_in_reach)))]
    date: Option<Date>,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(inner(length(chars, max = 120), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name_ar: Option<Option<String>>,
    /// Not of an official holiday.
    #[garde(skip)]
    repeats: Option<Repeats>,
    /// In place of all moves so far.
    #[garde(inner(length(max = 100)))]
    moves: Option<Vec<Move>>,
}

/// Years that the tables of the Umm al-Qura calendar reach.
pub(crate) fn year_in_reach(date: &Date, (): &()) -> garde::Result {
    if (2000..=2150).contains(&date.year()) {
        return Ok(());
    }
    Err(garde::Error::new("out_of_range: Choose a year from 2000 to 2150."))
}

/// Enter a closing day.
#[utoipa::path(post, path = "/api/v1/closing-days", tag = "practice", request_body = NewClosingDay,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = ClosingDay)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewClosingDay>) -> Result<Once> {
    let request = key.of("closing_day.create", &new)?;
    who.create_once(request, async move |tx| add_closing_day(tx, &new, None).await).await
}

/// A closing day.
#[utoipa::path(get, path = "/api/v1/closing-days/{id}", tag = "practice",
    params(("id" = Uuid, Path, description = "The closing day")), responses((status = 200, body = ClosingDay)))]
async fn read(who: Can<may::Read>, Path(id): Path<ClosingDayId>) -> Result<Json<ClosingDay>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a closing day, or move single ones of it.
#[utoipa::path(patch, path = "/api/v1/closing-days/{id}", tag = "practice", request_body = ClosingDayChange,
    params(("id" = Uuid, Path, description = "The closing day")), responses((status = 200, body = ClosingDay)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<ClosingDayId>,
    Body(change): Body<ClosingDayChange>,
) -> Result<Json<ClosingDay>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let (change, of) = (change.clone(), before.clone());
        let after = ClosingDay {
            date: change.date.unwrap_or(of.date),
            name: change.name.map_or(of.name, |name| name.trim().to_owned()),
            name_ar: changed(change.name_ar, of.name_ar),
            repeats: change.repeats.unwrap_or(of.repeats),
            moves: change.moves.unwrap_or(of.moves),
            version: of.version + 1,
            updated_at: tx.now(),
            ..of
        };
        check(&before, &after)?;
        save(tx, &after).await?;
        let change = Change::updated("closing_day", id.uuid(), &before, &after);
        tx.record(change.event("closing_day.changed", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// Remove a closing day, with all its returns.
#[utoipa::path(post, path = "/api/v1/closing-days/{id}/remove", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The closing day")), responses((status = 204, description = "It is gone")))]
async fn remove(who: Can<may::Write>, Path(id): Path<ClosingDayId>, Body(at): Body<AtVersion>) -> Result<StatusCode> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let practice = tx.practice();
        sqlx::query!("delete from practice.closing_day where practice_id = $1 and id = $2", practice, id.uuid())
            .execute(tx.conn())
            .await?;
        let change = Change::deleted("closing_day", id.uuid(), &before);
        tx.record(change.event("closing_day.removed", before.version + 1)).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Enters a closing day, with audit entry and event; with a key it is an official holiday.
///
/// # Errors
/// 409 `closing_day.too_many`.
pub(crate) async fn add_closing_day(
    tx: &mut TenantTx,
    new: &NewClosingDay,
    holiday: Option<&str>,
) -> Result<ClosingDay> {
    let (practice, id, now) = (tx.practice(), ClosingDayId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    let so_far = sqlx::query_scalar!(
        r#"select count(*) as "so_far!" from practice.closing_day where practice_id = $1"#,
        practice
    )
    .fetch_one(tx.conn())
    .await?;
    if so_far >= MOST {
        return Err(Error::conflict("closing_day.too_many", "There are 200 closing days; remove what is over first."));
    }
    sqlx::query!(
        "insert into practice.closing_day (practice_id, id, date, name, name_ar, repeats, holiday, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        practice,
        id.uuid(),
        jiff_sqlx::Date::from(new.date) as _,
        new.name.trim(),
        trimmed(new.name_ar.as_ref()),
        new.repeats as Repeats,
        holiday,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let day = find(tx, id).await?;
    tx.record(Change::created("closing_day", id.uuid(), &day).event("closing_day.created", day.version)).await?;
    Ok(day)
}

/// The days in a stretch of time on which the practice is closed.
pub(crate) async fn days(tx: &mut TenantTx, first: Date, last: Date) -> Result<Vec<Date>> {
    let all = all(tx).await?;
    Ok(all.iter().flat_map(|day| day.occurrences(first, last)).map(|occurrence| occurrence.date).collect())
}

/// One return of a closing day.
pub(crate) struct Occurrence {
    /// When it is.
    date: Date,
    /// When the rule says it is.
    by_rule: Date,
}

impl ClosingDay {
    fn rule(&self) -> Rule {
        let known = self.holiday.as_deref().and_then(holiday);
        known.map_or_else(|| Rule::of(self.date, self.repeats), |holiday| holiday.rule)
    }

    /// Its returns in a stretch of time, in order of the rule.
    fn occurrences(&self, first: Date, last: Date) -> Vec<Occurrence> {
        let reach = Span::new().days(FARTHEST);
        let (from, to) = (first.saturating_sub(reach).max(self.date), last.saturating_add(reach));
        let moved = |by_rule: Date| match self.moves.iter().find(|one| one.from == by_rule) {
            Some(one) => one.to.map(|date| Occurrence { date, by_rule }),
            None => Some(Occurrence { date: by_rule, by_rule }),
        };
        let within = |occurrence: &Occurrence| (first..=last).contains(&occurrence.date);
        self.rule().days(from, to).into_iter().filter_map(moved).filter(within).collect()
    }
}

fn check(before: &ClosingDay, after: &ClosingDay) -> Result<()> {
    let mut faults = Vec::new();
    if after.holiday.is_some() && (before.date, before.repeats) != (after.date, after.repeats) {
        let pointer = if before.date == after.date { "/repeats" } else { "/date" };
        let text =
            "The rule of an official holiday says when it is: move single ones, or remove it and enter your own.";
        faults.push(FieldError::new(pointer, "fixed", text));
    }
    for (i, one) in after.moves.iter().enumerate() {
        if after.rule().days(one.from, one.from).is_empty() || one.from < after.date {
            let text = "The rule does not give this day: name one of those that it gives.";
            faults.push(FieldError::new(format!("/moves/{i}/from"), "not_found", text));
        } else if after.moves[..i].iter().any(|other| other.from == one.from) {
            faults.push(FieldError::new(format!("/moves/{i}/from"), "duplicate", "This day is moved already."));
        }
        if one.to.is_some_and(|to| to.since(one.from).map_or(true, |span| span.get_days().abs() > FARTHEST)) {
            let text = "Choose a day within 30 days of where the rule puts it.";
            faults.push(FieldError::new(format!("/moves/{i}/to"), "out_of_range", text));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

struct Row {
    id: Uuid,
    date: jiff_sqlx::Date,
    name: String,
    name_ar: Option<String>,
    repeats: Repeats,
    holiday: Option<String>,
    moves: Stored<Vec<Move>>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for ClosingDay {
    fn from(row: Row) -> Self {
        Self {
            id: ClosingDayId(row.id),
            date: row.date.to_jiff(),
            name: row.name,
            name_ar: row.name_ar,
            repeats: row.repeats,
            holiday: row.holiday,
            moves: row.moves.0,
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// All of them: at most [`MOST`].
async fn all(tx: &mut TenantTx) -> Result<Vec<ClosingDay>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, date, name, name_ar, repeats as "repeats: Repeats", holiday, moves as "moves: _", version,
                  created_at, updated_at
             from practice.closing_day where practice_id = $1 order by id limit 200"#,
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(ClosingDay::from).collect())
}

async fn find(tx: &mut TenantTx, id: ClosingDayId) -> Result<ClosingDay> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, date, name, name_ar, repeats as "repeats: Repeats", holiday, moves as "moves: _", version,
                  created_at, updated_at
             from practice.closing_day where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(ClosingDay::from).ok_or_else(Error::not_found)
}

/// The closing day, locked, if it is still at that version.
async fn find_at(tx: &mut TenantTx, id: ClosingDayId, version: i32) -> Result<ClosingDay> {
    let practice = tx.practice();
    sqlx::query!("select from practice.closing_day where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    let day = find(tx, id).await?;
    check_version(version, day.version, &day)?;
    Ok(day)
}

async fn save(tx: &mut TenantTx, day: &ClosingDay) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update practice.closing_day
            set date = $3, name = $4, name_ar = $5, repeats = $6, moves = $7, version = $8, updated_at = $9
          where practice_id = $1 and id = $2",
        practice,
        day.id.uuid(),
        jiff_sqlx::Date::from(day.date) as _,
        day.name,
        day.name_ar,
        day.repeats as Repeats,
        Stored(&day.moves) as _,
        day.version,
        jiff_sqlx::Timestamp::from(day.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
