//! Views as they lie in their table.

use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::{Result, undisclosed};
use sqlx::types::Json;
use uuid::Uuid;

use super::{View, ViewFields, ViewId};

const TABLE: &str = "patients.view";

/// More than anybody sees: their own, and those of a whole practice that shares.
const MOST_SEEN: i64 = 200;

struct Row {
    id: Uuid,
    owner_id: Uuid,
    name: String,
    shared: bool,
    rank: i32,
    filter: Option<Vec<u8>>,
    sort: String,
    columns: Json<Vec<String>>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

undisclosed!(Row);

impl Row {
    async fn open(self, tx: &mut TenantTx) -> Result<View> {
        let filter = match &self.filter {
            Some(sealed) => {
                let plain = tx.open(place(self.id), sealed).await?;
                Some(serde_json::from_slice(&plain).map_err(Error::internal)?)
            }
            None => None,
        };
        Ok(View {
            id: ViewId(self.id),
            owner_id: self.owner_id,
            shared: self.shared,
            rank: self.rank,
            fields: ViewFields { name: self.name, filter, sort: self.sort, columns: self.columns.0 },
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

fn place(view: Uuid) -> Place<'static> {
    Place { table: TABLE, column: "filter", row: view }
}

async fn opened(tx: &mut TenantTx, rows: Vec<Row>) -> Result<Vec<View>> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(row.open(tx).await?);
    }
    Ok(views)
}

/// The caller's own views in their order, then those that others share.
///
/// # Errors
/// 503 when the database is away.
pub async fn seen(tx: &mut TenantTx) -> Result<Vec<View>> {
    let (practice, me) = (tx.practice(), tx.caller().actor.id());
    let rows = sqlx::query_as!(
        Row,
        r#"select id, owner_id, name, shared, rank, filter, sort, columns as "columns: Json<Vec<String>>", version,
                  created_at, updated_at
             from patients.view where practice_id = $1 and (shared or owner_id = $2)
            order by owner_id is distinct from $2, case when owner_id = $2 then rank end, name_key, id limit $3"#,
        practice,
        me,
        MOST_SEEN,
    )
    .fetch_all(tx.conn())
    .await?;
    opened(tx, rows).await
}

/// The caller's own views, locked until the end of the transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn own(tx: &mut TenantTx) -> Result<Vec<View>> {
    let (practice, me) = (tx.practice(), tx.caller().actor.id());
    let rows = sqlx::query_as!(
        Row,
        r#"select id, owner_id, name, shared, rank, filter, sort, columns as "columns: Json<Vec<String>>", version,
                  created_at, updated_at
             from patients.view where practice_id = $1 and owner_id = $2 order by rank, id for update"#,
        practice,
        me,
    )
    .fetch_all(tx.conn())
    .await?;
    opened(tx, rows).await
}

/// A view that the caller sees, locked until the end of the transaction.
///
/// # Errors
/// 404, also for what somebody else keeps for themselves.
pub async fn find(tx: &mut TenantTx, id: ViewId) -> Result<View> {
    let (practice, me) = (tx.practice(), tx.caller().actor.id());
    let row = sqlx::query_as!(
        Row,
        r#"select id, owner_id, name, shared, rank, filter, sort, columns as "columns: Json<Vec<String>>", version,
                  created_at, updated_at
             from patients.view where practice_id = $1 and id = $2 and (shared or owner_id = $3) for update"#,
        practice,
        id.uuid(),
        me,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    row.open(tx).await
}

/// Writes the view, for the first time or again.
///
/// # Errors
/// 409 `view.name_taken`.
pub async fn save(tx: &mut TenantTx, view: &View) -> Result<()> {
    let (practice, fields) = (tx.practice(), &view.fields);
    let filter = match &fields.filter {
        Some(filter) => {
            let plain = serde_json::to_vec(filter).map_err(Error::internal)?;
            Some(tx.seal(place(view.id.uuid()), &plain).await?)
        }
        None => None,
    };
    sqlx::query!(
        "insert into patients.view (practice_id, id, owner_id, name, shared, rank, filter, sort, columns, version,
                created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (practice_id, id) do update
            set name = excluded.name, shared = excluded.shared, rank = excluded.rank, filter = excluded.filter,
                sort = excluded.sort, columns = excluded.columns, version = excluded.version,
                updated_at = excluded.updated_at",
        practice,
        view.id.uuid(),
        view.owner_id,
        fields.name,
        view.shared,
        view.rank,
        filter,
        fields.sort,
        Json(&fields.columns) as _,
        view.version,
        jiff_sqlx::Timestamp::from(view.created_at) as _,
        jiff_sqlx::Timestamp::from(view.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("view_name_key", || {
        Error::conflict("view.name_taken", "You have a view of that name already.").at(
            "/name",
            "taken",
            "Choose another name.",
        )
    })?;
    Ok(())
}

/// Deletes the view.
///
/// # Errors
/// 503 when the database is away.
pub async fn delete(tx: &mut TenantTx, id: ViewId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!("delete from patients.view where practice_id = $1 and id = $2", practice, id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}
