//! Addresses to which nothing goes any more: they bounce, or whoever is there does not want it. People of the practice
//! take them off again, with a reason.

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::messages as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::{route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::judge::Suppressed;
use crate::message::Channel;

platform::id!(
    /// An address that gets nothing any more.
    SuppressionId
);

/// The routes of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(add)).route(route!(remove))
}

/// An address that gets nothing any more.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Suppression {
    /// Its id.
    id: SuppressionId,
    /// On which way.
    channel: Channel,
    /// The address, or number.
    address: String,
    /// Why.
    reason: Suppressed,
    /// Whose it is, as far as that was known.
    #[schema(required)]
    patient_id: Option<PatientId>,
    /// Since when.
    created_at: Timestamp,
}

/// A page of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SuppressionPage {
    items: Vec<Suppression>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// An address that is to get nothing any more.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSuppression {
    /// On which way.
    #[garde(skip)]
    channel: Channel,
    /// The address, or the number as it is dialled in the practice's country or with `+`.
    #[garde(length(min = 3, max = 254))]
    address: String,
}

/// Why an address may get messages again.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemoveSuppression {
    /// For the ledger.
    #[garde(length(chars, min = 5, max = 300), custom(validate::line))]
    reason: String,
}

undisclosed!(Suppression, NewSuppression, RemoveSuppression, Row);

/// Which of them.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListSuppressions {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    channel: Channel,
    address: Vec<u8>,
    reason: Suppressed,
    patient_id: Option<Uuid>,
    created_at: jiff_sqlx::Timestamp,
}

const NEWEST: &[Sort] = &[Sort { name: "createdAt", column: "s.created_at", kind: Kind::Instant }];

fn place(id: SuppressionId) -> Place<'static> {
    Place { table: "messaging.suppression", column: "address", row: id.uuid() }
}

impl Row {
    async fn open(self, tx: &mut TenantTx) -> Result<Suppression> {
        let id = SuppressionId(self.id);
        let address = String::from_utf8(tx.open(place(id), &self.address).await?).map_err(Error::internal)?;
        Ok(Suppression {
            id,
            channel: self.channel,
            address,
            reason: self.reason,
            patient_id: self.patient_id.map(PatientId),
            created_at: self.created_at.to_jiff(),
        })
    }
}

/// Addresses to which nothing goes any more, the newest first.
#[utoipa::path(get, path = "/api/v1/message-suppressions", tag = "messaging", params(ListSuppressions),
    responses((status = 200, body = SuppressionPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListSuppressions>) -> Result<Json<SuppressionPage>> {
    let order = Order::parse(NEWEST, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new(
            "select s.id, s.channel, s.address, s.reason, s.patient_id, s.created_at
               from messaging.suppression s where s.practice_id = ",
        );
        query.push_bind(tx.practice());
        order.push("s.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.created_at.to_jiff().to_string().into(), row.id))?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(row.open(tx).await?);
        }
        let ids: Vec<Uuid> = items.iter().map(|item| item.id.uuid()).collect();
        let patients: Vec<PatientId> = items.iter().filter_map(|item| item.patient_id).collect();
        tx.record_read(Look::list("suppression", &ids, &[]).of_patients(&patients)).await?;
        Ok(Json(SuppressionPage { items, next_cursor }))
    })
    .await
}

/// Have an address get nothing any more.
#[utoipa::path(post, path = "/api/v1/message-suppressions", tag = "messaging", request_body = NewSuppression,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Suppression)))]
async fn add(who: Can<may::Send>, key: IdempotencyKey, Body(new): Body<NewSuppression>) -> Result<Once> {
    let request = key.of("suppression.create", &new)?;
    who.create_once(request, async move |tx| {
        let address = new.channel.tidied(tx, &new.address, "/address").await?;
        let id = suppress(tx, new.channel, &address, Suppressed::ByHand, None).await?;
        find(tx, id).await
    })
    .await
}

/// Have an address get messages again.
#[utoipa::path(post, path = "/api/v1/message-suppressions/{id}/remove", tag = "messaging", request_body = RemoveSuppression,
    params(("id" = Uuid, Path, description = "The entry")), responses((status = 200, body = Suppression)))]
async fn remove(
    who: Can<may::Send>,
    Path(id): Path<SuppressionId>,
    Body(why): Body<RemoveSuppression>,
) -> Result<Json<Suppression>> {
    who.write(async move |tx| {
        let before = find(tx, id).await?;
        let practice = tx.practice();
        sqlx::query!("delete from messaging.suppression where practice_id = $1 and id = $2", practice, id.uuid())
            .execute(tx.conn())
            .await?;
        let told = json!({ "channel": before.channel, "was": before.reason, "reason": why.reason });
        tx.record(Change::updated(
            "suppression",
            id.uuid(),
            &json!({ "removedFor": null }),
            &json!({ "removedFor": told }),
        ))
        .await?;
        Ok(Json(before))
    })
    .await
}

async fn find(tx: &mut TenantTx, id: SuppressionId) -> Result<Suppression> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, channel as "channel: Channel", address, reason as "reason: Suppressed", patient_id, created_at
             from messaging.suppression where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    row.open(tx).await
}

/// Has an address get nothing any more; one that is there already stays for the reason that it came in for.
///
/// # Errors
/// 503 when the database is away.
pub async fn suppress(
    tx: &mut TenantTx,
    channel: Channel,
    address: &str,
    reason: Suppressed,
    patient: Option<PatientId>,
) -> Result<SuppressionId> {
    let (practice, id, now) = (tx.practice(), SuppressionId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    let blind = channel.blind(tx, address).await?;
    let sealed = tx.seal(place(id), address.as_bytes()).await?;
    let kept = sqlx::query_scalar!(
        "insert into messaging.suppression (practice_id, id, channel, address_blind, address, reason, patient_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint suppression_once do nothing returning id",
        practice,
        id.uuid(),
        channel as Channel,
        blind,
        sealed,
        reason as Suppressed,
        patient.map(PatientId::uuid),
        now as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    if kept.is_some() {
        let change = Change::created("suppression", id.uuid(), &json!({ "channel": channel, "reason": reason }));
        tx.record(change.on_timeline(patient, "message.suppression").event("suppression.created", 1)).await?;
        return Ok(id);
    }
    let known = sqlx::query_scalar!(
        "select id from messaging.suppression where practice_id = $1 and channel = $2 and address_blind = $3",
        practice,
        channel as Channel,
        blind,
    );
    Ok(SuppressionId(known.fetch_one(tx.conn()).await?))
}

/// Has an address that answered STOP get messages again.
///
/// # Errors
/// 503 when the database is away.
pub async fn release(tx: &mut TenantTx, channel: Channel, address: &str) -> Result<()> {
    let (practice, blind) = (tx.practice(), channel.blind(tx, address).await?);
    let gone = sqlx::query_scalar!(
        "delete from messaging.suppression
          where practice_id = $1 and channel = $2 and address_blind = $3 and reason in ('stop', 'unsubscribe') returning id",
        practice,
        channel as Channel,
        blind,
    )
    .fetch_all(tx.conn())
    .await?;
    for id in gone {
        tx.record(Change::done("release", "suppression", id)).await?;
    }
    Ok(())
}

/// Why these addresses get nothing any more, those of them that do not, by what stands for them.
///
/// # Errors
/// 503 when the database is away.
pub async fn reasons(
    tx: &mut TenantTx,
    channel: Channel,
    blinds: &[String],
) -> Result<std::collections::HashMap<String, Suppressed>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select address_blind, reason as "reason: Suppressed" from messaging.suppression
            where practice_id = $1 and channel = $2 and address_blind = any($3)"#,
        practice,
        channel as Channel,
        blinds,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.address_blind, row.reason)).collect())
}
