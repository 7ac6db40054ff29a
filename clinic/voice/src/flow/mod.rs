//! Conversations of call workflows: files in a folder of the practice, loaded when they change and nothing is wrong with
//! them. What was loaded is kept, so that a process without the folder has it too, and a call the version it began with.

mod check;
mod files;
mod loaded;
mod store;
#[cfg(test)]
mod tests;
mod watch;

use jiff::Timestamp;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::call_workflows as may;
use platform::routes::{Json, Routes};
use platform::worker::Loop;
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CallWorkflowId, FlowId, workflow};

pub use loaded::{Loaded, loaded, schema_in, secrets_named};
pub use store::files_of;
pub use watch::load_all;

/// The route of conversations.
pub fn routes() -> Routes {
    Routes::new().route(route!(flow))
}

/// Looks after the folder all the time.
pub const LOOP: Loop = Loop { name: "voice.flows", run: |app| Box::pin(watch::run(app)) };

/// A file of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowFile {
    /// Its name in the folder: `flow.yaml`, `scenarios/approved.yaml`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowFault {
    /// Which file.
    pub file: String,
    /// In which line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// At which character of the line, from 1; 0 for the file as a whole.
    pub column: usize,
    /// Stable name of what it is.
    pub code: String,
    /// What is wrong and what to do, in English.
    pub message: String,
}

/// The conversation of a call workflow: the version in use, and what keeps the files in the folder from being it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallFlow {
    /// The version in use.
    #[schema(required)]
    id: Option<FlowId>,
    /// Which one it is.
    #[schema(required)]
    number: Option<i32>,
    /// SHA-256 of its files, in hexadecimal.
    #[schema(required)]
    hash: Option<String>,
    /// When it was loaded.
    #[schema(required)]
    loaded_at: Option<Timestamp>,
    /// Its files.
    files: Vec<FlowFile>,
    /// What is wrong with the files in the folder as they are now. While anything is, the version in use stays.
    faults: Vec<FlowFault>,
    /// All versions, the newest first.
    versions: Vec<CallFlowVersion>,
}

/// A version of a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallFlowVersion {
    /// Its id.
    id: FlowId,
    /// Which one it is.
    number: i32,
    /// SHA-256 of its files, in hexadecimal.
    hash: String,
    /// When it was loaded first.
    loaded_at: Timestamp,
}

/// The conversation of a call workflow.
#[utoipa::path(get, path = "/api/v1/call-workflows/{id}/flow", tag = "voice",
    params(("id" = Uuid, Path, description = "The call workflow")), responses((status = 200, body = CallFlow)))]
async fn flow(who: Can<may::Read>, Path(id): Path<CallWorkflowId>) -> Result<Json<CallFlow>> {
    who.read(async move |tx| {
        let in_use = workflow::find(tx, id).await?.flow;
        let files = match &in_use {
            Some(flow) => files_of(tx, flow.id).await?,
            None => Vec::new(),
        };
        Ok(Json(CallFlow {
            id: in_use.as_ref().map(|flow| flow.id),
            number: in_use.as_ref().map(|flow| flow.number),
            hash: in_use.as_ref().map(|flow| flow.hash.clone()),
            loaded_at: in_use.map(|flow| flow.loaded_at),
            files,
            faults: store::faults(tx, id).await?,
            versions: store::versions(tx, id).await?,
        }))
    })
    .await
}
