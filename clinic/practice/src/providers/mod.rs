//! Providers: what the calendar and patients need to know of a member who sees patients. Who is a member, and the
//! name, is a matter of identity.

#[cfg(test)]
mod tests;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::UserId;
use platform::outbox::Subscriber;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::practice as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::locations::LocationId;
use crate::services::ServiceId;
use platform::shared::{Colour, trimmed};

/// The routes of providers.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(read)).route(route!(set))
}

/// A member's professional profile.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// The member: the user's id.
    pub id: UserId,
    /// Title before the name.
    #[schema(required)]
    pub title: Option<String>,
    /// The same in Arabic.
    #[schema(required)]
    pub title_ar: Option<String>,
    /// Specialty.
    #[schema(required)]
    pub specialty: Option<String>,
    /// Number of the professional licence.
    #[schema(required)]
    pub licence_number: Option<String>,
    /// Colour in the calendar.
    pub colour: Colour,
    /// Whether appointments can be made with them.
    pub bookable: bool,
    /// Where they work. With exactly one location in use they inherit its hours, otherwise the practice's.
    pub location_ids: Vec<LocationId>,
    /// What they do; null for everything.
    #[schema(required)]
    pub service_ids: Option<Vec<ServiceId>>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Provider {
    /// Whether they work at a location; who names none works at all.
    #[must_use]
    pub fn works_at(&self, location: LocationId) -> bool {
        self.location_ids.is_empty() || self.location_ids.contains(&location)
    }

    /// Whether they do a service at a location.
    #[must_use]
    pub fn does(&self, service: ServiceId, location: LocationId) -> bool {
        self.works_at(location) && self.service_ids.as_ref().is_none_or(|services| services.contains(&service))
    }
}

/// A whole profile, in place of what there is.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProvider {
    #[garde(inner(length(chars, max = 60), custom(validate::line)))]
    pub title: Option<String>,
    #[garde(inner(length(chars, max = 60), custom(validate::line)))]
    pub title_ar: Option<String>,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub specialty: Option<String>,
    #[garde(inner(length(chars, max = 60), custom(validate::line)))]
    pub licence_number: Option<String>,
    #[garde(skip)]
    #[serde(default = "first_colour")]
    pub colour: Colour,
    #[garde(skip)]
    #[serde(default = "yes")]
    pub bookable: bool,
    #[garde(length(max = 50))]
    #[serde(default)]
    pub location_ids: Vec<LocationId>,
    #[garde(inner(length(max = 500)))]
    pub service_ids: Option<Vec<ServiceId>>,
    /// The version that the change is based on; 0 for somebody who has no profile yet.
    #[garde(skip)]
    pub version: i32,
}

fn first_colour() -> Colour {
    Colour::Teal
}

fn yes() -> bool {
    true
}

/// Which providers to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListProviders {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only those with whom appointments can be made, or all.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: Which,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Which {
    #[default]
    All,
    Bookable,
}

/// A page of providers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderPage {
    items: Vec<Provider>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The order in which they became members: ids sort by time, and names are not this area's.
const SORTS: &[Sort] = &[Sort { name: "id", column: "p.user_id", kind: Kind::Id }];

/// The members who have a professional profile.
#[utoipa::path(get, path = "/api/v1/providers", tag = "practice", params(ListProviders), responses((status = 200, body = ProviderPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListProviders>) -> Result<Json<ProviderPage>> {
    let order = Order::parse(SORTS, None, asked.cursor.as_deref(), asked.limit)?;
    who.read(async move |tx| {
        let mut query = select(tx);
        query.push(match asked.status {
            Which::All => "",
            Which::Bookable => " and p.bookable",
        });
        order.push("p.user_id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.user_id.to_string().into(), row.user_id))?;
        Ok(Json(ProviderPage { items: rows.into_iter().map(Provider::from).collect(), next_cursor }))
    })
    .await
}

/// A member's professional profile.
#[utoipa::path(get, path = "/api/v1/providers/{id}", tag = "practice",
    params(("id" = Uuid, Path, description = "The member")), responses((status = 200, body = Provider)))]
async fn read(who: Can<may::Read>, Path(id): Path<UserId>) -> Result<Json<Provider>> {
    who.read(async move |tx| find(tx, id).await?.ok_or_else(Error::not_found)).await.map(Json)
}

/// Give a member a professional profile, or another one.
#[utoipa::path(put, path = "/api/v1/providers/{id}", tag = "practice", request_body = NewProvider,
    params(("id" = Uuid, Path, description = "The member")), responses((status = 200, body = Provider)))]
async fn set(who: Can<may::Write>, Path(id): Path<UserId>, Body(new): Body<NewProvider>) -> Result<Json<Provider>> {
    who.write(async move |tx| set_provider(tx, id, &new).await).await.map(Json)
}

/// Gives a member a profile in place of what there is, with audit entry and event.
///
/// # Errors
/// 404 when there is no such member, 409 when the version is not the current one, 422 for unknown locations or services.
pub async fn set_provider(tx: &mut TenantTx, id: UserId, new: &NewProvider) -> Result<Provider> {
    check_member(tx, id).await?;
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "select from practice.provider where practice_id = $1 and user_id = $2 for update",
        practice,
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    let before = find(tx, id).await?;
    check_version(new.version, before.as_ref().map_or(0, |before| before.version), &before)?;
    let version = new.version + 1;
    let saved = sqlx::query!(
        "insert into practice.provider as p (practice_id, user_id, title, title_ar, specialty, licence_number, colour,
                bookable, all_services, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (practice_id, user_id) do update
            set title = $3, title_ar = $4, specialty = $5, licence_number = $6, colour = $7, bookable = $8,
                all_services = $9, version = $10, updated_at = $11
          where p.version = $10 - 1",
        practice,
        id.uuid(),
        trimmed(new.title.as_ref()),
        trimmed(new.title_ar.as_ref()),
        trimmed(new.specialty.as_ref()),
        trimmed(new.licence_number.as_ref()),
        new.colour as Colour,
        new.bookable,
        new.service_ids.is_none(),
        version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let after = |provider: Option<Provider>| provider.ok_or_else(|| Error::internal("a profile that is not there"));
    if saved.rows_affected() == 0 {
        // two made the first one at the same time
        return Err(Error::stale(&after(find(tx, id).await?)?));
    }
    link(tx, id, new).await?;
    let after = after(find(tx, id).await?)?;
    let change = match &before {
        None => Change::created("provider", id.uuid(), &after).event("provider.created", version),
        Some(before) => Change::updated("provider", id.uuid(), before, &after).event("provider.changed", version),
    };
    tx.record(change).await?;
    Ok(after)
}

/// With whoever has left nobody can make an appointment any more. The profile stays, for what they did.
#[must_use]
pub fn subscriber() -> Subscriber {
    Subscriber {
        name: "providers who left",
        wants: |event| event == "staff.removed",
        handle: |tx, event| Box::pin(async move { retire(tx, UserId(event.subject_id)).await }),
    }
}

async fn retire(tx: &mut TenantTx, id: UserId) -> Result<()> {
    let Some(before) = find(tx, id).await?.filter(|provider| provider.bookable) else { return Ok(()) };
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "update practice.provider set bookable = false, version = version + 1, updated_at = $3
          where practice_id = $1 and user_id = $2",
        practice,
        id.uuid(),
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let after = find(tx, id).await?.ok_or_else(Error::not_found)?;
    tx.record(Change::updated("provider", id.uuid(), &before, &after).event("provider.changed", after.version)).await
}

/// Writes where they work and what they do.
async fn link(tx: &mut TenantTx, id: UserId, new: &NewProvider) -> Result<()> {
    let practice = tx.practice();
    let locations: Vec<Uuid> = new.location_ids.iter().map(|id| id.uuid()).collect();
    let services: Vec<Uuid> = new.service_ids.iter().flatten().map(|id| id.uuid()).collect();
    sqlx::query!("delete from practice.provider_location where practice_id = $1 and user_id = $2", practice, id.uuid())
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from practice.provider_service where practice_id = $1 and user_id = $2", practice, id.uuid())
        .execute(tx.conn())
        .await?;
    let unknown =
        |pointer: &'static str, text: &'static str| move || Error::invalid(Vec::new()).at(pointer, "not_found", text);
    sqlx::query!(
        "insert into practice.provider_location (practice_id, user_id, location_id)
         select distinct $1::uuid, $2::uuid, wanted from unnest($3::uuid[]) wanted",
        practice,
        id.uuid(),
        &locations,
    )
    .execute(tx.conn())
    .await
    .on_constraint("provider_at_location", unknown("/locationIds", "Choose among the practice's locations."))?;
    sqlx::query!(
        "insert into practice.provider_service (practice_id, user_id, service_id)
         select distinct $1::uuid, $2::uuid, wanted from unnest($3::uuid[]) wanted",
        practice,
        id.uuid(),
        &services,
    )
    .execute(tx.conn())
    .await
    .on_constraint("provider_does_service", unknown("/serviceIds", "Choose among the practice's services."))?;
    Ok(())
}

/// Whether somebody is a member of the practice.
///
/// # Errors
/// 404 when not.
pub(crate) async fn check_member(tx: &mut TenantTx, id: UserId) -> Result<()> {
    let member =
        sqlx::query_scalar!(r#"select auth.is_member($1) as "member!""#, id.uuid()).fetch_one(tx.conn()).await?;
    if member { Ok(()) } else { Err(Error::not_found()) }
}

/// The location of somebody who works at exactly one that is in use.
pub(crate) async fn only_location(tx: &mut TenantTx, id: UserId) -> Result<Option<LocationId>> {
    let practice = tx.practice();
    let found = sqlx::query_scalar!(
        "select l.id from practice.provider_location p
           join practice.location l on l.practice_id = p.practice_id and l.id = p.location_id and l.archived_at is null
          where p.practice_id = $1 and p.user_id = $2 limit 2",
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(if let [only] = found[..] { Some(LocationId(only)) } else { None })
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: Uuid,
    title: Option<String>,
    title_ar: Option<String>,
    specialty: Option<String>,
    licence_number: Option<String>,
    colour: Colour,
    bookable: bool,
    all_services: bool,
    locations: Vec<Uuid>,
    services: Vec<Uuid>,
    version: i32,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for Provider {
    fn from(row: Row) -> Self {
        let services = row.services.into_iter().map(ServiceId).collect();
        Self {
            id: UserId(row.user_id),
            title: row.title,
            title_ar: row.title_ar,
            specialty: row.specialty,
            licence_number: row.licence_number,
            colour: row.colour,
            bookable: row.bookable,
            location_ids: row.locations.into_iter().map(LocationId).collect(),
            service_ids: (!row.all_services).then_some(services),
            version: row.version,
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

fn select(tx: &TenantTx) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(
        "select p.user_id, p.title, p.title_ar, p.specialty, p.licence_number, p.colour, p.bookable, p.all_services,
                array(select l.location_id from practice.provider_location l
                       where l.practice_id = p.practice_id and l.user_id = p.user_id order by 1) as locations,
                array(select s.service_id from practice.provider_service s
                       where s.practice_id = p.practice_id and s.user_id = p.user_id order by 1) as services,
                p.version, p.updated_at
           from practice.provider p where p.practice_id = ",
    );
    query.push_bind(tx.practice());
    query
}

/// Everybody who has a professional profile, in the order in which they became members. A practice has only so many.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<Provider>> {
    let mut query = select(tx);
    query.push(" order by p.user_id limit 1000");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Provider::from).collect())
}

async fn find(tx: &mut TenantTx, id: UserId) -> Result<Option<Provider>> {
    let mut query = select(tx);
    query.push(" and p.user_id = ").push_bind(id.uuid());
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    Ok(row.map(Provider::from))
}
