//! Saved views: lists of patients that somebody wants to see again, for themselves or for everybody.

mod row;
#[cfg(test)]
mod tests;

use garde::Validate;
use jiff::Timestamp;
use platform::change::Change as FieldsChange;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{AtVersion, in_order};
use platform::{Result, route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::list;

platform::id!(
    /// A saved view.
    ViewId
);

/// The routes of views.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(views))
        .route(route!(create_view))
        .route(route!(order_views))
        .route(route!(change_view))
        .route(route!(share_view))
        .route(route!(unshare_view))
        .route(route!(delete_view))
}

/// What a view shows.
#[derive(Clone, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ViewFields {
    /// What it is called.
    #[garde(length(chars, max = 60), custom(validate::line))]
    #[schema(required)]
    pub name: String,
    /// A filter in the product's grammar; none for all patients. Encrypted.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Value>,
    /// The order of the list, as it is asked for there.
    #[garde(length(max = 40))]
    pub sort: String,
    /// Names of the columns; empty for the usual ones.
    #[garde(length(max = 60), inner(length(max = 60), custom(column)))]
    pub columns: Vec<String>,
}

impl Default for ViewFields {
    fn default() -> Self {
        Self { name: String::new(), filter: None, sort: "name".to_owned(), columns: Vec::new() }
    }
}

fn column(name: &str, (): &()) -> garde::Result {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
        return Ok(());
    }
    Err(garde::Error::new("invalid: A column is named by Latin letters, digits and dots."))
}

/// A view.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// Whose it is.
    pub owner_id: Uuid,
    /// For everybody who may see patients.
    pub shared: bool,
    /// Its place among its owner's.
    pub rank: i32,
    /// What it shows.
    #[serde(flatten)]
    pub fields: ViewFields,
    /// Goes up with each change.
    pub version: i32,
    /// When it was saved first.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(ViewFields, View);

/// The views that somebody sees.
#[derive(Debug, Serialize, ToSchema)]
struct Views {
    items: Vec<View>,
}

/// In which order somebody wants to see their own views.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewOrder {
    /// All of one's own, the first one first.
    #[garde(length(max = MOST))]
    ids: Vec<ViewId>,
}

/// The most views of one person: more find no room as tabs.
const MOST: usize = 30;

/// One's own views in their order, then what others share.
#[utoipa::path(get, path = "/api/v1/views", tag = "patients", responses((status = 200, body = Views)))]
async fn views(who: Can<may::Read>) -> Result<Json<Views>> {
    who.read(async |tx| Ok(Json(Views { items: row::seen(tx).await? }))).await
}

/// Save a view, for oneself.
#[utoipa::path(post, path = "/api/v1/views", tag = "patients", request_body = ViewFields,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = View)))]
async fn create_view(who: Can<may::Read>, key: IdempotencyKey, Body(new): Body<ViewFields>) -> Result<Once> {
    let request = key.of("view.create", &new)?;
    who.create_once(request, async move |tx| add(tx, new.clone()).await).await
}

/// Put one's own views into another order.
#[utoipa::path(post, path = "/api/v1/views/order", tag = "patients", request_body = ViewOrder,
    responses((status = 200, body = Views)))]
async fn order_views(who: Can<may::Read>, Body(order): Body<ViewOrder>) -> Result<Json<Views>> {
    who.write(async move |tx| {
        let own = row::own(tx).await?;
        let told = order.ids.iter().map(|id| id.uuid());
        let placed = in_order(&own, told, |view| view.id.uuid())
            .ok_or_else(|| Error::conflict("view.others", "There are other views by now; load them again."))?;
        for (rank, before) in placed {
            save(tx, before, View { rank, ..before.clone() }).await?;
        }
        Ok(Json(Views { items: row::seen(tx).await? }))
    })
    .await
}

/// Change one of one's own views.
#[utoipa::path(patch, path = "/api/v1/views/{id}", tag = "patients", request_body = FieldsChange<ViewFields>,
    params(("id" = Uuid, Path, description = "The view")), responses((status = 200, body = View)))]
async fn change_view(
    who: Can<may::Read>,
    Path(id): Path<ViewId>,
    change: FieldsChange<ViewFields>,
) -> Result<Json<View>> {
    who.write(async move |tx| {
        let before = own_at(tx, id, change.version).await?;
        let fields = tidied(tx, change.apply(&before.fields)?).await?;
        save(tx, &before, View { fields, ..before.clone() }).await.map(Json)
    })
    .await
}

/// Show one of one's own views to everybody who may see patients.
#[utoipa::path(post, path = "/api/v1/views/{id}/share", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The view")), responses((status = 200, body = View)))]
async fn share_view(who: Can<may::Write>, Path(id): Path<ViewId>, Body(at): Body<AtVersion>) -> Result<Json<View>> {
    who.write(async move |tx| {
        let before = own_at(tx, id, at.version).await?;
        save(tx, &before, View { shared: true, ..before.clone() }).await.map(Json)
    })
    .await
}

/// Stop sharing a view, one's own or anybody's: it stays with whose it is.
#[utoipa::path(post, path = "/api/v1/views/{id}/unshare", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The view")), responses((status = 200, body = View)))]
async fn unshare_view(who: Can<may::Write>, Path(id): Path<ViewId>, Body(at): Body<AtVersion>) -> Result<Json<View>> {
    who.write(async move |tx| {
        let before = row::find(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        save(tx, &before, View { shared: false, ..before.clone() }).await.map(Json)
    })
    .await
}

/// Delete one of one's own views.
#[utoipa::path(post, path = "/api/v1/views/{id}/delete", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The view")), responses((status = 200, body = View)))]
async fn delete_view(who: Can<may::Read>, Path(id): Path<ViewId>, Body(at): Body<AtVersion>) -> Result<Json<View>> {
    who.write(async move |tx| {
        let view = own_at(tx, id, at.version).await?;
        row::delete(tx, id).await?;
        tx.record(Change::deleted("view", id.uuid(), &view).event("view.deleted", view.version + 1)).await?;
        Ok(Json(view))
    })
    .await
}

async fn add(tx: &mut TenantTx, new: ViewFields) -> Result<View> {
    let Some(owner_id) = tx.caller().actor.id() else { return Err(Error::forbidden()) };
    let own = row::own(tx).await?;
    if own.len() >= MOST {
        return Err(Error::conflict("view.too_many", "You have 30 views; delete those that you do not use."));
    }
    let now = tx.now();
    let view = View {
        id: ViewId::new(),
        owner_id,
        shared: false,
        rank: own.iter().map(|view| view.rank).max().unwrap_or(0) + 1,
        fields: tidied(tx, new).await?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row::save(tx, &view).await?;
    tx.record(Change::created("view", view.id.uuid(), &view).event("view.created", 1)).await?;
    Ok(view)
}

async fn tidied(tx: &mut TenantTx, mut fields: ViewFields) -> Result<ViewFields> {
    fields.name = fields.name.trim().to_owned();
    list::check(tx, fields.filter.as_ref(), &fields.sort).await?;
    Ok(fields)
}

async fn save(tx: &mut TenantTx, before: &View, after: View) -> Result<View> {
    if *before == after {
        return Ok(after);
    }
    let after = View { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    tx.record(Change::updated("view", after.id.uuid(), before, &after).event("view.changed", after.version)).await?;
    Ok(after)
}

/// One of one's own views at this version, locked until the end of the transaction.
async fn own_at(tx: &mut TenantTx, id: ViewId, version: i32) -> Result<View> {
    let view = row::find(tx, id).await?;
    if Some(view.owner_id) != tx.caller().actor.id() {
        return Err(Error::forbidden_as("view.not_yours", "This view belongs to somebody else; save one of your own."));
    }
    check_version(version, view.version, &view)?;
    Ok(view)
}
