//! A message for people: a task of theirs.

use platform::Result;
use platform::db::TenantTx;
use platform::record::Change;
use serde_json::json;
use tasks::{NewTask, Priority, Source, TaskFields};

use super::{Answer, Asked};

/// Longest message.
const MOST: usize = 2000;

/// Takes a message. Whoever calls need not have been recognised; then nobody's record is named.
///
/// # Errors
/// 503 when the database is away.
pub async fn take(tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
    let arguments = &asked.arguments;
    let Some(message) = arguments.text("message", MOST) else {
        return Ok(Answer::not("Say what the message is, in at most 2000 characters."));
    };
    let lines = [
        Some(message.to_owned()),
        arguments.text("name", 160).map(|name| format!("From: {name}")),
        arguments.text("callback_number", 40).or(asked.number.as_deref()).map(|number| format!("Number: {number}")),
    ];
    let fields = TaskFields {
        title: "Message from a call".to_owned(),
        text: Some(lines.into_iter().flatten().collect::<Vec<_>>().join("\n")),
        patient_id: asked.patient(tx).await?,
        priority: if arguments.text("urgency", 20) == Some("high") { Priority::High } else { Priority::Normal },
        ..TaskFields::default()
    };
    let source = Source::Workflow { reference: None };
    let task = match tx.or_nothing(async |tx| tasks::create(tx, NewTask { fields: fields.clone(), source }).await).await
    {
        Ok(task) => task,
        Err(error) => return Answer::refused(error),
    };
    let told = json!({ "task": task.id });
    tx.record(Change::done("take_message", "call", asked.call.id.uuid()).with(told)).await?;
    Ok(Answer::done("The message was taken; somebody will look at it.", json!({})))
}
