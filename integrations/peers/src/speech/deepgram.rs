//! Deepgram's `/v1/listen` and `/v1/speak`.

use axum::extract::ws::Message;
use serde_json::json;

use super::sound::Sound;
use super::{Opened, Peer};

/// Sound after which something is understood before the end, in seconds.
const PARTIAL: f64 = 0.2;

fn sound(opened: &Opened) -> Sound {
    let value = |name| opened.query(name).into_iter().next();
    Sound::new(&value("encoding").unwrap_or_default(), value("sample_rate").and_then(|rate| rate.parse().ok()))
}

fn results(text: &str, is_final: bool, from_finalize: bool) -> serde_json::Value {
    json!({
        "type": "Results", "channel_index": [0, 1], "duration": 1.0, "start": 0.0,
        "is_final": is_final, "speech_final": false, "from_finalize": from_finalize,
        "channel": { "alternatives": [{ "transcript": text, "confidence": 0.99, "words": [] }] },
        "metadata": {
            "request_id": "52cc0efe-fa77-4aa7-b79c-0dda09de2f14", "model_uuid": "c0d1a568-ce81-4fea-97e7-bd45cb1fdf3c",
            "model_info": { "name": "general", "version": "1", "arch": "nova-3" },
        },
    })
}

pub(super) async fn listen(peer: &mut Peer, opened: &Opened) -> Option<()> {
    let per_second = sound(opened).per_second();
    let (mut since, mut is_told) = (0.0, false);
    loop {
        match peer.next().await? {
            Message::Binary(bytes) => {
                #[expect(clippy::cast_precision_loss, reason = "a frame has some hundreds of bytes")]
                let seconds = bytes.len() as f64 / per_second as f64;
                if since == 0.0 {
                    peer.tell(&json!({ "type": "SpeechStarted", "channel": [0], "timestamp": 0.0 })).await?;
                }
                // of silence, too, something is said every second
                if (since + seconds).floor() > since.floor() {
                    peer.tell(&results("", false, false)).await?;
                }
                since += seconds;
                peer.shared.script().seconds += seconds;
                peer.shared.changed.notify_waiters();
                let next = peer.shared.script().finals.front().cloned();
                if let Some(next) = next.filter(|_| since >= PARTIAL && !is_told) {
                    is_told = true;
                    peer.tell(&results(next.split(' ').next().unwrap_or_default(), false, false)).await?;
                }
            }
            Message::Text(text) if text.contains("Finalize") => {
                peer.take(|pace| pace.hears).await;
                let next = peer.shared.script().finals.pop_front().unwrap_or_default();
                (since, is_told) = (0.0, false);
                peer.tell(&results(&next, true, true)).await?;
            }
            Message::Text(text) if text.contains("CloseStream") => {
                peer.tell(&json!({
                    "type": "Metadata", "transaction_key": "deprecated", "duration": 1.0, "channels": 1, "sha256": "x",
                    "request_id": "52cc0efe-fa77-4aa7-b79c-0dda09de2f14", "created": "2026-01-05T09:00:00.000Z",
                }))
                .await?;
                peer.close(1000).await?;
            }
            _ => {}
        }
    }
}

pub(super) async fn speak(peer: &mut Peer, opened: &Opened) -> Option<()> {
    let format = sound(opened);
    let (mut text, mut sequence) = (String::new(), 0);
    peer.tell(&json!({
        "type": "Metadata", "request_id": "52cc0efe-fa77-4aa7-b79c-0dda09de2f14", "model_name": "aura", "model_version": "1",
        "model_uuid": "52cc0efe-fa77-4aa7-b79c-0dda09de2f14",
    }))
    .await?;
    loop {
        let Message::Text(message) = peer.next().await? else { return None };
        let message: serde_json::Value = serde_json::from_str(message.as_str()).ok()?;
        match message["type"].as_str()? {
            "Speak" => text.push_str(message["text"].as_str()?),
            "Flush" => {
                peer.take(|pace| pace.speaks).await;
                for piece in format.of(&std::mem::take(&mut text)) {
                    peer.sound(piece).await?;
                }
                peer.tell(&json!({ "type": "Flushed", "sequence_id": sequence })).await?;
                sequence += 1;
            }
            "Clear" => {
                text.clear();
                peer.tell(&json!({ "type": "Cleared", "sequence_id": sequence })).await?;
                sequence += 1;
            }
            _ => {
                peer.close(1000).await?;
            }
        }
    }
}
