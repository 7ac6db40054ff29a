//! How the fields of a call workflow were defined before.

use std::collections::HashMap;

use dialogue::Field;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::call_workflows as may;
use platform::phi::Phi;
use platform::routes::{Json, Routes};
use platform::{Result, people, route};
use serde::Serialize;
use sqlx::types::Json as Column;
use utoipa::ToSchema;
use uuid::Uuid;

use super::row;
use crate::CallWorkflowId;

/// The route of earlier versions.
pub fn routes() -> Routes {
    Routes::new().route(route!(versions))
}

/// All versions of the fields.
#[derive(Debug, Serialize, ToSchema)]
struct CaseSchemaVersions {
    /// The newest first.
    items: Vec<CaseSchemaVersion>,
}

/// The fields of a call workflow, as they were from some time on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CaseSchemaVersion {
    /// Which version.
    number: i32,
    /// The fields.
    fields: Vec<Field>,
    /// Who defined them.
    #[schema(required, value_type = Option<String>)]
    created_by: Option<Phi<String>>,
    /// Since when.
    created_at: Timestamp,
}

/// A version as it lies in its table.
pub struct Version {
    number: i32,
    /// The fields.
    pub fields: Column<Vec<Field>>,
    created_by: Option<Uuid>,
    created_at: jiff_sqlx::Timestamp,
}

/// How the fields of a call workflow were defined, and by whom.
#[utoipa::path(get, path = "/api/v1/call-workflows/{id}/schema-versions", tag = "voice",
    params(("id" = Uuid, Path, description = "The call workflow")), responses((status = 200, body = CaseSchemaVersions)))]
async fn versions(who: Can<may::Read>, Path(id): Path<CallWorkflowId>) -> Result<Json<CaseSchemaVersions>> {
    who.read(async move |tx| {
        row::find(tx, id).await?;
        let versions = all(tx, id).await?;
        let names: HashMap<_, _> = people::names(tx, versions.iter().filter_map(|version| version.created_by)).await?;
        let shown = |version: Version| CaseSchemaVersion {
            number: version.number,
            fields: version.fields.0,
            created_by: version.created_by.and_then(|id| names.get(&id).cloned()),
            created_at: version.created_at.to_jiff(),
        };
        Ok(Json(CaseSchemaVersions { items: versions.into_iter().map(shown).collect() }))
    })
    .await
}

/// All versions, the newest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx, id: CallWorkflowId) -> Result<Vec<Version>> {
    let practice = tx.practice();
    let versions = sqlx::query_as!(
        Version,
        r#"select number, fields as "fields: Column<Vec<Field>>", created_by, created_at from voice.schema_version
            where practice_id = $1 and call_workflow_id = $2 order by number desc"#,
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(versions)
}
