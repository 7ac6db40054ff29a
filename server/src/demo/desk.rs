//! Where somebody of the demo works: requests to the API within this process, so that the demo's data came in through
//! the same door as everybody's.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode, header};
use platform::error::{Error, Result};
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::Uuid;

/// More than any answer has.
const MOST_BYTES: usize = 1 << 20;

/// Somebody who is signed in.
pub struct Desk {
    api: Router,
    token: String,
}

impl Desk {
    /// Signs somebody in, by whatever answers with a session.
    pub async fn enter(api: &Router, path: &str, body: Value) -> Result<Self> {
        let mut desk = Self { api: api.clone(), token: String::new() };
        let session = desk.post(path, body).await?;
        session["accessToken"].as_str().unwrap_or_default().clone_into(&mut desk.token);
        Ok(desk)
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::PATCH, path, body).await
    }

    /// Asks, and where the practice has asked too much waits as long as it is told to.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let key = Uuid::now_v7().to_string();
        loop {
            let answer = self.send(method.clone(), path, &body, &key).await?;
            if answer.status() != StatusCode::TOO_MANY_REQUESTS {
                return read(&format!("{method} {path}"), answer).await;
            }
            let after = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            tokio::time::sleep(Duration::from_secs(after.and_then(|value| value.parse().ok()).unwrap_or(1))).await;
        }
    }

    async fn send(&self, method: Method, path: &str, body: &Value, key: &str) -> Result<Response<Body>> {
        let mut request = Request::builder().method(method).uri(path).header("idempotency-key", key);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        let request = match body {
            Value::Null => request.body(Body::empty()),
            body => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
        };
        let Ok(answer) = self.api.clone().oneshot(request.map_err(Error::internal)?).await;
        Ok(answer)
    }
}

async fn read(what: &str, answer: Response<Body>) -> Result<Value> {
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), MOST_BYTES).await.map_err(Error::internal)?;
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() { Ok(body) } else { Err(Error::internal(format!("demo: {what}: {}", body["code"]))) }
}
