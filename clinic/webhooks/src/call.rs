//! A signed call to an address that somebody entered. To be made outside of any transaction.

use std::time::Duration;

use jiff::Timestamp;
use platform::App;
use platform::egress::Silence;
use platform::error::Result;
use platform::phi::Phi;
use platform::public_egress::{Refusal, refusal_of};
use serde_json::Value;

use crate::signature::sign;

/// The largest answer that is read.
const LARGEST: usize = 65_536;
/// The longest that somebody may ask to be left alone.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// There is an answer.
    Answered {
        /// Its status.
        status: u16,
        /// What it says, when that is JSON of at most 64 KiB.
        json: Option<Value>,
        /// How long it asks to wait before the next call, a day at most.
        retry_after: Option<Duration>,
    },
    /// The address is not one that is called; nothing was sent.
    Refused(Refusal),
    /// There is no answer.
    Silent {
        /// Whether the other side may have heard of it.
        silence: Silence,
        /// A stable word for why: `timeout`, `connection`, `broken`.
        why: &'static str,
    },
}

/// Posts a JSON body, signed, to an address, and reads the answer.
///
/// # Errors
/// When the secret is not of its form. What the other side does or does not is never an error.
pub async fn post(app: &App, url: &str, secret: &Phi<String>, id: &str, body: &[u8]) -> Result<Outcome> {
    let mut answer = match send(app, url, std::slice::from_ref(secret), id, body).await? {
        Ok(answer) => answer,
        Err(outcome) => return Ok(outcome),
    };
    let (status, retry_after) = (answer.status().as_u16(), retry_after(&answer, app.now()));
    let mut text = Vec::new();
    // what is cut off, or too large, is an answer whose words are not known
    let whole = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if text.len() + chunk.len() <= LARGEST => text.extend_from_slice(&chunk),
            Ok(None) => break true,
            Ok(Some(_)) | Err(_) => break false,
        }
    };
    let json = if whole { serde_json::from_slice(&text).ok() } else { None };
    Ok(Outcome::Answered { status, json, retry_after })
}

/// The same with several secrets, of which each signs, and without a look at what the answer says.
///
/// # Errors
/// As [`post`].
pub async fn notify(app: &App, url: &str, secrets: &[Phi<String>], id: &str, body: &[u8]) -> Result<Outcome> {
    Ok(match send(app, url, secrets, id, body).await? {
        Ok(answer) => Outcome::Answered {
            status: answer.status().as_u16(),
            json: None,
            retry_after: retry_after(&answer, app.now()),
        },
        Err(outcome) => outcome,
    })
}

async fn send(
    app: &App,
    url: &str,
    secrets: &[Phi<String>],
    id: &str,
    body: &[u8],
) -> Result<std::result::Result<Answer, Outcome>> {
    let now = app.now();
    let signatures = secrets.iter().map(|secret| sign(secret, id, now, body)).collect::<Result<Vec<_>>>()?;
    let request = match app.public.read(url).and_then(|url| app.public.post(&url)) {
        Ok(request) => request,
        Err(refusal) => return Ok(Err(Outcome::Refused(refusal))),
    };
    let request = request
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now.as_second())
        .header("webhook-signature", signatures.join(" "))
        .body(body.to_vec());
    Ok(request.send().await.map_err(|error| {
        if let Some(refusal) = refusal_of(&error) {
            return Outcome::Refused(refusal);
        }
        let silence = if error.is_connect() { Silence::NotSent } else { Silence::Unknown };
        let why = if error.is_timeout() {
            "timeout"
        } else if error.is_connect() {
            "connection"
        } else {
            "broken"
        };
        Outcome::Silent { silence, why }
    }))
}

/// Seconds or a date (RFC 9110, 10.2.3).
fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.headers().get("retry-after")?.to_str().ok()?;
    wait(text, now)
}

fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    let asked = match text.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
            Duration::try_from(at.duration_since(now)).unwrap_or_default()
        }
    };
    Some(asked.min(PATIENCE))
}

type Answer = platform::public_egress::Response;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_to_wait_is_said_in_seconds_or_by_a_date() {
        let now: Timestamp = "2015-10-21T07:27:00Z".parse().expect("an instant");
        let cases = [
            ("0", Some(0)),
            ("120", Some(120)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(60)),
            ("Wed, 21 Oct 2015 07:20:00 GMT", Some(0)),
            ("99999999", Some(86_400)),
            ("Wed, 21 Oct 2065 07:28:00 GMT", Some(86_400)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(wait(text, now).map(|wait| wait.as_secs()), seconds, "{text}");
        }
    }
}
