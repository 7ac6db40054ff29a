//! People who use a test server over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::TestServer;
use crate::administrator;
use crate::crypto::{random_token, sha256};

/// Somebody with a session, or without one.
#[derive(Clone, Debug)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    /// The access token.
    pub token: Option<String>,
    /// The refresh token.
    pub refresh: Option<String>,
    /// The session of an administrator of the platform.
    pub admin: Option<String>,
    /// The session as the server described it.
    pub session: Value,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body as JSON; null when there is none.
    pub body: Value,
}

impl Answer {
    /// The code of a problem, in whichever words it was told.
    #[must_use]
    pub fn code(&self) -> &str {
        let outcome = &self.body["issue"][0]["details"]["coding"][0]["code"];
        self.body["code"].as_str().or(outcome.as_str()).unwrap_or_default()
    }

    /// The faults of a problem, `pointer code`, sorted.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let fault = |fault: &Value| {
            format!("{} {}", fault["pointer"].as_str().unwrap_or("?"), fault["code"].as_str().unwrap_or("?"))
        };
        let mut faults: Vec<_> = self.body["errors"].as_array().into_iter().flatten().map(fault).collect();
        faults.sort();
        faults
    }

    /// The body, when the status is the expected one.
    ///
    /// # Panics
    /// When it is another.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| {
                value.to_str().ok()?.strip_prefix(name)?.strip_prefix('=')?.split(';').next().map(str::to_owned)
            })
            .find(|value| !value.is_empty())
    }
}

/// A sign-up that the server takes.
#[must_use]
pub fn sign_up_body(slug: &str) -> Value {
    json!({ "practiceName": format!("Practice {slug}"), "slug": slug, "ownerName": "Test Owner", "email": format!("owner@{slug}.example"),
            "password": "a long test password", "language": "en", "country": "SA", "timeZone": "Asia/Riyadh", "currency": "SAR" })
}

impl TestServer {
    /// Somebody without a session.
    #[must_use]
    pub fn stranger(&self) -> Person {
        let http = reqwest::Client::builder().pool_max_idle_per_host(16).build().expect("a client");
        Person { http, base: self.url(""), token: None, refresh: None, admin: None, session: Value::Null }
    }

    /// The owner of a new practice.
    pub async fn owner_of(&self, slug: &str) -> Person {
        let mut person = self.stranger();
        person.sign("/api/v1/auth/signup", &sign_up_body(slug)).await.expect(201);
        person
    }

    /// An administrator of the platform with a session.
    pub async fn administrator(&self, name: &str) -> Person {
        let (id, token) = (Uuid::now_v7(), random_token().expect("randomness"));
        let mut conn = self.database.conn().await;
        sqlx::query("insert into administration.administrator (id, email, name) values ($1, $2, $3)")
            .bind(id)
            .bind(format!("{name}@platform.example"))
            .bind(name)
            .execute(&mut conn)
            .await
            .expect("an administrator");
        sqlx::query("insert into administration.session (id, hash, administrator, expires_at) values ($1, $2, $3, now() + interval '8 hours')")
            .bind(Uuid::now_v7())
            .bind(sha256(&token))
            .bind(id)
            .execute(&mut conn)
            .await
            .expect("a session");
        Person { admin: Some(URL_SAFE_NO_PAD.encode(token)), ..self.stranger() }
    }

    /// An access of that administrator to a practice, open for half an hour.
    pub async fn support_access(&self, administrator: &Person, practice: Uuid) -> Uuid {
        let id = Uuid::now_v7();
        let token = URL_SAFE_NO_PAD.decode(administrator.admin.as_deref().expect("a session")).expect("a token");
        sqlx::query(
            "insert into administration.support_access (id, practice, administrator, session, reason, expires_at)
             select $1, $2, administrator, id, 'a reason of more than twenty letters', now() + interval '30 minutes'
               from administration.session where hash = $3",
        )
        .bind(id)
        .bind(practice)
        .bind(sha256(&token))
        .execute(&mut self.database.conn().await)
        .await
        .expect("an access");
        id
    }

    /// A new member of somebody's practice, in a role, signed in.
    pub async fn colleague_of(&self, owner: &Person, role: &str) -> Person {
        let (_, email) = self.member_of(owner, role).await;
        let mut person = self.stranger();
        person
            .sign("/api/v1/auth/login", &json!({ "email": email, "password": "a long test password" }))
            .await
            .expect(200);
        person
    }

    /// A new member of somebody's practice, in a role: the person's id and e-mail.
    pub async fn member_of(&self, owner: &Person, role: &str) -> (Uuid, String) {
        let (user, email) = (Uuid::now_v7(), format!("{role}-{}@example.com", Uuid::now_v7().simple()));
        let mut conn = self.database.conn().await;
        sqlx::query("insert into auth.user (id, email, name, password_hash, language) select $1, $2, $3, password_hash, 'en' from auth.user where id = $4")
            .bind(user)
            .bind(&email)
            .bind(role)
            .bind(owner.user())
            .execute(&mut conn)
            .await
            .expect("a user");
        sqlx::query("insert into auth.membership (user_id, practice_id, role) values ($1, $2, $3)")
            .bind(user)
            .bind(owner.practice())
            .bind(role)
            .execute(&mut conn)
            .await
            .expect("a membership");
        (user, email)
    }
}

impl Person {
    /// Sends credentials and keeps the session that comes back.
    pub async fn sign(&mut self, path: &str, body: &Value) -> Answer {
        let answer = self.post(path, body).await;
        if answer.status.is_success() {
            self.token = answer.cookie("__Host-vantage_access");
            self.refresh = answer.cookie("__Host-vantage_refresh");
            self.admin = answer.cookie(administrator::COOKIE);
            self.session = answer.body.clone();
        }
        answer
    }

    /// Uses a refresh token and keeps the session that comes back.
    pub async fn renew(&mut self, refresh: &str) -> Answer {
        let request = self
            .http
            .post(format!("{}/api/v1/auth/refresh", self.base))
            .header("cookie", format!("__Host-vantage_refresh={refresh}"));
        let answer = Self::send(request).await;
        if answer.status.is_success() {
            self.token = answer.cookie("__Host-vantage_access");
            self.refresh = answer.cookie("__Host-vantage_refresh");
        }
        answer
    }

    /// The practice of the session.
    #[must_use]
    pub fn practice(&self) -> Uuid {
        serde_json::from_value(self.session["practice"]["id"].clone()).expect("an id")
    }

    /// The person of the session.
    #[must_use]
    pub fn user(&self) -> Uuid {
        serde_json::from_value(self.session["user"]["id"].clone()).expect("an id")
    }

    /// A request with the access token, for whatever the shorter ways do not say.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(admin) = &self.admin {
            request = request.header("cookie", format!("{}={admin}", administrator::COOKIE));
        }
        request
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        Self::send(self.request(Method::GET, path)).await
    }

    /// POST with a fresh idempotency key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_under(Uuid::now_v7(), path, body).await
    }

    /// POST under a given idempotency key.
    pub async fn post_under(&self, key: Uuid, path: &str, body: &Value) -> Answer {
        Self::send(self.request(Method::POST, path).header("idempotency-key", key.to_string()).json(body)).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(Method::PUT, path).json(body)).await
    }

    /// PATCH.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(Method::PATCH, path).json(body)).await
    }

    /// Sends a request and reads the answer.
    pub async fn send(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body");
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }
}
