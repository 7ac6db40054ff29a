//! Rooms and chairs: what an appointment takes up besides people.

mod list;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::rooms as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::locations::LocationId;
use platform::shared::{AtVersion, Colour, changed, trimmed};

platform::id!(
    /// A room or a chair.
    RoomId
);

/// The routes of rooms.
pub fn routes() -> Routes {
    list::routes()
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(archive))
        .route(route!(restore))
}

/// A room or a chair.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Where it is.
    pub location_id: LocationId,
    /// Its name.
    pub name: String,
    /// Its name in Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// Which of the two.
    pub kind: RoomKind,
    /// Its colour in the calendar.
    pub colour: Colour,
    /// Its place among the others: small ones come first.
    pub sort: i32,
    /// Since when it is no longer used.
    #[schema(required)]
    pub archived_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A whole room, or one chair of several in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum RoomKind {
    /// A room.
    Room,
    /// A chair.
    Chair,
}

/// A room to be added.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRoom {
    #[garde(skip)]
    pub location_id: LocationId,
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub name: String,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub name_ar: Option<String>,
    #[garde(skip)]
    pub kind: RoomKind,
    #[garde(skip)]
    pub colour: Colour,
    #[garde(range(min = 0, max = 9999))]
    #[serde(default)]
    pub sort: i32,
}

/// What is to be different about a room; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RoomChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(skip)]
    location_id: Option<LocationId>,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(inner(length(chars, max = 120), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name_ar: Option<Option<String>>,
    #[garde(skip)]
    kind: Option<RoomKind>,
    #[garde(skip)]
    colour: Option<Colour>,
    #[garde(inner(range(min = 0, max = 9999)))]
    sort: Option<i32>,
}

/// Add a room or a chair.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "practice", request_body = NewRoom,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Room)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewRoom>) -> Result<Once> {
    let request = key.of("room.create", &new)?;
    who.create_once(request, async move |tx| add_room(tx, &new).await).await
}

/// A room or a chair.
#[utoipa::path(get, path = "/api/v1/rooms/{id}", tag = "practice",
    params(("id" = Uuid, Path, description = "The room")), responses((status = 200, body = Room)))]
async fn read(who: Can<may::Read>, Path(id): Path<RoomId>) -> Result<Json<Room>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a room, or move it to another location.
#[utoipa::path(patch, path = "/api/v1/rooms/{id}", tag = "practice", request_body = RoomChange,
    params(("id" = Uuid, Path, description = "The room")), responses((status = 200, body = Room)))]
async fn change(who: Can<may::Write>, Path(id): Path<RoomId>, Body(change): Body<RoomChange>) -> Result<Json<Room>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let (change, of) = (change.clone(), before.clone());
        let after = Room {
            location_id: change.location_id.unwrap_or(of.location_id),
            name: change.name.map_or(of.name, |name| name.trim().to_owned()),
            name_ar: changed(change.name_ar, of.name_ar),
            kind: change.kind.unwrap_or(of.kind),
            colour: change.colour.unwrap_or(of.colour),
            sort: change.sort.unwrap_or(of.sort),
            version: of.version + 1,
            updated_at: tx.now(),
            ..of
        };
        if after.location_id != before.location_id {
            check_location(tx, after.location_id).await?;
        }
        save(tx, &after).await?;
        tx.record(Change::updated("room", id.uuid(), &before, &after).event("room.changed", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// Stop using a room.
#[utoipa::path(post, path = "/api/v1/rooms/{id}/archive", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The room")), responses((status = 200, body = Room)))]
async fn archive(who: Can<may::Write>, Path(id): Path<RoomId>, Body(at): Body<AtVersion>) -> Result<Json<Room>> {
    who.write(async move |tx| set_archived(tx, id, at.version, true).await).await.map(Json)
}

/// Use an archived room again.
#[utoipa::path(post, path = "/api/v1/rooms/{id}/restore", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The room")), responses((status = 200, body = Room)))]
async fn restore(who: Can<may::Write>, Path(id): Path<RoomId>, Body(at): Body<AtVersion>) -> Result<Json<Room>> {
    who.write(async move |tx| set_archived(tx, id, at.version, false).await).await.map(Json)
}

/// Adds a room, with its audit entry and event.
///
/// # Errors
/// 409 `room.name_taken`; 422 when there is no such location in use.
pub async fn add_room(tx: &mut TenantTx, new: &NewRoom) -> Result<Room> {
    check_location(tx, new.location_id).await?;
    let (practice, id, now) = (tx.practice(), RoomId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into practice.room (practice_id, id, location_id, name, name_ar, kind, colour, sort, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        practice,
        id.uuid(),
        new.location_id.uuid(),
        new.name.trim(),
        trimmed(new.name_ar.as_ref()),
        new.kind as RoomKind,
        new.colour as Colour,
        new.sort,
        now as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("room_name_key", name_taken)?;
    let room = find(tx, id).await?;
    tx.record(Change::created("room", id.uuid(), &room).event("room.created", room.version)).await?;
    Ok(room)
}

async fn set_archived(tx: &mut TenantTx, id: RoomId, version: i32, archived: bool) -> Result<Room> {
    let before = find_at(tx, id, version).await?;
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    if !archived && !is_in_use(tx, before.location_id).await? {
        return Err(Error::conflict("room.location_archived", "Its location is archived: restore that first."));
    }
    let now = tx.now();
    let after = Room { archived_at: archived.then_some(now), version: version + 1, updated_at: now, ..before.clone() };
    save(tx, &after).await?;
    let event = if archived { "room.archived" } else { "room.restored" };
    tx.record(Change::updated("room", id.uuid(), &before, &after).event(event, after.version)).await?;
    Ok(after)
}

/// Whether a location is in use; it stays so until the end of the transaction.
async fn is_in_use(tx: &mut TenantTx, location: LocationId) -> Result<bool> {
    let practice = tx.practice();
    let found = sqlx::query!(
        "select from practice.location where practice_id = $1 and id = $2 and archived_at is null for share",
        practice,
        location.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.is_some())
}

async fn check_location(tx: &mut TenantTx, location: LocationId) -> Result<()> {
    if is_in_use(tx, location).await? {
        return Ok(());
    }
    Err(Error::invalid(Vec::new()).at("/locationId", "not_found", "Choose one of the locations in use."))
}

fn name_taken() -> Error {
    Error::conflict("room.name_taken", "There is a room of that name at this location already.").at(
        "/name",
        "taken",
        "Choose another name.",
    )
}

/// A row as it lies in the table.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    location_id: Uuid,
    name: String,
    name_ar: Option<String>,
    name_key: String,
    kind: RoomKind,
    colour: Colour,
    sort: i32,
    archived_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for Room {
    fn from(row: Row) -> Self {
        Self {
            id: RoomId(row.id),
            location_id: LocationId(row.location_id),
            name: row.name,
            name_ar: row.name_ar,
            kind: row.kind,
            colour: row.colour,
            sort: row.sort,
            archived_at: row.archived_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

async fn find(tx: &mut TenantTx, id: RoomId) -> Result<Room> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, location_id, name, name_ar, name_key, kind as "kind: RoomKind", colour as "colour: Colour", sort,
                  archived_at, version, created_at, updated_at
             from practice.room where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(Room::from).ok_or_else(Error::not_found)
}

/// The room, locked, if it is still at that version.
async fn find_at(tx: &mut TenantTx, id: RoomId, version: i32) -> Result<Room> {
    let practice = tx.practice();
    sqlx::query!("select from practice.room where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    let room = find(tx, id).await?;
    check_version(version, room.version, &room)?;
    Ok(room)
}

async fn save(tx: &mut TenantTx, room: &Room) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update practice.room
            set location_id = $3, name = $4, name_ar = $5, kind = $6, colour = $7, sort = $8, archived_at = $9,
                version = $10, updated_at = $11
          where practice_id = $1 and id = $2",
        practice,
        room.id.uuid(),
        room.location_id.uuid(),
        room.name,
        room.name_ar,
        room.kind as RoomKind,
        room.colour as Colour,
        room.sort,
        room.archived_at.map(jiff_sqlx::Timestamp::from) as _,
        room.version,
        jiff_sqlx::Timestamp::from(room.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("room_name_key", name_taken)?;
    Ok(())
}

/// The rooms and chairs in use at a location, in their order.
pub(crate) async fn in_use(tx: &mut TenantTx, location: LocationId) -> Result<Vec<RoomId>> {
    let practice = tx.practice();
    let rooms = sqlx::query_scalar!(
        "select id from practice.room where practice_id = $1 and location_id = $2 and archived_at is null
          order by sort, id limit 500",
        practice,
        location.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rooms.into_iter().map(RoomId).collect())
}

/// What these rooms and chairs are called, in English and, where it was entered, in Arabic.
///
/// # Errors
/// 503 when the database is away.
pub async fn names(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<RoomId, (String, Option<String>)>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select id, name, name_ar from practice.room where practice_id = $1 and id = any($2)",
        practice,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (RoomId(row.id), (row.name, row.name_ar))).collect())
}
