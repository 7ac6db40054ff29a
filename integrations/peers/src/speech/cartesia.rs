//! Cartesia's `/tts/websocket`.

use std::collections::BTreeSet;

use axum::extract::ws::Message;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Peer;
use super::sound::Sound;

pub(super) async fn speak(peer: &mut Peer) -> Option<()> {
    let mut cancelled = BTreeSet::new();
    loop {
        let Message::Text(message) = peer.next().await? else { return None };
        let message: Value = serde_json::from_str(message.as_str()).ok()?;
        let context = message["context_id"].as_str()?.to_owned();
        if message["cancel"] == true {
            cancelled.insert(context);
            continue;
        }
        let format = &message["output_format"];
        let known = message["model_id"].is_string() && message["voice"]["id"].is_string() && format.is_object();
        if !known || cancelled.contains(&context) {
            let error = json!({
                "type": "error", "context_id": context, "status_code": 400, "done": true, "title": "x", "message": "x",
            });
            peer.tell(&error).await?;
            continue;
        }
        let rate = format["sample_rate"].as_u64().and_then(|rate| usize::try_from(rate).ok());
        let format = Sound::new(format["encoding"].as_str()?, rate);
        peer.take(|pace| pace.speaks).await;
        for piece in format.of(message["transcript"].as_str()?) {
            let chunk = json!({
                "type": "chunk", "context_id": context, "status_code": 206, "done": false, "step_time": 1.0,
                "data": STANDARD.encode(piece),
            });
            peer.tell(&chunk).await?;
        }
        if message["continue"] != true {
            peer.tell(&json!({ "type": "done", "context_id": context, "status_code": 200, "done": true })).await?;
        }
    }
}
