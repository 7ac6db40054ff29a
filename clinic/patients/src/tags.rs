//! Tags: words that the practice puts on patients.

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{AtVersion, Colour};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

platform::id!(
    /// A tag.
    TagId
);

/// The routes of tags.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(create)).route(route!(change)).route(route!(delete))
}

/// A word that the practice puts on patients.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Tag {
    /// Its id.
    id: TagId,
    /// The word.
    name: String,
    /// Its colour.
    colour: Colour,
    /// On how many patients it is, deleted ones not counted.
    patients: i64,
    /// Goes up with each change.
    version: i32,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

/// All tags of the practice.
#[derive(Debug, Serialize, ToSchema)]
struct Tags {
    items: Vec<Tag>,
}

/// A tag to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTag {
    #[garde(length(chars, max = 40), custom(validate::line))]
    name: String,
    #[garde(skip)]
    colour: Colour,
}

/// What is to be different about a tag; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 40), custom(validate::line)))]
    name: Option<String>,
    #[garde(skip)]
    colour: Option<Colour>,
}

/// The most tags of a practice: more is no order any more, and the list comes whole.
const MOST: i64 = 200;

/// The practice's tags, by name.
#[utoipa::path(get, path = "/api/v1/tags", tag = "patients", responses((status = 200, body = Tags)))]
async fn list(who: Can<may::Read>) -> Result<Json<Tags>> {
    who.read(async |tx| Ok(Json(Tags { items: select(tx, None).await? }))).await
}

/// Names of the practice's tags, by id.
///
/// # Errors
/// 503 when the database is away.
pub async fn names(tx: &mut TenantTx) -> Result<HashMap<Uuid, String>> {
    Ok(called(tx).await?.into_iter().map(|(id, name, _)| (id, name)).collect())
}

/// Make a tag.
#[utoipa::path(post, path = "/api/v1/tags", tag = "patients", request_body = NewTag,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Tag)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewTag>) -> Result<Once> {
    let request = key.of("tag.create", &new)?;
    who.create_once(request, async move |tx| add(tx, &new).await).await
}

/// Change a tag.
#[utoipa::path(patch, path = "/api/v1/tags/{id}", tag = "patients", request_body = TagChange,
    params(("id" = Uuid, Path, description = "The tag")), responses((status = 200, body = Tag)))]
async fn change(who: Can<may::Write>, Path(id): Path<TagId>, Body(change): Body<TagChange>) -> Result<Json<Tag>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let (practice, now) = (tx.practice(), tx.now());
        let after = Tag {
            name: change.name.as_ref().map_or(before.name.clone(), |name| name.trim().to_owned()),
            colour: change.colour.unwrap_or(before.colour),
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        sqlx::query!(
            "update patients.tag set name = $3, colour = $4, version = $5, updated_at = $6
              where practice_id = $1 and id = $2",
            practice,
            id.uuid(),
            after.name,
            after.colour as Colour,
            after.version,
            jiff_sqlx::Timestamp::from(now) as _,
        )
        .execute(tx.conn())
        .await
        .on_constraint("tag_name_key", name_taken)?;
        tx.record(Change::updated("tag", id.uuid(), &before, &after).event("tag.changed", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// Delete a tag. It comes off every patient.
#[utoipa::path(post, path = "/api/v1/tags/{id}/delete", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The tag")), responses((status = 200, body = Tag)))]
async fn delete(who: Can<may::Delete>, Path(id): Path<TagId>, Body(at): Body<AtVersion>) -> Result<Json<Tag>> {
    who.write(async move |tx| {
        let tag = find_at(tx, id, at.version).await?;
        let practice = tx.practice();
        sqlx::query!("delete from patients.tag where practice_id = $1 and id = $2", practice, id.uuid())
            .execute(tx.conn())
            .await?;
        tx.record(Change::deleted("tag", id.uuid(), &tag).event("tag.deleted", tag.version + 1)).await?;
        Ok(Json(tag))
    })
    .await
}

async fn add(tx: &mut TenantTx, new: &NewTag) -> Result<Tag> {
    let (practice, now) = (tx.practice(), tx.now());
    let tag = Tag {
        id: TagId::new(),
        name: new.name.trim().to_owned(),
        colour: new.colour,
        patients: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let made = sqlx::query!(
        "insert into patients.tag (practice_id, id, name, colour, created_at, updated_at)
         select $1, $2, $3, $4, $5, $5
          where (select count(*) from patients.tag t where t.practice_id = $1) < $6",
        practice,
        tag.id.uuid(),
        tag.name,
        tag.colour as Colour,
        jiff_sqlx::Timestamp::from(now) as _,
        MOST,
    )
    .execute(tx.conn())
    .await
    .on_constraint("tag_name_key", name_taken)?;
    if made.rows_affected() == 0 {
        return Err(Error::conflict("tag.too_many", "A practice has at most 200 tags; delete those that nobody uses."));
    }
    tx.record(Change::created("tag", tag.id.uuid(), &tag).event("tag.created", 1)).await?;
    Ok(tag)
}

fn name_taken() -> Error {
    Error::conflict("tag.name_taken", "There is a tag of that name already.").at(
        "/name",
        "taken",
        "Choose another name.",
    )
}

async fn find_at(tx: &mut TenantTx, id: TagId, version: i32) -> Result<Tag> {
    let practice = tx.practice();
    sqlx::query_scalar!(
        "select 1 from patients.tag where practice_id = $1 and id = $2 for update",
        practice,
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    let tag = select(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)?;
    check_version(version, tag.version, &tag)?;
    Ok(tag)
}

/// What the practice's tags are called and which colours they have, by name.
///
/// # Errors
/// 503 when the database is away.
pub async fn called(tx: &mut TenantTx) -> Result<Vec<(Uuid, String, Colour)>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select id, name, colour as "colour: Colour" from patients.tag where practice_id = $1 order by name_key"#,
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.colour)).collect())
}

async fn select(tx: &mut TenantTx, id: Option<TagId>) -> Result<Vec<Tag>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select t.id, t.name, t.colour as "colour: Colour", t.version, t.created_at, t.updated_at,
                  (select count(*) from patients.patient_tag l
                     join patients.patient p on p.practice_id = l.practice_id and p.id = l.patient_id
                    where l.practice_id = t.practice_id and l.tag_id = t.id and p.deleted_at is null) as "patients!"
             from patients.tag t where t.practice_id = $1 and ($2::uuid is null or t.id = $2) order by t.name_key"#,
        practice,
        id.map(TagId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Tag {
            id: TagId(row.id),
            name: row.name,
            colour: row.colour,
            patients: row.patients,
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        })
        .collect())
}
