//! The calendar: everything of some days at once, the days of a month in numbers, and appointments as a list.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use garde::Validate;
use jiff::civil::Date;
use jiff::{Span as Days, Timestamp};
use patients::{Alert, PatientItem};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::{PatientId, UserId};
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::appointments as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use practice::{LocationId, Span};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::appointment::occupy::LONGEST;
use crate::appointment::row::{COLUMNS, Row, open_all};
use crate::appointment::{Appointment, Status};
use crate::slots::check_days;

/// The routes of the calendar.
pub fn routes() -> Routes {
    Routes::new().route(route!(calendar)).route(route!(days)).route(route!(list))
}

/// Days that the calendar shows in full.
const MOST_DAYS: i32 = 7;
/// Appointments that it shows at once: twenty columns of a quarter of an hour for a day and more.
const MOST: usize = 2000;
/// Days whose numbers can be asked for at once: six weeks, as a month is shown.
const MOST_NUMBERS: i32 = 42;

/// An appointment with who comes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AppointmentItem {
    #[serde(flatten)]
    appointment: Appointment,
    /// Who comes.
    patient: Visitor,
}

/// A patient as the calendar shows them.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Visitor {
    /// Their id.
    pub id: PatientId,
    /// The practice's number for them.
    pub number: i64,
    /// Given names.
    pub given_name: String,
    /// Family name.
    #[schema(required)]
    pub family_name: Option<String>,
    /// Given names in the other script.
    #[schema(required)]
    pub given_name_other: Option<String>,
    /// Family name in the other script.
    #[schema(required)]
    pub family_name_other: Option<String>,
    /// Date of birth.
    #[schema(required, format = Date, value_type = Option<String>)]
    pub birth_date: Option<Date>,
    /// The number to call first.
    #[schema(required)]
    pub phone: Option<String>,
    /// Allergies and the like.
    pub alerts: Vec<Alert>,
}

undisclosed!(AppointmentItem, Visitor);

impl From<PatientItem> for Visitor {
    fn from(of: PatientItem) -> Self {
        Self {
            id: of.id,
            number: of.number,
            given_name: of.given_name,
            family_name: of.family_name,
            given_name_other: of.given_name_other,
            family_name_other: of.family_name_other,
            birth_date: of.birth_date,
            phone: of.phone,
            alerts: of.alerts,
        }
    }
}

/// Which days.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichDays {
    /// At which location.
    #[garde(skip)]
    location_id: LocationId,
    /// First local day of the location.
    #[garde(skip)]
    from: Date,
    /// Last local day.
    #[garde(skip)]
    to: Date,
}

/// Everything of some days at a location.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Calendar {
    /// The location's zone, IANA.
    time_zone: String,
    /// When each bookable provider works there.
    hours: Vec<ProviderHours>,
    /// All appointments, cancelled ones as well, by their beginning.
    items: Vec<AppointmentItem>,
    /// Whether there are more than fit.
    more: bool,
}

/// When somebody works.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProviderHours {
    /// Who.
    provider_id: UserId,
    /// From when until when, in order.
    open: Vec<Span>,
}

/// Everything of some days at a location, a week at most. Who is on it is written to the ledger.
#[utoipa::path(get, path = "/api/v1/calendar", tag = "scheduling", params(WhichDays), responses((status = 200, body = Calendar)))]
async fn calendar(who: Can<may::Read>, Query(asked): Query<WhichDays>) -> Result<Json<Calendar>> {
    check_days(asked.from, asked.to, MOST_DAYS)?;
    who.read_recorded(async move |tx| {
        let people: Vec<UserId> = practice::providers(tx)
            .await?
            .into_iter()
            .filter(|provider| provider.bookable && provider.works_at(asked.location_id))
            .map(|provider| provider.id)
            .collect();
        let mut working = practice::working(tx, asked.location_id, &people, asked.from, asked.to).await?;
        let window = window(&working.time_zone()?, asked.from, asked.to)?;
        let hours = |id: UserId| ProviderHours { provider_id: id, open: working.hours.remove(&id).unwrap_or_default() };
        let hours = people.into_iter().map(hours).collect();
        let mut query = select(tx);
        query.push(" and a.location_id = ").push_bind(asked.location_id.uuid());
        during(&mut query, window);
        query.push(" order by a.starts_at, a.id limit ").push_bind(i64::try_from(MOST + 1).unwrap_or(i64::MAX));
        let mut rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let more = rows.len() > MOST;
        rows.truncate(MOST);
        let items = with_patients(tx, rows, &["location", "days"]).await?;
        Ok(Json(Calendar { time_zone: working.zone, hours, items, more }))
    })
    .await
}

/// Some days in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DayNumbers {
    /// The days that have any, in order.
    items: Vec<DayNumber>,
}

/// A day in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DayNumber {
    /// The local day.
    #[schema(format = Date, value_type = String)]
    date: Date,
    /// Appointments that take or took place.
    appointments: i64,
    /// Those that were cancelled or missed.
    lost: i64,
    /// Minutes that they take together.
    minutes: i64,
}

/// Days at a location in numbers, six weeks at most.
#[utoipa::path(get, path = "/api/v1/calendar/days", tag = "scheduling", params(WhichDays), responses((status = 200, body = DayNumbers)))]
async fn days(who: Can<may::Read>, Query(asked): Query<WhichDays>) -> Result<Json<DayNumbers>> {
    check_days(asked.from, asked.to, MOST_NUMBERS)?;
    who.read(async move |tx| {
        let working = practice::working(tx, asked.location_id, &[], asked.from, asked.to).await?;
        let window = window(&working.time_zone()?, asked.from, asked.to)?;
        let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
        let rows = sqlx::query!(
            r#"select (starts_at at time zone $5)::date as "date!: jiff_sqlx::Date",
                      count(*) filter (where status not in ('cancelled', 'no_show')) as "appointments!",
                      count(*) filter (where status in ('cancelled', 'no_show')) as "lost!",
                      coalesce(sum(extract(epoch from ends_at - starts_at) / 60)
                               filter (where status not in ('cancelled', 'no_show')), 0)::bigint as "minutes!"
                 from scheduling.appointment
                where practice_id = $1 and location_id = $2 and starts_at >= $3 and starts_at < $4
                group by 1 order by 1"#,
            practice,
            asked.location_id.uuid(),
            at(window.start) as _,
            at(window.end) as _,
            working.zone,
        )
        .fetch_all(tx.conn())
        .await?;
        let items = rows
            .into_iter()
            .map(|row| DayNumber {
                date: row.date.to_jiff(),
                appointments: row.appointments,
                lost: row.lost,
                minutes: row.minutes,
            })
            .collect();
        Ok(Json(DayNumbers { items }))
    })
    .await
}

/// Which appointments to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAppointments {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `start` or `-start`, the latest first.
    #[garde(inner(length(max = 60)))]
    sort: Option<String>,
    /// Only of this patient.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// Only with this provider.
    #[garde(skip)]
    provider_id: Option<UserId>,
    /// Only at this location.
    #[garde(skip)]
    location_id: Option<LocationId>,
    /// Only those that have come so far.
    #[garde(skip)]
    #[param(inline)]
    status: Option<Status>,
    /// Only those that begin from here on.
    #[garde(skip)]
    from: Option<Timestamp>,
    /// Only those that begin before.
    #[garde(skip)]
    to: Option<Timestamp>,
}

/// A page of appointments.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AppointmentPage {
    items: Vec<AppointmentItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[Sort { name: "start", column: "a.starts_at", kind: Kind::Instant }];

/// Appointments as a list. Who is on the page is written to the ledger.
#[utoipa::path(get, path = "/api/v1/appointments", tag = "scheduling", params(ListAppointments),
    responses((status = 200, body = AppointmentPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListAppointments>) -> Result<Json<AppointmentPage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = select(tx);
        if let Some(id) = asked.patient_id {
            let all = patients::merged_into(tx, id).await?;
            query.push(" and a.patient_id = any(").push_bind(all).push(")");
        }
        if let Some(id) = asked.provider_id {
            query.push(" and exists (select from scheduling.booked b where b.practice_id = a.practice_id");
            query.push(" and b.holder_id = a.id and b.kind = 'provider' and b.resource_id = ").push_bind(id.uuid());
            query.push(")");
        }
        if let Some(id) = asked.location_id {
            query.push(" and a.location_id = ").push_bind(id.uuid());
        }
        if let Some(status) = asked.status {
            query.push(" and a.status = ").push_bind(status);
        }
        if let Some(from) = asked.from {
            query.push(" and a.starts_at >= ").push_bind(jiff_sqlx::Timestamp::from(from));
        }
        if let Some(to) = asked.to {
            query.push(" and a.starts_at < ").push_bind(jiff_sqlx::Timestamp::from(to));
        }
        order.push("a.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.start().to_string().into(), row.id()))?;
        let items = with_patients(tx, rows, &asked.filtered_by()).await?;
        Ok(Json(AppointmentPage { items, next_cursor }))
    })
    .await
}

impl ListAppointments {
    /// By which fields, for the ledger.
    fn filtered_by(&self) -> Vec<&'static str> {
        let fields = [
            ("patient", self.patient_id.is_some()),
            ("provider", self.provider_id.is_some()),
            ("location", self.location_id.is_some()),
            ("status", self.status.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
        ];
        fields.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name).collect()
    }
}

fn select(tx: &TenantTx) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.appointment a where a.practice_id = ").push_bind(tx.practice());
    query
}

/// What touches a stretch of time; the first condition is what the index is asked for.
fn during(query: &mut QueryBuilder<Postgres>, window: Span) {
    let at = jiff_sqlx::Timestamp::from;
    query.push(" and a.starts_at > ").push_bind(at(window.start - LONGEST));
    query.push(" and a.starts_at < ").push_bind(at(window.end));
    query.push(" and a.ends_at > ").push_bind(at(window.start));
}

fn window(zone: &jiff::tz::TimeZone, first: Date, last: Date) -> Result<Span> {
    let midnight = |day: Date| day.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(Error::internal);
    Ok(Span { start: midnight(first)?, end: midnight(last.saturating_add(Days::new().days(1)))? })
}

/// Appointments with who comes. Writes to the ledger who was looked at.
async fn with_patients(tx: &mut TenantTx, rows: Vec<Row>, filter: &[&str]) -> Result<Vec<AppointmentItem>> {
    let appointments = open_all(tx, rows).await?;
    let patients: BTreeSet<PatientId> = appointments.iter().map(|appointment| appointment.patient_id).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    let people = visitors(tx, &patients).await?;
    let on_it: Vec<Uuid> = appointments.iter().map(|appointment| appointment.id.uuid()).collect();
    tx.record_read(Look::list("appointment", &on_it, filter).of_patients(&patients)).await?;
    let item = |appointment: Appointment| {
        let patient = people.get(&appointment.patient_id).cloned();
        let patient = patient.ok_or_else(|| Error::internal("an appointment of a patient who is not there"))?;
        Ok(AppointmentItem { appointment, patient })
    };
    appointments.into_iter().map(item).collect()
}

/// Patients as the calendar shows them. Whoever asks writes to the ledger who was looked at.
///
/// # Errors
/// 503 when the database is away.
pub async fn visitors(tx: &mut TenantTx, ids: &[PatientId]) -> Result<HashMap<PatientId, Visitor>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    Ok(patients::items_of(tx, &ids).await?.into_iter().map(|item| (item.id, item.into())).collect())
}
