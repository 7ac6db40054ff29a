//! Locations: the places where the practice works.

mod list;
#[cfg(test)]
mod tests;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::practice as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::profile;
use platform::shared::{Address, AtVersion, changed, trimmed};

platform::id!(
    /// A location.
    LocationId
);

/// The routes of locations.
pub fn routes() -> Routes {
    list::routes()
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(archive))
        .route(route!(restore))
}

/// A place where the practice works.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// Its name in Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// Where it is.
    #[schema(required)]
    pub address: Option<Address>,
    /// Its telephone, E.164.
    #[schema(required)]
    pub phone: Option<Phi<String>>,
    /// IANA time zone, where it is not the practice's.
    #[schema(required)]
    pub time_zone: Option<String>,
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

/// A location to be added.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewLocation {
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub name: String,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub name_ar: Option<String>,
    #[garde(dive)]
    pub address: Option<Address>,
    #[garde(inner(custom(profile::phone_length)))]
    pub phone: Option<Phi<String>>,
    #[garde(inner(custom(validate::time_zone)))]
    pub time_zone: Option<String>,
}

/// What is to be different about a location; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LocationChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(inner(length(chars, max = 120), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name_ar: Option<Option<String>>,
    #[garde(dive)]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Address>)]
    address: Option<Option<Address>>,
    #[garde(inner(inner(custom(profile::phone_length))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<Phi<String>>>,
    #[garde(inner(inner(custom(validate::time_zone))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
}

/// Add a location.
#[utoipa::path(post, path = "/api/v1/locations", tag = "practice", request_body = NewLocation,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Location)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewLocation>) -> Result<Once> {
    let request = key.of("location.create", &new)?;
    who.create_once(request, async move |tx| add_location(tx, &new).await).await
}

/// A location.
#[utoipa::path(get, path = "/api/v1/locations/{id}", tag = "practice",
    params(("id" = Uuid, Path, description = "The location")), responses((status = 200, body = Location)))]
async fn read(who: Can<may::Read>, Path(id): Path<LocationId>) -> Result<Json<Location>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a location.
#[utoipa::path(patch, path = "/api/v1/locations/{id}", tag = "practice", request_body = LocationChange,
    params(("id" = Uuid, Path, description = "The location")), responses((status = 200, body = Location)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<LocationId>,
    Body(change): Body<LocationChange>,
) -> Result<Json<Location>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let (change, of) = (change.clone(), before.clone());
        let phone = match change.phone {
            Some(phone) => {
                let address = change.address.as_ref().unwrap_or(&of.address);
                profile::read_phone(tx, phone, address.as_ref()).await?
            }
            None => of.phone,
        };
        let after = Location {
            name: change.name.map_or(of.name, |name| name.trim().to_owned()),
            name_ar: changed(change.name_ar, of.name_ar),
            address: change.address.unwrap_or(of.address),
            phone,
            time_zone: change.time_zone.unwrap_or(of.time_zone),
            version: of.version + 1,
            updated_at: tx.now(),
            ..of
        };
        save(tx, &after).await?;
        tx.record(Change::updated("location", id.uuid(), &before, &after).event("location.changed", after.version))
            .await?;
        Ok(Json(after))
    })
    .await
}

/// Stop using a location. Its rooms are archived or moved first.
#[utoipa::path(post, path = "/api/v1/locations/{id}/archive", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The location")), responses((status = 200, body = Location)))]
async fn archive(
    who: Can<may::Write>,
    Path(id): Path<LocationId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Location>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let practice = tx.practice();
        let rooms = sqlx::query_scalar!(
            r#"select exists (select from practice.room r
                where r.practice_id = $1 and r.location_id = $2 and r.archived_at is null) as "any!""#,
            practice,
            id.uuid(),
        )
        .fetch_one(tx.conn())
        .await?;
        if rooms {
            return Err(Error::conflict("location.has_rooms", "Archive this location's rooms first, or move them."));
        }
        set_archived(tx, before, true).await
    })
    .await
    .map(Json)
}

/// Use an archived location again.
#[utoipa::path(post, path = "/api/v1/locations/{id}/restore", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The location")), responses((status = 200, body = Location)))]
async fn restore(
    who: Can<may::Write>,
    Path(id): Path<LocationId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Location>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        set_archived(tx, before, false).await
    })
    .await
    .map(Json)
}

async fn set_archived(tx: &mut TenantTx, before: Location, archived: bool) -> Result<Location> {
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    let now = tx.now();
    let after = Location {
        archived_at: archived.then_some(now),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    save(tx, &after).await?;
    let event = if archived { "location.archived" } else { "location.restored" };
    tx.record(Change::updated("location", after.id.uuid(), &before, &after).event(event, after.version)).await?;
    Ok(after)
}

/// Adds a location, with its audit entry and event.
///
/// # Errors
/// 409 `location.name_taken`; 422 for a telephone number that is none.
pub async fn add_location(tx: &mut TenantTx, new: &NewLocation) -> Result<Location> {
    let phone = profile::read_phone(tx, new.phone.clone(), new.address.as_ref()).await?;
    let (practice, id, now) = (tx.practice(), LocationId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into practice.location (practice_id, id, name, name_ar, address, phone, time_zone, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        practice,
        id.uuid(),
        new.name.trim(),
        trimmed(new.name_ar.as_ref()),
        new.address.as_ref().map(sqlx::types::Json) as _,
        phone.as_ref().map(Phi::expose),
        new.time_zone,
        now as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("location_name_key", name_taken)?;
    let location = find(tx, id).await?;
    tx.record(Change::created("location", id.uuid(), &location).event("location.created", location.version)).await?;
    Ok(location)
}

fn name_taken() -> Error {
    Error::conflict("location.name_taken", "There is a location of that name already.").at(
        "/name",
        "taken",
        "Choose another name.",
    )
}

/// A row as it lies in the table.
#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    name_ar: Option<String>,
    name_key: String,
    address: Option<sqlx::types::Json<Address>>,
    phone: Option<String>,
    time_zone: Option<String>,
    archived_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for Location {
    fn from(row: Row) -> Self {
        Self {
            id: LocationId(row.id),
            name: row.name,
            name_ar: row.name_ar,
            address: row.address.map(|address| address.0),
            phone: row.phone.map(Phi::new),
            time_zone: row.time_zone,
            archived_at: row.archived_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// The location, archived or not.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: LocationId) -> Result<Location> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, name, name_ar, name_key, address as "address: _", phone, time_zone, archived_at, version,
                  created_at, updated_at
             from practice.location where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(Location::from).ok_or_else(Error::not_found)
}

/// These locations, archived or not, in any order.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Location>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, name_ar, name_key, address as "address: _", phone, time_zone, archived_at, version,
                  created_at, updated_at
             from practice.location where practice_id = $1 and id = any($2)"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Location::from).collect())
}

/// All locations in use, in the order in which they were entered. A practice has only so many.
///
/// # Errors
/// 503 when the database is away.
pub async fn in_use(tx: &mut TenantTx) -> Result<Vec<Location>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, name_ar, name_key, address as "address: _", phone, time_zone, archived_at, version,
                  created_at, updated_at
             from practice.location where practice_id = $1 and archived_at is null order by id limit 200"#,
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Location::from).collect())
}

/// The location, locked, if it is still at that version.
async fn find_at(tx: &mut TenantTx, id: LocationId, version: i32) -> Result<Location> {
    let practice = tx.practice();
    sqlx::query!("select from practice.location where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    let location = find(tx, id).await?;
    check_version(version, location.version, &location)?;
    Ok(location)
}

async fn save(tx: &mut TenantTx, location: &Location) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update practice.location
            set name = $3, name_ar = $4, address = $5, phone = $6, time_zone = $7, archived_at = $8, version = $9,
                updated_at = $10
          where practice_id = $1 and id = $2",
        practice,
        location.id.uuid(),
        location.name,
        location.name_ar,
        location.address.as_ref().map(sqlx::types::Json) as _,
        location.phone.as_ref().map(Phi::expose),
        location.time_zone,
        location.archived_at.map(jiff_sqlx::Timestamp::from) as _,
        location.version,
        jiff_sqlx::Timestamp::from(location.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("location_name_key", name_taken)?;
    Ok(())
}
