//! A client over HTTP, and what it makes of the answers.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::running::Running;

/// What came back.
#[derive(Debug)]
pub enum Reply {
    /// 2xx: it happened, and must never be lost.
    Done(Value),
    /// The connection broke, or 503: it may have happened or not.
    Unsettled(String),
    /// The resource has another version by now.
    Stale(Value),
    /// Anything else: nobody should ever see it.
    Wrong(String),
}

/// Somebody who is signed in, or a program with a key.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    pub base: String,
    pub token: String,
}

impl Client {
    /// The owner of practice alpha.
    pub async fn sign_in(server: &Running) -> Self {
        Self::owner_of(server, "alpha").await
    }

    /// The owner of one of the demo's practices.
    pub async fn owner_of(server: &Running, practice: &str) -> Self {
        // longer than the server's own limit: what takes longer hangs
        let http = reqwest::Client::builder().timeout(Duration::from_secs(35)).build().expect("a client");
        let asked = json!({ "email": format!("owner@{practice}.example"), "password": "vantage-demo-2026" });
        let answer = http.post(server.url("/api/v1/auth/login")).json(&asked).send().await.expect("an answer");
        let token = answer.headers().get_all("set-cookie").iter().find_map(|value| {
            value.to_str().ok()?.strip_prefix("__Host-vantage_access=")?.split(';').next().map(str::to_owned)
        });
        let status = answer.status();
        Self { http, base: server.url(""), token: token.unwrap_or_else(|| panic!("sign-in answered {status}")) }
    }

    /// A program of the practice that may change its patients: its key outlives access tokens.
    pub async fn with_key(&self) -> Self {
        let now = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() + 24 * 3600;
        let until = i64::try_from(now).ok().and_then(|now| Timestamp::from_second(now).ok()).expect("an instant");
        let asked = json!({ "name": "Writers", "scopes": ["patients.write", "patients.read"], "expiresAt": until });
        let made = self.made("/api/v1/api-keys", &asked).await;
        Self { token: made["key"].as_str().expect("a key").to_owned(), ..self.clone() }
    }

    /// The same person at another server.
    pub fn at(&self, server: &Running) -> Self {
        Self { base: server.url(""), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn create(&self, key: Uuid, body: &Value) -> Reply {
        judge(self.request(Method::POST, "/api/v1/services").header("idempotency-key", key.to_string()).json(body))
            .await
    }

    pub async fn change(&self, id: Uuid, body: &Value) -> Reply {
        judge(self.request(Method::PATCH, &format!("/api/v1/services/{id}")).json(body)).await
    }

    /// Under a key of its own.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        let key = Uuid::new_v4().to_string();
        judge(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// What is made before anything breaks.
    pub async fn made(&self, path: &str, body: &Value) -> Value {
        match self.post(path, body).await {
            Reply::Done(body) => body,
            reply => panic!("{path}: {reply:?}"),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        judge(self.request(Method::GET, path)).await
    }
}

/// Sends a request and sorts the answer.
async fn judge(request: reqwest::RequestBuilder) -> Reply {
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => return Reply::Wrong(format!("no answer at all: {error}")),
        Err(error) => return Reply::Unsettled(error.to_string()),
    };
    let status = answer.status();
    let kind =
        answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let Ok(bytes) = answer.bytes().await else { return Reply::Unsettled("cut off".to_owned()) };
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    match (status.as_u16(), body["code"].as_str()) {
        (200..=299, _) => Reply::Done(body),
        (503, Some(code @ ("db.unavailable" | "db.busy"))) if kind == "application/problem+json" => {
            Reply::Unsettled(code.to_owned())
        }
        (409, Some("version.stale")) => Reply::Stale(body),
        _ => Reply::Wrong(format!("{status} {kind} {body}")),
    }
}

/// A new service of this name.
pub fn service(name: &str) -> Value {
    json!({ "nameEn": name, "durationMinutes": 30, "price": { "amountMinor": 10_000, "currency": "SAR" },
            "vatCategory": "standard", "colour": "teal" })
}
