//! The bookings that both have, as people see them: on the appointment, in the worklist, on the page of the connection.

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::appointments as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use practice::ServiceId;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::booking::{self, Booking, CalcomBookingId, CalcomState, Which};
use super::mapping;
use crate::appointment::{self, AppointmentId};

/// The routes of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(of_appointment))
}

/// Which bookings.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichCalcomBookings {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only those that stand like this.
    #[garde(skip)]
    #[param(inline)]
    state: Option<CalcomState>,
}

/// A booking that both have.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalcomBooking {
    id: CalcomBookingId,
    /// The appointment; none for one that was made there and found no place here.
    #[schema(required)]
    appointment_id: Option<AppointmentId>,
    /// Who comes.
    #[schema(required)]
    patient_id: Option<PatientId>,
    /// Given names.
    #[schema(required)]
    given_name: Option<String>,
    /// Family name.
    #[schema(required)]
    family_name: Option<String>,
    /// What is done.
    #[schema(required)]
    service_id: Option<ServiceId>,
    /// How it stands.
    state: CalcomState,
    /// Why it needs attention: what Cal.com said (`taken`, `out_of_bounds`, `refused`, `missing`, `key_refused`,
    /// `rate_limited`, `unreachable`, `unknown`, `no_contact`, `cancelled_there`, `twice_there`), or, ending with `_here`, what our
    /// calendar has against it.
    #[schema(required)]
    reason: Option<String>,
    /// Whether it was made there.
    from_there: bool,
    /// Its name there.
    #[schema(required)]
    uid: Option<String>,
    /// From when it is there.
    #[schema(required)]
    start_there: Option<Timestamp>,
    /// Until when it is there.
    #[schema(required)]
    end_there: Option<Timestamp>,
    /// From when it is here.
    #[schema(required)]
    start_here: Option<Timestamp>,
    /// Goes up with each change.
    version: i32,
    /// When it was last changed.
    updated_at: Timestamp,
}

/// A page of bookings.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CalcomBookingPage {
    items: Vec<CalcomBooking>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What Cal.com knows of an appointment.
#[derive(Serialize, ToSchema)]
struct CalcomOfAppointment {
    /// Nothing, when it is none of Cal.com's.
    #[schema(required)]
    booking: Option<CalcomBooking>,
}

undisclosed!(CalcomBooking, CalcomBookingPage, CalcomOfAppointment);

#[derive(FromRow)]
struct Listed {
    id: Uuid,
    updated_at: jiff_sqlx::Timestamp,
}

const LATEST: &[Sort] = &[Sort { name: "updatedAt", column: "b.updated_at", kind: Kind::Instant }];

/// The bookings that both have, the latest change first.
#[utoipa::path(get, path = "/api/v1/calcom-bookings", tag = "scheduling", params(WhichCalcomBookings),
    responses((status = 200, body = CalcomBookingPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<WhichCalcomBookings>) -> Result<Json<CalcomBookingPage>> {
    let order = Order::parse(LATEST, Some("-updatedAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query =
            QueryBuilder::new("select b.id, b.updated_at from scheduling.calcom_booking b where b.practice_id = ");
        query.push_bind(tx.practice());
        if let Some(state) = asked.state {
            query.push(" and b.state = ").push_bind(state);
        }
        order.push("b.id", &mut query)?;
        let rows: Vec<Listed> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.updated_at.to_jiff().to_string().into(), row.id))?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut found = booking::those(tx, &ids).await?;
        found.sort_by_key(|booking| ids.iter().position(|id| *id == booking.id.uuid()));
        let items = items(tx, found).await?;
        let patients: Vec<PatientId> = items.iter().filter_map(|item| item.patient_id).collect();
        let filter: &[&str] = if asked.state.is_some() { &["state"] } else { &[] };
        tx.record_read(Look::list("calcom_booking", &ids, filter).of_patients(&patients)).await?;
        Ok(Json(CalcomBookingPage { items, next_cursor }))
    })
    .await
}

/// What Cal.com knows of an appointment.
#[utoipa::path(get, path = "/api/v1/appointments/{id}/calcom", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = CalcomOfAppointment)))]
async fn of_appointment(who: Can<may::Read>, Path(id): Path<AppointmentId>) -> Result<Json<CalcomOfAppointment>> {
    who.read_recorded(async move |tx| {
        let appointment = appointment::find(tx, id).await?;
        tx.record_read(Look::at("appointment", id.uuid()).of_patient(Some(appointment.patient_id))).await?;
        let booking = match booking::find(tx, Which::Of(id)).await? {
            Some(found) => Some(shown(tx, found).await?),
            None => None,
        };
        Ok(Json(CalcomOfAppointment { booking }))
    })
    .await
}

/// The booking as people see it, with who and what it is about.
///
/// # Errors
/// 503 when the database is away.
pub async fn shown(tx: &mut TenantTx, found: Booking) -> Result<CalcomBooking> {
    items(tx, vec![found]).await?.pop().ok_or_else(Error::not_found)
}

/// The same for all of them, in this order.
async fn items(tx: &mut TenantTx, found: Vec<Booking>) -> Result<Vec<CalcomBooking>> {
    let visits = visits(tx, &found).await?;
    let mut services: HashMap<i64, ServiceId> = HashMap::new();
    if found.iter().any(|booking| booking.appointment_id.is_none()) {
        let mappings = mapping::all(tx).await?.into_iter();
        services.extend(mappings.map(|mapping| (mapping.event_type_id, mapping.service_id)));
    }
    let ids: Vec<Uuid> = found.iter().filter_map(|booking| booking.patient_id).map(PatientId::uuid).collect();
    let people = patients::items_of(tx, &ids).await?.into_iter();
    let people: HashMap<_, _> = people.map(|one| (one.id, (one.given_name, one.family_name))).collect();
    let item = |found: Booking| {
        let visit = found.appointment_id.and_then(|id| visits.get(&id));
        let mapped = || found.event_type.and_then(|event_type| services.get(&event_type).copied());
        let (given_name, family_name) = found.patient_id.and_then(|id| people.get(&id)).cloned().unzip();
        CalcomBooking {
            id: found.id,
            appointment_id: found.appointment_id,
            patient_id: found.patient_id,
            given_name,
            family_name: family_name.flatten(),
            service_id: visit.map(|visit| visit.service).or_else(mapped),
            state: found.state,
            reason: found.error_code,
            from_there: found.from_there,
            uid: found.uid,
            start_there: found.start,
            end_there: found.end,
            start_here: visit.map(|visit| visit.start),
            version: found.version,
            updated_at: found.updated_at,
        }
    };
    Ok(found.into_iter().map(item).collect())
}

/// What of an appointment is shown of a booking.
struct Visit {
    service: ServiceId,
    start: Timestamp,
}

async fn visits(tx: &mut TenantTx, of: &[Booking]) -> Result<HashMap<AppointmentId, Visit>> {
    let practice = tx.practice();
    let ids: Vec<Uuid> = of.iter().filter_map(|booking| booking.appointment_id).map(AppointmentId::uuid).collect();
    let rows = sqlx::query!(
        r#"select id, service_id, starts_at as "starts_at: jiff_sqlx::Timestamp" from scheduling.appointment
            where practice_id = $1 and id = any($2)"#,
        practice,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let visits = rows.into_iter().map(|row| {
        let visit = Visit { service: ServiceId(row.service_id), start: row.starts_at.to_jiff() };
        (AppointmentId(row.id), visit)
    });
    Ok(visits.collect())
}

/// The booking, or 404.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: CalcomBookingId) -> Result<Booking> {
    booking::lock(tx, Which::Id(id)).await?.ok_or_else(Error::not_found)
}
