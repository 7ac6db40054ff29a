//! The workflows that are measured, made and published through the API as the builder does it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::emit::{Emitter, Shape};
use crate::Result;
use crate::load::request;
use crate::server::Server;
use crate::wire::Connection;

/// What a workflow does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// One action that does nothing.
    Nothing,
    /// A condition, an action, an action that writes to the database.
    Three,
}

impl Flow {
    /// Lines of the history of one run.
    pub fn lines(self) -> usize {
        match self {
            Self::Nothing => 1,
            Self::Three => 3,
        }
    }

    fn definition(self) -> Value {
        let set = json!({ "kind": "action", "id": "set", "action": "variable.set",
                          "fields": { "name": "seen", "value": "{{ patient.number }}" } });
        let note = json!({ "kind": "action", "id": "note", "action": "note.add",
                           "fields": { "text": "Changed on {{ event.at }}, number {{ vars.seen }}" } });
        let steps = match self {
            Self::Nothing => json!([set]),
            Self::Three => json!([{ "kind": "branch", "id": "way", "otherwise": [], "paths": [
                { "id": "yes", "name": "Known", "condition": { ">": [{ "var": "patient.number" }, 0] }, "steps": [set, note] }] }]),
        };
        json!({ "trigger": { "kind": "event", "event": "patient.changed" }, "steps": steps })
    }
}

/// Publishes one in each practice that events come from.
pub async fn publish(server: &Server, emitter: &Emitter, flow: Flow, shape: Shape) -> Result<Vec<Uuid>> {
    let mut connection = Connection::open(server.address).await?;
    let mut made = Vec::new();
    for number in shape.practices() {
        let cookie = emitter.cookie(number)?;
        let body = json!({ "name": format!("Measured: {flow:?}"), "definition": flow.definition() });
        let workflow = ask(&mut connection, "/api/v1/workflows", cookie, &body).await?;
        let id = workflow["id"].as_str().ok_or("a workflow without an id")?;
        let path = format!("/api/v1/workflows/{id}/publish");
        ask(&mut connection, &path, cookie, &json!({ "version": workflow["version"] })).await?;
        made.push(id.parse()?);
    }
    Ok(made)
}

/// Takes them back, so that the next ones are alone.
pub async fn unpublish(server: &Server, emitter: &Emitter, shape: Shape, workflows: &[Uuid]) -> Result<()> {
    let mut connection = Connection::open(server.address).await?;
    for (number, id) in shape.practices().zip(workflows) {
        let path = format!("/api/v1/workflows/{id}/unpublish");
        // made, then published
        ask(&mut connection, &path, emitter.cookie(number)?, &json!({ "version": 2 })).await?;
    }
    Ok(())
}

/// Sends a body and answers what came back for it.
pub async fn ask(connection: &mut Connection, path: &str, cookie: &str, body: &Value) -> Result<Value> {
    let status = connection.send(&request("POST", path, cookie, Some(body))).await?;
    if !matches!(status, 200 | 201) {
        return Err(format!("{path}: {status} {}", String::from_utf8_lossy(connection.body())).into());
    }
    Ok(serde_json::from_slice(connection.body())?)
}
