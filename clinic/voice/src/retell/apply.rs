//! Bringing a call here to what is known of it at Retell. It only goes on, never back: a call that is over stays over.

use std::time::Duration;

use jiff::Timestamp;
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::phi::Phi;
use platform::record::Change;
use retell::{Analysis, Line, Speaker, Status};
use serde_json::{Value, json};

use super::course::{self, Course};
use super::extract;
use super::known::{Known, Stage};
use crate::CallId;

/// Brings a call to what is known of it; answers why nothing was made of that, where it is so.
///
/// # Errors
/// 503 when the database is away: it is tried again.
pub async fn apply(tx: &mut TenantTx, known: &Known) -> Result<Option<&'static str>> {
    if known.stage == Stage::Known && known.lines().is_empty() {
        return Ok(Some("nothing_new"));
    }
    let before = course::of(tx, known).await?;
    if before.external_id.as_deref().is_some_and(|id| id != known.id()) {
        return Ok(Some("other_call"));
    }
    let analysis = known.analysis();
    let mut after = brought(&before, known, analysis.as_ref(), tx.now());
    if after.state == "ended" {
        write_lines(tx, after.id, known.lines()).await?;
    }
    if let Some(analysis) = &analysis {
        keep_private(tx, after.id, known, analysis).await?;
        let open = extract::extract(tx, &after, analysis).await?;
        let is_in_doubt = analysis.successful == Some(false) && known.answered;
        if (open || is_in_doubt) && after.review == "none" {
            "open".clone_into(&mut after.review);
        }
    }
    let event = match (before.state.as_str(), after.state.as_str()) {
        (old, new) if old == new => "call.changed",
        (_, "live") => "call.started",
        (_, "ended") => "call.finished",
        _ => "call.changed",
    };
    let is_over = event == "call.finished";
    let after = course::save(tx, &before, after, event).await?;
    if is_over || event == "call.started" {
        extract::tell_case(tx, &after).await?;
    }
    Ok(None)
}

/// The call as it is by now.
fn brought(before: &Course, known: &Known, analysis: Option<&Analysis>, now: Timestamp) -> Course {
    let is_over = known.stage == Stage::Over || before.state == "ended";
    let answered = known.answered || before.answered_at.is_some();
    let started = known.started().or(before.started_at);
    let ended = is_over.then(|| known.ended().or(before.ended_at).or(started).unwrap_or(now));
    let spoke = |line: &&Line| matches!(line, Line::Said { by: Speaker::User, .. });
    let turns = i32::try_from(known.lines().iter().filter(spoke).count()).unwrap_or(i32::MAX);
    Course {
        external_id: Some(known.id().to_owned()),
        state: match known.stage {
            _ if is_over => "ended".to_owned(),
            Stage::Live => "live".to_owned(),
            _ => before.state.clone(),
        },
        started_at: started,
        answered_at: before.answered_at.or(started.filter(|_| answered)),
        ended_at: ended,
        ended_by: ended_by(known).filter(|_| is_over).map(str::to_owned).or_else(|| before.ended_by.clone()),
        error_code: error_code(known).or_else(|| before.error_code.clone()),
        outcome: outcome(known, analysis).filter(|_| is_over).or_else(|| before.outcome.clone()),
        talk_ms: match (started, ended) {
            (Some(from), Some(to)) if answered => milliseconds(Duration::try_from(to.duration_since(from)).ok()),
            _ => before.talk_ms,
        },
        turns: turns.max(before.turns),
        cost_micros: known.cost_micros().max(before.cost_micros),
        ..before.clone()
    }
}

/// Who or what ended a call, by Retell's words for it. They are an open set.
/// <https://docs.retellai.com/reliability/debug-call-disconnect>
fn ended_by(known: &Known) -> Option<&'static str> {
    Some(match known.reason() {
        Some("user_hangup") => "caller",
        Some("agent_hangup" | "call_transfer" | "transfer_bridged" | "voicemail_reached" | "ivr_reached") => "agent",
        Some("inactivity" | "max_duration_reached" | "concurrency_limit_reached") => "limit",
        Some("dial_busy") => "busy",
        Some("dial_no_answer" | "registered_call_timeout" | "error_user_not_joined") => "no_answer",
        Some("user_declined" | "marked_as_spam" | "scam_detected") => "refused",
        Some("manual_stopped") => "staff",
        Some(_) if known.status() == Status::Ended => return None,
        Some(_) => "failed",
        None if known.status() == Status::NotConnected => "no_answer",
        None if known.status() == Status::Error => "failed",
        None => return None,
    })
}

fn error_code(known: &Known) -> Option<String> {
    let is_fault = |word: &&str| {
        word.starts_with("error_")
            || word.starts_with("dial_failed")
            || word.starts_with("invalid_")
            || word.starts_with("telephony_")
            || word.starts_with("sip_")
            || *word == "no_valid_payment"
    };
    known.reason().filter(is_fault).map(|word| word.chars().take(60).collect())
}

/// What came of it: the agent's own word for it, where it was set up to find one.
fn outcome(known: &Known, analysis: Option<&Analysis>) -> Option<String> {
    let own = analysis.and_then(|analysis| analysis.fields.get("outcome")).and_then(Value::as_str);
    let is_word = |word: &&str| {
        (1..=60).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if let Some(word) = own.filter(is_word) {
        return Some(word.to_ascii_lowercase());
    }
    let voicemail = analysis.and_then(|analysis| analysis.voicemail) == Some(true);
    Some(match (known.answered, analysis.and_then(|analysis| analysis.successful)) {
        _ if voicemail || known.reason() == Some("voicemail_reached") => "voicemail".to_owned(),
        (false, _) => "not_reached".to_owned(),
        (true, Some(true)) => "completed".to_owned(),
        (true, Some(false)) => "not_completed".to_owned(),
        (true, None) => return None,
    })
}

fn milliseconds(of: Option<Duration>) -> i32 {
    of.and_then(|of| i32::try_from(of.as_millis()).ok()).unwrap_or(0)
}

/// Summary and the like, sealed.
async fn keep_private(tx: &mut TenantTx, id: CallId, known: &Known, analysis: &Analysis) -> Result<()> {
    let private = json!({ "summary": analysis.summary, "sentiment": analysis.sentiment, "reason": known.reason() });
    let sealed = tx.seal(course::place("private", id), private.to_string().as_bytes()).await?;
    let practice = tx.practice();
    sqlx::query!("update voice.call set private = $3 where practice_id = $1 and id = $2", practice, id.uuid(), sealed,)
        .execute(tx.conn())
        .await?;
    tx.record(Change::done("summarize", "call", id.uuid())).await
}

/// A line as it is kept.
struct Turn {
    who: &'static str,
    node: Option<String>,
    from: i32,
    to: Option<i32>,
    text: Phi<String>,
    /// The same without what is sensitive.
    plain: Phi<String>,
}

/// The lines of a call that are not kept yet: a transcript grows at its end.
async fn write_lines(tx: &mut TenantTx, id: CallId, lines: &[Line]) -> Result<()> {
    let practice = tx.practice();
    let kept = sqlx::query_scalar!(
        r#"select count(*) as "count!" from voice.turn where practice_id = $1 and call_id = $2"#,
        practice,
        id.uuid(),
    );
    let kept = usize::try_from(kept.fetch_one(tx.conn()).await?).unwrap_or(usize::MAX);
    let turns = turns(lines);
    for (seq, turn) in turns.iter().enumerate().skip(kept) {
        let seq = i32::try_from(seq).unwrap_or(i32::MAX);
        let private = json!({ "text": turn.text, "redacted": turn.plain }).to_string();
        let place = Place { table: "voice.turn", column: "private", row: id.uuid() };
        let sealed = tx.seal(place, private.as_bytes()).await?;
        sqlx::query!(
            "insert into voice.turn (practice_id, call_id, seq, who, node, at_ms, ended_ms, private)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            practice,
            id.uuid(),
            seq,
            turn.who,
            turn.node,
            turn.from,
            turn.to,
            sealed,
        )
        .execute(tx.conn())
        .await?;
    }
    let new = turns.len().saturating_sub(kept);
    if new > 0 {
        tx.record(Change::done("transcribe", "call", id.uuid()).with(json!({ "turns": new }))).await?;
    }
    Ok(())
}

fn turns(lines: &[Line]) -> Vec<Turn> {
    let (mut turns, mut node, mut at) = (Vec::new(), None, 0);
    for line in lines {
        let (who, text, plain, from, to) = match line {
            Line::Moved { to } => {
                node = Some(to.chars().take(60).collect::<String>());
                continue;
            }
            Line::Said { by, text, from, to } => {
                let who = match by {
                    Speaker::Agent => "agent",
                    Speaker::User => "caller",
                    Speaker::TransferTarget => "staff",
                };
                (who, text.clone(), text.clone(), *from, *to)
            }
            Line::Called { name, arguments, .. } => ("tool", format!("{name} {arguments}"), name.clone(), None, None),
            Line::Answered { content, .. } => ("tool", content.clone(), String::new(), None, None),
            Line::Pressed { key } => ("key", key.clone(), String::new(), None, None),
        };
        // what has no time of its own was after what went before
        let from = from.map_or(at, |from| milliseconds(Some(from)).max(at));
        let to = to.map(|to| milliseconds(Some(to)).max(from));
        at = to.unwrap_or(from);
        turns.push(Turn { who, node: node.clone(), from, to, text: Phi::new(text), plain: Phi::new(plain) });
    }
    turns
}
