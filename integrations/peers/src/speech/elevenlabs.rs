//! ElevenLabs' `/v1/text-to-speech/{voice}/multi-stream-input`.

use std::collections::BTreeMap;

use axum::extract::ws::Message;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::sound::Sound;
use super::{Opened, Peer};

/// Most contexts at once.
const MOST: usize = 5;

pub(super) async fn speak(peer: &mut Peer, opened: &Opened) -> Option<()> {
    // `ulaw_8000`, `pcm_16000`
    let format = opened.query("output_format").into_iter().next()?;
    let (encoding, rate) = format.split_once('_')?;
    let format = Sound::new(encoding, rate.parse().ok());
    let mut contexts = BTreeMap::<String, String>::new();
    loop {
        let Message::Text(message) = peer.next().await? else { return None };
        let message: Value = serde_json::from_str(message.as_str()).ok()?;
        if message["close_socket"] == true {
            peer.close(1000).await?;
        }
        let Some(context) = message["context_id"].as_str().map(str::to_owned) else { continue };
        // settings come first or not at all
        let is_late = contexts.contains_key(&context) && message.get("voice_settings").is_some();
        let is_full = contexts.len() == MOST && !contexts.contains_key(&context);
        if is_late || is_full {
            peer.tell(&json!({ "error": "x", "message": "x", "code": 1008 })).await?;
            peer.close(1008).await?;
        }
        let text = contexts.entry(context.clone()).or_default();
        text.push_str(message["text"].as_str().unwrap_or_default());
        if message["flush"] == true || message["close_context"] == true {
            let text = std::mem::take(text);
            peer.take(|pace| pace.speaks).await;
            for piece in format.of(text.trim_start()) {
                let audio = json!({ "audio": STANDARD.encode(piece), "contextId": context, "alignment": null });
                peer.tell(&audio).await?;
            }
        }
        if message["close_context"] == true {
            contexts.remove(&context);
            peer.tell(&json!({ "isFinal": true, "contextId": context })).await?;
        }
    }
}
