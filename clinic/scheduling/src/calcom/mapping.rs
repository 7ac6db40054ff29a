//! Which service is which event type at Cal.com: for everybody, or for one provider.

use garde::Validate;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::Body;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::integrations as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, validate};
use practice::{LocationId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::settings;

/// The routes of the mapping.
pub fn routes() -> Routes {
    Routes::new().route(route!(mappings)).route(route!(set_mappings))
}

/// That a service is an event type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalcomMapping {
    /// What is done.
    #[garde(skip)]
    pub service_id: ServiceId,
    /// Only with this provider; left out, with everybody who has none of their own.
    #[garde(skip)]
    #[schema(required)]
    pub provider_id: Option<UserId>,
    /// Where a visit is that is booked there.
    #[garde(skip)]
    pub location_id: LocationId,
    /// The event type.
    #[garde(range(min = 1))]
    pub event_type_id: i64,
    /// Its name in addresses.
    #[garde(length(chars, min = 1, max = 200), custom(validate::line))]
    pub slug: String,
    /// What it is called there.
    #[garde(length(chars, min = 1, max = 200), custom(validate::line))]
    pub title: String,
    /// How long it takes there.
    #[garde(range(min = 1, max = 1440))]
    pub length_minutes: i32,
}

/// The whole mapping.
#[derive(Debug, Serialize, ToSchema)]
struct CalcomMappings {
    items: Vec<CalcomMapping>,
    /// The version of the connection that it belongs to.
    version: i32,
}

/// The mapping in place of what there is.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCalcomMappings {
    /// The connection's version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// One for each visit type.
    #[garde(length(max = 500), dive)]
    items: Vec<CalcomMapping>,
}

/// Which services are which event types.
#[utoipa::path(get, path = "/api/v1/calcom/mappings", tag = "scheduling", responses((status = 200, body = CalcomMappings)))]
async fn mappings(who: Can<may::Read>) -> Result<Json<CalcomMappings>> {
    who.read(async |tx| {
        let version = settings::connected(tx).await?.map_or(0, |connected| connected.version);
        Ok(Json(CalcomMappings { items: all(tx).await?, version }))
    })
    .await
}

/// Say which services are which event types. What is booked already stays as it is until it is changed.
#[utoipa::path(put, path = "/api/v1/calcom/mappings", tag = "scheduling", request_body = NewCalcomMappings,
    responses((status = 200, body = CalcomMappings)))]
async fn set_mappings(who: Can<may::Write>, Body(new): Body<NewCalcomMappings>) -> Result<Json<CalcomMappings>> {
    who.write(async move |tx| {
        let connected = settings::connected(tx).await?.ok_or_else(settings::off)?;
        let before = CalcomMappings { items: all(tx).await?, version: connected.version };
        check_version(new.version, connected.version, &before)?;
        let practice = tx.practice();
        forget_all(tx).await?;
        for (at, item) in new.items.iter().enumerate() {
            add(tx, at, item).await?;
        }
        let version = sqlx::query_scalar!(
            "update scheduling.calcom set version = version + 1, updated_at = $2 where practice_id = $1 returning version",
            practice,
            jiff_sqlx::Timestamp::from(tx.now()) as _,
        )
        .fetch_one(tx.conn())
        .await?;
        let after = CalcomMappings { items: all(tx).await?, version };
        tx.record(Change::updated("calcom", practice, &before, &after).event("calcom.changed", version)).await?;
        Ok(Json(after))
    })
    .await
}

async fn add(tx: &mut TenantTx, at: usize, item: &CalcomMapping) -> Result<()> {
    let practice = tx.practice();
    let fault = |field: &'static str, code: &'static str, text: &'static str| {
        move || Error::invalid(Vec::new()).at(&format!("/items/{at}/{field}"), code, text)
    };
    sqlx::query!(
        "insert into scheduling.calcom_mapping (practice_id, id, service_id, provider_id, location_id, event_type_id, slug,
                title, length_minutes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        practice,
        Uuid::now_v7(),
        item.service_id.uuid(),
        item.provider_id.map(UserId::uuid),
        item.location_id.uuid(),
        item.event_type_id,
        item.slug,
        item.title,
        item.length_minutes,
    )
    .execute(tx.conn())
    .await
    .on_constraint("calcom_mapping_event_type", fault("eventTypeId", "duplicate", "An event type is one visit type."))
    .on_constraint("calcom_mapping_visit_type", fault("serviceId", "duplicate", "A visit type is one event type."))
    .on_constraint("calcom_mapping_service", fault("serviceId", "not_found", "Choose among the services."))
    .on_constraint("calcom_mapping_provider", fault("providerId", "not_found", "Choose among those who see patients."))
    .on_constraint("calcom_mapping_location", fault("locationId", "not_found", "Choose among the locations."))?;
    Ok(())
}

/// Takes the whole mapping back; the caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn forget_all(tx: &mut TenantTx) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!("delete from scheduling.calcom_mapping where practice_id = $1", practice).execute(tx.conn()).await?;
    Ok(())
}

/// The whole mapping.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<CalcomMapping>> {
    of(tx, None, None).await
}

/// The mappings of a service, or of an event type.
async fn of(tx: &mut TenantTx, service: Option<ServiceId>, event_type: Option<i64>) -> Result<Vec<CalcomMapping>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select service_id, provider_id, location_id, event_type_id, slug, title, length_minutes
           from scheduling.calcom_mapping
          where practice_id = $1 and ($2::uuid is null or service_id = $2) and ($3::bigint is null or event_type_id = $3)
          order by id limit 500",
        practice,
        service.map(ServiceId::uuid),
        event_type,
    )
    .fetch_all(tx.conn())
    .await?;
    let item = rows.into_iter().map(|row| CalcomMapping {
        service_id: ServiceId(row.service_id),
        provider_id: row.provider_id.map(UserId),
        location_id: LocationId(row.location_id),
        event_type_id: row.event_type_id,
        slug: row.slug,
        title: row.title,
        length_minutes: row.length_minutes,
    });
    Ok(item.collect())
}

/// The mappings of a service.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_service(tx: &mut TenantTx, service: ServiceId) -> Result<Vec<CalcomMapping>> {
    of(tx, Some(service), None).await
}

/// What a booking of an event type is here.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_event_type(tx: &mut TenantTx, event_type: i64) -> Result<Option<CalcomMapping>> {
    Ok(of(tx, None, Some(event_type)).await?.pop())
}

/// The one for a provider among those of a service: their own, else everybody's.
pub fn for_provider(mappings: &[CalcomMapping], provider: Option<UserId>) -> Option<&CalcomMapping> {
    let own = mappings.iter().find(|mapping| mapping.provider_id.is_some() && mapping.provider_id == provider);
    own.or_else(|| mappings.iter().find(|mapping| mapping.provider_id.is_none()))
}
