//! Runs as people see them: listed, looked into, begun by hand or as a test, cancelled, resumed.

mod control;
mod list;
mod read;
mod stats;

use platform::routes::Routes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

platform::id!(
    /// A run.
    RunId
);

/// The routes of runs.
pub fn routes() -> Routes {
    list::routes().merge(read::routes()).merge(control::routes()).merge(stats::routes())
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// It has something to do.
    Running,
    /// It waits for a time or for something to happen.
    Waiting,
    /// It has ended well.
    Done,
    /// It could not go on, and can be resumed.
    Failed,
    /// A person ended it, or what it was about is gone.
    Cancelled,
    /// It would have gone round in circles.
    Stopped,
}

impl RunState {
    /// The word for it in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stopped => "stopped",
        }
    }

    /// The one of that word.
    pub fn of(word: &str) -> Self {
        match word {
            "waiting" => Self::Waiting,
            "done" => Self::Done,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            "stopped" => Self::Stopped,
            _ => Self::Running,
        }
    }
}

/// The workflow of a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfWorkflow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A record, as lists show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Record {
    /// The kind of record.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// What it is called: of a patient the name; none where only its page says that.
    #[schema(required)]
    pub label: Option<String>,
}

/// Why a run did not go on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunError {
    /// Stable code.
    pub code: String,
    /// For people, in English.
    pub message: String,
    /// At which step.
    #[schema(required)]
    pub step: Option<String>,
}
