//! A client over HTTP, and what it makes of the answers.

use std::time::Duration;

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

/// The owner of practice alpha, signed in.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    pub base: String,
    pub token: String,
}

impl Client {
    pub async fn sign_in(server: &Running) -> Self {
        // longer than the server's own limit: what takes longer hangs
        let http = reqwest::Client::builder().timeout(Duration::from_secs(35)).build().expect("a client");
        let asked = json!({ "email": "owner@alpha.example", "password": "vantage-demo-2026" });
        let answer = http.post(server.url("/api/v1/auth/login")).json(&asked).send().await.expect("an answer");
        let token = answer.headers().get_all("set-cookie").iter().find_map(|value| {
            value.to_str().ok()?.strip_prefix("__Host-vantage_access=")?.split(';').next().map(str::to_owned)
        });
        let status = answer.status();
        Self { http, base: server.url(""), token: token.unwrap_or_else(|| panic!("sign-in answered {status}")) }
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
