//! What patients can be filtered by, for whoever builds a filter: nothing of it is known anywhere else.

use platform::db::TenantTx;
use platform::filter::{Field, Op};
use platform::guard::Can;
use platform::permission::patients as may;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::Serialize;
use utoipa::ToSchema;

use super::FIELDS;
use crate::custom::{self, Filterable};

/// The most companies that are offered to choose from.
const MOST_PAYERS: i64 = 100;

/// The route of the description.
pub fn routes() -> Routes {
    Routes::new().route(route!(fields))
}

/// What patients can be filtered by.
#[derive(Debug, Serialize, ToSchema)]
struct FilterFields {
    items: Vec<FilterField>,
}

/// A field that lists can be filtered by.
#[derive(Debug, Serialize, ToSchema)]
struct FilterField {
    /// Its name in filters; `custom.key` for one of the practice's own.
    name: String,
    /// What its values are: `text`, `choice` and `choices` (texts), `integer`, `number`, `boolean`, `date`, `instant`, `id`.
    kind: &'static str,
    /// How it can be compared.
    operators: Vec<Op>,
    /// The values that it has: all of a `choice`, some of a `text`.
    choices: Vec<String>,
}

/// What patients can be filtered by, and how.
#[utoipa::path(get, path = "/api/v1/patients/fields", tag = "patients", responses((status = 200, body = FilterFields)))]
async fn fields(who: Can<may::Read>) -> Result<Json<FilterFields>> {
    who.read(async |tx| {
        let own = custom::filterable(&custom::all(tx).await?);
        let all = FIELDS.iter().copied().chain(own.iter().map(Filterable::field));
        let mut items: Vec<FilterField> = all.map(|field| described(&field)).collect();
        if let Some(payer) = items.iter_mut().find(|field| field.name == "payer") {
            payer.choices = payers(tx).await?;
        }
        Ok(Json(FilterFields { items }))
    })
    .await
}

fn described(field: &Field) -> FilterField {
    FilterField {
        name: field.name.to_owned(),
        kind: field.kind.name(),
        operators: field.kind.operators().to_vec(),
        choices: field.kind.choices().iter().copied().map(str::to_owned).collect(),
    }
}

/// The companies that insure the practice's patients.
async fn payers(tx: &mut TenantTx) -> Result<Vec<String>> {
    let practice = tx.practice();
    let payers = sqlx::query_scalar!(
        "select distinct payer from patients.policy where practice_id = $1 and deleted_at is null order by payer limit $2",
        practice,
        MOST_PAYERS,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(payers)
}
