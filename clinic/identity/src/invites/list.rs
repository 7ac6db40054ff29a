//! Listing invitations, the newest first.

use garde::Validate;
use platform::Result;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::staff as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};

use super::{Found, Invite, Row, Status};

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which invitations to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListInvites {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only those in this state.
    #[garde(skip)]
    #[param(inline)]
    status: Option<Status>,
}

/// A page of invitations.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InvitePage {
    items: Vec<Invite>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[Sort { name: "createdAt", column: "i.created_at", kind: Kind::Instant }];

/// Who was asked to join. Addresses are for whoever may change staff.
#[utoipa::path(get, path = "/api/v1/invites", tag = "identity", params(ListInvites), responses((status = 200, body = InvitePage)))]
async fn list(who: Can<may::Write>, Query(asked): Query<ListInvites>) -> Result<Json<InvitePage>> {
    let order = Order::parse(SORTS, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read(async move |tx| {
        let mut query = QueryBuilder::new(
            "select i.id, i.email, i.name, i.role, i.role_id, i.role_name, i.permissions, i.language, i.status,
                    i.expires_at, i.created_by, i.created_by_name, i.created_at, i.version
               from auth.invites(null) i where true",
        );
        if let Some(status) = asked.status {
            query.push(" and i.status = ").push_bind(status);
        }
        order.push("i.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.created_at.to_jiff().to_string().into(), row.id))?;
        let items = rows.into_iter().map(|row| Found::try_from(row).map(|found| found.invite));
        Ok(Json(InvitePage { items: items.collect::<Result<_>>()?, next_cursor }))
    })
    .await
}
