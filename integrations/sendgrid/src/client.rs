//! The API itself, over HTTP: version 3.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use platform::egress::{self, Answer, Egress, RequestBuilder, Url};
use platform::phi::Phi;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::failure::{self, Failure};
use crate::mail::Mail;

/// Largest answer in bytes: names of scopes are the longest of what is asked for.
const LARGEST: usize = 262_144;
/// A mail with its attachments may have 30 MB, and takes its time.
const SENT_WITHIN: Duration = Duration::from_secs(60);

/// Where and as whom to ask.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The way out, which must lead to `base`.
    pub egress: Egress,
    /// The API's address, without `/v3`: `https://api.sendgrid.com`, or `https://api.eu.sendgrid.com`.
    pub base: Url,
    /// `SG.…`
    pub key: Phi<String>,
}

/// SendGrid.
#[derive(Clone, Debug)]
pub struct Client(Connection);

/// A mail that SendGrid has taken, or would have (`sandbox`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its id there (`X-Message-Id`), with which `sg_message_id` of its events begins. Events are matched by our own id, as
    /// the published description does not promise this one.
    pub message_id: Option<String>,
}

/// Why SendGrid does not send to an address any more.
#[derive(Clone, Debug, Deserialize)]
pub struct Suppressed {
    /// Since when, in seconds.
    created: i64,
    /// What the other server said, of a bounce.
    #[serde(default)]
    pub reason: Option<Phi<String>>,
    /// Its status (RFC 3463), of a bounce.
    #[serde(default)]
    pub status: Option<String>,
}

impl Suppressed {
    /// Since when.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.created).ok()
    }
}

/// A webhook for events.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Where events go.
    #[serde(default)]
    pub url: String,
    /// Whether they do.
    #[serde(default)]
    pub enabled: bool,
    /// With what they are proved: base64; nothing where they are not signed.
    #[serde(default)]
    pub public_key: String,
}

#[derive(Deserialize)]
struct Scopes {
    scopes: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Webhooks {
    webhooks: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Signed {
    public_key: String,
}

impl Client {
    /// Over this connection.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// Sends a mail, once. Only what is refused or for later may be sent again: see [`Failure`].
    ///
    /// # Errors
    /// When it was not taken, or nobody knows.
    pub async fn send(&self, mail: &Mail) -> Result<Accepted, Failure> {
        let url = self.url(&["mail", "send"])?;
        let request = self.0.egress.post(&url).map_err(|_| Failure::unreached())?;
        let answer = self.answer(request.json(&mail.body()).timeout(SENT_WITHIN)).await?;
        let id = answer.headers.get("x-message-id").and_then(|id| id.to_str().ok());
        Ok(Accepted { message_id: id.filter(|id| id.len() <= 200).map(str::to_owned) })
    }

    /// What the key may do, such as `mail.send`. Asking proves the key.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn scopes(&self) -> Result<BTreeSet<String>, Failure> {
        self.get::<Scopes>(&["scopes"]).await.map(|scopes| scopes.scopes)
    }

    /// Bounces of an address, because of which nothing more is sent to it. (SendGrid has the address in the URL.)
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn bounces(&self, email: &Phi<String>) -> Result<Vec<Suppressed>, Failure> {
        self.get(&["suppression", "bounces", email.expose()]).await
    }

    /// Complaints by whoever has an address, because of which nothing more is sent to it.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn spam_reports(&self, email: &Phi<String>) -> Result<Vec<Suppressed>, Failure> {
        self.get(&["suppression", "spam_reports", email.expose()]).await
    }

    /// The webhooks for events that the account has.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Failure> {
        let all: Webhooks = self.get(&["user", "webhooks", "event", "settings", "all"]).await?;
        // without any there is one without anything in it, as the description's example has it
        Ok(all.webhooks.into_iter().filter_map(|webhook| serde_json::from_value(webhook).ok()).collect())
    }

    /// The key that proves what a webhook sends: base64; nothing while it does not sign.
    ///
    /// # Errors
    /// When there is no such webhook or answer.
    pub async fn public_key(&self, webhook: &str) -> Result<Option<String>, Failure> {
        self.get(&["user", "webhooks", "event", "settings", "signed", webhook]).await.map(key)
    }

    /// Has a webhook sign what it sends, or not any more; answers its key then.
    ///
    /// # Errors
    /// When there is no such webhook or answer.
    pub async fn sign(&self, webhook: &str, signed: bool) -> Result<Option<String>, Failure> {
        let url = self.url(&["user", "webhooks", "event", "settings", "signed", webhook])?;
        let request = self.0.egress.patch(&url).map_err(|_| Failure::unreached())?;
        read(&self.answer(request.json(&json!({ "enabled": signed }))).await?).map(key)
    }

    fn url(&self, path: &[&str]) -> Result<Url, Failure> {
        let mut url = self.0.base.clone();
        url.path_segments_mut().map_err(|()| Failure::unreached())?.pop_if_empty().push("v3").extend(path);
        Ok(url)
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Failure> {
        let request = self.0.egress.get(&self.url(path)?).map_err(|_| Failure::unreached())?;
        read(&self.answer(request).await?)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let answer = egress::answer(request.bearer_auth(self.0.key.expose()), LARGEST).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(failure::of(&answer)) }
    }
}

fn key(signed: Signed) -> Option<String> {
    Some(signed.public_key).filter(|key| !key.is_empty())
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| Failure::Unknown)
}
