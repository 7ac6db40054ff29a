//! What differs from the weekly hours: vacations, sickness, closures, and times that are open in addition.

mod list;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::DateTime;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError, OnConstraint as _};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::{Permission as _, hours as may};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use axum::http::StatusCode;

use crate::hours::{Line, Owner};
use crate::opening::{Layer, LocalSpan};
use platform::shared::AtVersion;

platform::id!(
    /// An absence, or an opening in addition.
    AbsenceId
);

/// The routes of absences.
pub fn routes() -> Routes {
    list::routes().route(route!(create)).route(route!(read)).route(route!(change)).route(route!(remove))
}

/// Somebody is away, a place is closed, or open in addition.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// Whose: `practice`, `location:{id}` or `provider:{userId}`.
    #[schema(value_type = String)]
    pub owner: Owner,
    /// Of what kind.
    pub kind: AbsenceKind,
    /// From when, local time of the owner.
    #[schema(value_type = String, example = "2026-12-24T08:00:00")]
    pub from: DateTime,
    /// Until when, local time of the owner.
    #[schema(value_type = String, example = "2026-12-26T00:00:00")]
    pub to: DateTime,
    /// Why, for the person and for whoever keeps the hours; null for everybody else.
    #[schema(required)]
    pub note: Option<Phi<String>>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Why hours differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum AbsenceKind {
    /// A person is on vacation.
    Vacation,
    /// A person is ill.
    Sick,
    /// Closed, or busy with something else.
    Closed,
    /// Open in addition to the weekly hours.
    Extra,
}

/// An absence to be entered.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAbsence {
    #[garde(skip)]
    #[schema(value_type = String)]
    pub owner: Owner,
    #[garde(skip)]
    pub kind: AbsenceKind,
    #[garde(skip)]
    #[schema(value_type = String, example = "2026-12-24T08:00:00")]
    pub from: DateTime,
    #[garde(skip)]
    #[schema(value_type = String, example = "2026-12-26T00:00:00")]
    pub to: DateTime,
    #[garde(inner(custom(note_fits)))]
    pub note: Option<Phi<String>>,
}

/// What is to be different about an absence; what is left out stays. Whose it is cannot be changed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AbsenceChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(skip)]
    kind: Option<AbsenceKind>,
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    from: Option<DateTime>,
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    to: Option<DateTime>,
    #[garde(inner(inner(custom(note_fits))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    note: Option<Option<Phi<String>>>,
}

fn note_fits(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().chars().count() > 500 {
        return Err(garde::Error::new("too_long: Use at most 500 characters."));
    }
    validate::line(value.expose(), &())
}

/// Enter an absence. One's own needs `hours.write_own`, anybody else's `hours.write`.
#[utoipa::path(post, path = "/api/v1/absences", tag = "practice", request_body = NewAbsence,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Absence)))]
async fn create(who: Can<may::WriteOwn>, key: IdempotencyKey, Body(new): Body<NewAbsence>) -> Result<Once> {
    new.owner.check_may_write(&who, "POST /api/v1/absences").await?;
    let request = key.of("absence.create", &new)?;
    who.create_once(request, async move |tx| add_absence(tx, &new).await).await
}

/// An absence.
#[utoipa::path(get, path = "/api/v1/absences/{id}", tag = "practice",
    params(("id" = Uuid, Path, description = "The absence")), responses((status = 200, body = Absence)))]
async fn read(who: Can<may::Read>, Path(id): Path<AbsenceId>) -> Result<Json<Absence>> {
    let absence = who.read(async move |tx| find(tx, id).await).await?;
    Ok(Json(absence.for_eyes_of(&who)))
}

/// Change an absence. One's own needs `hours.write_own`, anybody else's `hours.write`.
#[utoipa::path(patch, path = "/api/v1/absences/{id}", tag = "practice", request_body = AbsenceChange,
    params(("id" = Uuid, Path, description = "The absence")), responses((status = 200, body = Absence)))]
async fn change(
    who: Can<may::WriteOwn>,
    Path(id): Path<AbsenceId>,
    Body(change): Body<AbsenceChange>,
) -> Result<Json<Absence>> {
    let owner = who.read(async move |tx| find(tx, id).await).await?.owner;
    owner.check_may_write(&who, "PATCH /api/v1/absences/{id}").await?;
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let (change, of) = (change.clone(), before.clone());
        let after = Absence {
            kind: change.kind.unwrap_or(of.kind),
            from: change.from.unwrap_or(of.from),
            to: change.to.unwrap_or(of.to),
            note: change.note.unwrap_or(of.note),
            version: of.version + 1,
            updated_at: tx.now(),
            ..of
        };
        check(after.owner, after.kind, after.from, after.to)?;
        save(tx, &after).await?;
        tx.record(Change::updated("absence", id.uuid(), &before, &after).event("absence.changed", after.version))
            .await?;
        Ok(Json(after))
    })
    .await
}

/// Remove an absence. One's own needs `hours.write_own`, anybody else's `hours.write`.
#[utoipa::path(post, path = "/api/v1/absences/{id}/remove", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The absence")), responses((status = 204, description = "It is gone")))]
async fn remove(who: Can<may::WriteOwn>, Path(id): Path<AbsenceId>, Body(at): Body<AtVersion>) -> Result<StatusCode> {
    let owner = who.read(async move |tx| find(tx, id).await).await?.owner;
    owner.check_may_write(&who, "POST /api/v1/absences/{id}/remove").await?;
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let practice = tx.practice();
        sqlx::query!("delete from practice.absence where practice_id = $1 and id = $2", practice, id.uuid())
            .execute(tx.conn())
            .await?;
        let change = Change::deleted("absence", id.uuid(), &before).event("absence.removed", before.version + 1);
        tx.record(change).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

impl Absence {
    /// Without what only the person and whoever keeps the hours may read.
    fn for_eyes_of<P>(self, who: &Can<P>) -> Self {
        let open = self.owner.is_own(who) || who.may(may::Write::NAME);
        Self { note: self.note.filter(|_| open), ..self }
    }
}

/// Enters an absence, with audit entry and event.
///
/// # Errors
/// 404 for an owner that does not exist; 422 for a time or kind that does not fit.
pub async fn add_absence(tx: &mut TenantTx, new: &NewAbsence) -> Result<Absence> {
    check(new.owner, new.kind, new.from, new.to)?;
    // also says whether there is such an owner
    Line::of(tx, new.owner).await?;
    let (practice, id, now) = (tx.practice(), AbsenceId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into practice.absence (practice_id, id, owner_id, owner_kind, kind, from_at, to_at, note, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        practice,
        id.uuid(),
        new.owner.id(tx),
        new.owner.kind(),
        new.kind as AbsenceKind,
        jiff_sqlx::DateTime::from(new.from) as _,
        jiff_sqlx::DateTime::from(new.to) as _,
        new.note.as_ref().map(|note| note.expose().trim()),
        now as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("absence_of_location", Error::not_found)?;
    let absence = find(tx, id).await?;
    tx.record(Change::created("absence", id.uuid(), &absence).event("absence.created", absence.version)).await?;
    Ok(absence)
}

/// What differs from the weeks of these owners on the days that it touches, by owner.
pub(crate) async fn layers(
    tx: &mut TenantTx,
    ids: &[Uuid],
    from: DateTime,
    to: DateTime,
) -> Result<HashMap<Uuid, Layer>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select owner_id, kind as "kind: AbsenceKind", from_at, to_at from practice.absence
            where practice_id = $1 and owner_id = any($2)
              and from_at < $3 and from_at >= $4::timestamp - interval '400 days' and to_at > $4"#,
        practice,
        ids,
        jiff_sqlx::DateTime::from(to) as _,
        jiff_sqlx::DateTime::from(from) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut layers: HashMap<Uuid, Layer> = HashMap::new();
    for row in rows {
        let layer = layers.entry(row.owner_id).or_default();
        let span = LocalSpan { from: row.from_at.to_jiff(), to: row.to_at.to_jiff() };
        if row.kind == AbsenceKind::Extra { layer.extra.push(span) } else { layer.closed.push(span) }
    }
    Ok(layers)
}

/// The longest, in days: the table says the same.
const LONGEST: i64 = 400;

fn check(owner: Owner, kind: AbsenceKind, from: DateTime, to: DateTime) -> Result<()> {
    let mut faults = Vec::new();
    let people_only = matches!(kind, AbsenceKind::Vacation | AbsenceKind::Sick);
    if people_only && !matches!(owner, Owner::Provider(_)) {
        let text = "Vacation and sickness are people's; a practice or location is closed, or open in addition.";
        faults.push(FieldError::new("/kind", "invalid", text));
    }
    if !(2000..=2200).contains(&from.year()) {
        faults.push(FieldError::new("/from", "out_of_range", "Choose a year from 2000 to 2200."));
    } else if to <= from {
        faults.push(FieldError::new("/to", "out_of_range", "It must end after it begins."));
    } else if to.duration_since(from).as_hours() > LONGEST * 24 {
        faults.push(FieldError::new(
            "/to",
            "out_of_range",
            "It lasts at most 400 days; enter the rest as another one.",
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    owner_id: Uuid,
    owner_kind: String,
    kind: AbsenceKind,
    from_at: jiff_sqlx::DateTime,
    to_at: jiff_sqlx::DateTime,
    note: Option<String>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for Absence {
    fn from(row: Row) -> Self {
        Self {
            id: AbsenceId(row.id),
            owner: Owner::from_row(&row.owner_kind, row.owner_id),
            kind: row.kind,
            from: row.from_at.to_jiff(),
            to: row.to_at.to_jiff(),
            note: row.note.map(Phi::new),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

async fn find(tx: &mut TenantTx, id: AbsenceId) -> Result<Absence> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, owner_id, owner_kind, kind as "kind: AbsenceKind", from_at, to_at, note, version, created_at,
                  updated_at
             from practice.absence where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(Absence::from).ok_or_else(Error::not_found)
}

/// The absence, locked, if it is still at that version.
async fn find_at(tx: &mut TenantTx, id: AbsenceId, version: i32) -> Result<Absence> {
    let practice = tx.practice();
    sqlx::query!("select from practice.absence where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    let absence = find(tx, id).await?;
    check_version(version, absence.version, &absence)?;
    Ok(absence)
}

async fn save(tx: &mut TenantTx, absence: &Absence) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update practice.absence set kind = $3, from_at = $4, to_at = $5, note = $6, version = $7, updated_at = $8
          where practice_id = $1 and id = $2",
        practice,
        absence.id.uuid(),
        absence.kind as AbsenceKind,
        jiff_sqlx::DateTime::from(absence.from) as _,
        jiff_sqlx::DateTime::from(absence.to) as _,
        absence.note.as_ref().map(|note| note.expose().trim()),
        absence.version,
        jiff_sqlx::Timestamp::from(absence.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
