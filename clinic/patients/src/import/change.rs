//! Saying how a file is read: which columns, which order of day and month, what happens to duplicates.

use garde::Validate;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::patients as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, validate};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::store::{self, Stored};
use super::tasks::{is_busy, must_not_have_begun};
use super::{Contacts, Duplicates, Import, ImportId, ImportState, Options, list};
use crate::columns::{Columns, DateStyle};

/// The route of the change.
pub fn routes() -> Routes {
    Routes::new().route(route!(change))
}

/// What is to be different about an import; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImportChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// Which column of a patient each column of the file is, in the file's order; null for none.
    #[garde(inner(length(max = 200)))]
    columns: Option<Vec<Option<String>>>,
    /// What happens with numbers and addresses that are none.
    #[garde(skip)]
    contacts: Option<Contacts>,
    /// In which order day and month are written.
    #[garde(skip)]
    dates: Option<DateStyle>,
    /// What happens to duplicates.
    #[garde(skip)]
    duplicates: Option<Duplicates>,
    /// Within what ids of the other system are unique.
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    source: Option<String>,
}

/// Change how an import is read. It must be checked again then.
#[utoipa::path(patch, path = "/api/v1/imports/{id}", tag = "patients", request_body = ImportChange,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn change(
    who: Can<may::Import>,
    Path(id): Path<ImportId>,
    Body(change): Body<ImportChange>,
) -> Result<Json<Import>> {
    who.write(async move |tx| {
        let before = store::find(tx, id, true).await?;
        check_version(change.version, before.version, &list::find(tx, id).await?)?;
        is_busy(tx, &before).await?;
        must_not_have_begun(tx, id).await?;
        if let Some(columns) = &change.columns {
            check_columns(tx, &before, columns).await?;
        }
        let options = before.options;
        let after = Stored {
            columns: change.columns.clone().unwrap_or_else(|| before.columns.clone()),
            options: Options {
                contacts: change.contacts.unwrap_or(options.contacts),
                dates: change.dates.unwrap_or(options.dates),
                duplicates: change.duplicates.unwrap_or(options.duplicates),
            },
            source: change.source.as_ref().map_or(before.source.clone(), |source| source.trim().to_owned()),
            state: ImportState::Open,
            task: None,
            version: before.version + 1,
            ..before
        };
        store::save(tx, &after).await?;
        let recorded = Change::done("match", "import", id.uuid()).with(json!({ "columns": after.columns }));
        tx.record(recorded.event("import.changed", after.version)).await?;
        list::find(tx, id).await.map(Json)
    })
    .await
}

/// As many as the file has, each a patient's, each once.
async fn check_columns(tx: &mut TenantTx, import: &Stored, columns: &[Option<String>]) -> Result<()> {
    let known = Columns::of(tx, DateStyle::default()).await?;
    let fault = |at: &str, code: &str, text: &str| FieldError::new(format!("/columns{at}"), code, text);
    let mut faults = Vec::new();
    if columns.len() != import.about.headings.len() {
        faults.push(fault("", "invalid", "Name one for each column of the file, or null."));
    }
    for (at, name) in columns.iter().enumerate() {
        let Some(name) = name else { continue };
        let place = format!("/{at}");
        if !known.names().any(|known| known == name) {
            faults.push(fault(&place, "unknown", "A patient has no such column; choose one of `fields`."));
        } else if columns[..at].contains(&Some(name.clone())) {
            faults.push(fault(&place, "taken", "Another column of the file is this one already."));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}
