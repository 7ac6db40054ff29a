//! Offers as they lie in their table.

use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use sqlx::FromRow;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Offer, OfferId, OfferStatus};
use crate::waitlist::openings::OpeningId;
use crate::waitlist::wishes::WishId;

#[derive(Debug, FromRow)]
struct Row {
    id: Uuid,
    opening_id: Uuid,
    wish_id: Uuid,
    patient_id: Uuid,
    wave: i32,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    status: OfferStatus,
    expires_at: jiff_sqlx::Timestamp,
    answered_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

const COLUMNS: &str = "f.id, f.opening_id, f.wish_id, f.patient_id, f.wave, f.starts_at, f.ends_at, f.status,
    f.expires_at, f.answered_at, f.version, f.created_at, f.updated_at";

impl From<Row> for Offer {
    fn from(row: Row) -> Self {
        Self {
            id: OfferId(row.id),
            opening_id: OpeningId(row.opening_id),
            wish_id: WishId(row.wish_id),
            patient_id: PatientId(row.patient_id),
            wave: row.wave,
            start: row.starts_at.to_jiff(),
            end: row.ends_at.to_jiff(),
            status: row.status,
            expires_at: row.expires_at.to_jiff(),
            answered_at: row.answered_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

fn select(tx: &TenantTx) -> QueryBuilder<sqlx::Postgres> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.offer f where f.practice_id = ").push_bind(tx.practice());
    query
}

/// The offer.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: OfferId) -> Result<Offer> {
    let mut query = select(tx);
    query.push(" and f.id = ").push_bind(id.uuid());
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    row.map(Offer::from).ok_or_else(Error::not_found)
}

/// Those of these offers that there are.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Offer>> {
    let mut query = select(tx);
    query.push(" and f.id = any(").push_bind(ids.to_vec()).push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// All offers of these openings, in the order in which they were sent.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_openings(tx: &mut TenantTx, openings: &[OpeningId]) -> Result<Vec<Offer>> {
    let mut query = select(tx);
    let ids: Vec<Uuid> = openings.iter().map(|id| id.uuid()).collect();
    query.push(" and f.opening_id = any(").push_bind(ids).push(") order by f.id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// What was offered for a wish and not answered yet.
///
/// # Errors
/// 503 when the database is away.
pub async fn sent_to(tx: &mut TenantTx, wish: WishId) -> Result<Vec<Offer>> {
    let mut query = select(tx);
    query
        .push(" and f.wish_id = ")
        .push_bind(wish.uuid())
        .push(" and f.status = 'sent' order by f.id for no key update");
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// Writes a new offer, unless the wish was offered that opening before; answers whether it did.
///
/// # Errors
/// 503 when the database is away.
pub async fn insert(tx: &mut TenantTx, offer: &Offer) -> Result<bool> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let inserted = sqlx::query!(
        "insert into scheduling.offer (practice_id, id, opening_id, wish_id, patient_id, wave, starts_at, ends_at, status,
                expires_at, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'sent', $9, 1, $10, $10)
         on conflict (practice_id, opening_id, wish_id) do nothing",
        practice,
        offer.id.uuid(),
        offer.opening_id.uuid(),
        offer.wish_id.uuid(),
        offer.patient_id.uuid(),
        offer.wave,
        at(offer.start) as _,
        at(offer.end) as _,
        at(offer.expires_at) as _,
        at(offer.created_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Writes what can change of an offer.
///
/// # Errors
/// 503 when the database is away.
pub async fn update(tx: &mut TenantTx, offer: &Offer) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.offer set status = $3, answered_at = $4, version = $5, updated_at = $6
          where practice_id = $1 and id = $2",
        practice,
        offer.id.uuid(),
        offer.status as OfferStatus,
        offer.answered_at.map(jiff_sqlx::Timestamp::from) as _,
        offer.version,
        jiff_sqlx::Timestamp::from(offer.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
