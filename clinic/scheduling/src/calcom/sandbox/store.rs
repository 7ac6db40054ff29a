//! The bookings of what stands in for Cal.com.

use std::ops::Range;

use calcom::{Booking, BookingStatus};
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::record::Change;
use serde_json::json;
use uuid::Uuid;

struct Row {
    uid: String,
    event_type_id: i64,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    status: String,
    from_uid: Option<String>,
    to_uid: Option<String>,
    our_id: Option<String>,
}

impl From<Row> for (Booking, i64) {
    fn from(row: Row) -> Self {
        let status = if row.status == "accepted" { BookingStatus::Accepted } else { BookingStatus::Cancelled };
        let during = row.starts_at.to_jiff()..row.ends_at.to_jiff();
        let mut booking = Booking::new(row.uid, status, during, row.our_id);
        (booking.rescheduled_from_uid, booking.rescheduled_to_uid) = (row.from_uid, row.to_uid);
        (booking, row.event_type_id)
    }
}

/// Makes a booking, unless its time is taken or past.
///
/// # Errors
/// 409 `sandbox.taken`, `sandbox.past`.
pub async fn make(
    tx: &mut TenantTx,
    event_type: i64,
    during: Range<Timestamp>,
    our_id: Option<String>,
    from: Option<&str>,
) -> Result<Booking> {
    if during.start <= tx.now() {
        return Err(Error::conflict("sandbox.past", "This is past."));
    }
    let (practice, uid, at) = (tx.practice(), Uuid::now_v7().simple().to_string(), jiff_sqlx::Timestamp::from);
    // one after the other
    sqlx::query!("select from scheduling.calcom where practice_id = $1 for update", practice)
        .fetch_optional(tx.conn())
        .await?;
    let taken = sqlx::query_scalar!(
        "select uid from scheduling.calcom_sandbox
          where practice_id = $1 and event_type_id = $2 and status = 'accepted' and starts_at < $4 and ends_at > $3
            and uid is distinct from $5 limit 1",
        practice,
        event_type,
        at(during.start) as _,
        at(during.end) as _,
        from,
    );
    if taken.fetch_optional(tx.conn()).await?.is_some() {
        return Err(Error::conflict("sandbox.taken", "This is taken."));
    }
    sqlx::query!(
        "insert into scheduling.calcom_sandbox (practice_id, uid, event_type_id, starts_at, ends_at, status, from_uid, our_id)
         values ($1, $2, $3, $4, $5, 'accepted', $6, $7)",
        practice,
        uid,
        event_type,
        at(during.start) as _,
        at(during.end) as _,
        from,
        our_id,
    )
    .execute(tx.conn())
    .await?;
    tx.record(Change::done("book", "calcom_sandbox", practice).with(json!({ "uid": uid }))).await?;
    Ok(find(tx, &uid).await?.0)
}

/// Moves a booking: another one takes its place.
///
/// # Errors
/// 404; as [`make`].
pub async fn shift(tx: &mut TenantTx, uid: &str, start: Timestamp) -> Result<(Booking, i64)> {
    let (before, event_type) = find(tx, uid).await?;
    if !before.stands() {
        return Err(Error::conflict("sandbox.over", "This does not take place any more."));
    }
    let end = start.checked_add(before.end.duration_since(before.start)).map_err(Error::internal)?;
    let our_id = before.our_id().map(str::to_owned);
    let after = make(tx, event_type, start..end, our_id, Some(uid)).await?;
    end_with(tx, uid, Some(&after.uid)).await?;
    Ok((after, event_type))
}

/// Ends a booking, in favour of another one or for good.
///
/// # Errors
/// 404.
pub async fn end(tx: &mut TenantTx, uid: &str, to: Option<&str>) -> Result<(Booking, i64)> {
    let found = find(tx, uid).await?;
    end_with(tx, uid, to).await?;
    Ok(found)
}

async fn end_with(tx: &mut TenantTx, uid: &str, to: Option<&str>) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.calcom_sandbox set status = 'cancelled', to_uid = $3 where practice_id = $1 and uid = $2",
        practice,
        uid,
        to,
    )
    .execute(tx.conn())
    .await?;
    tx.record(Change::done("cancel", "calcom_sandbox", practice).with(json!({ "uid": uid }))).await
}

/// A booking, and of what it is.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, uid: &str) -> Result<(Booking, i64)> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select uid, event_type_id, starts_at as "starts_at: jiff_sqlx::Timestamp",
                  ends_at as "ends_at: jiff_sqlx::Timestamp", status, from_uid, to_uid, our_id
             from scheduling.calcom_sandbox where practice_id = $1 and uid = $2"#,
        practice,
        uid,
    );
    Ok(row.fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)?.into())
}

/// Bookings of an event type that lie within, whatever became of them.
///
/// # Errors
/// 503 when the database is away.
pub async fn within(tx: &mut TenantTx, event_type: i64, during: Range<Timestamp>) -> Result<Vec<Booking>> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let rows = sqlx::query_as!(
        Row,
        r#"select uid, event_type_id, starts_at as "starts_at: jiff_sqlx::Timestamp",
                  ends_at as "ends_at: jiff_sqlx::Timestamp", status, from_uid, to_uid, our_id
             from scheduling.calcom_sandbox
            where practice_id = $1 and event_type_id = $2 and starts_at < $4 and ends_at > $3 order by starts_at limit 5000"#,
        practice,
        event_type,
        at(during.start) as _,
        at(during.end) as _,
    );
    let rows = rows.fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| <(Booking, i64)>::from(row).0).collect())
}
