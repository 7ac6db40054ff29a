//! Access tokens of a Supabase project: sent along with requests, or exchanged for a session.

use jiff::SignedDuration;
use platform::config::Config;
use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::accounts::{set_up_totp, totp};
use crate::forge::{Forge, Provider, hs256, token};

const SECRET: &str = "a secret that only the project and we have";

/// A project with keys of its own, and a server that accepts its tokens.
pub struct Project {
    pub forge: Forge,
    pub provider: Provider,
    pub server: TestServer,
}

impl Project {
    pub async fn start() -> Self {
        let forge = Forge::new("project");
        let provider = Provider::start(forge.keys()).await;
        let config =
            Config { supabase_url: provider.url.clone(), supabase_jwt_secret: SECRET.to_owned(), ..Config::default() };
        let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
        Self { forge, provider, server }
    }

    /// What the project says of somebody who has signed in there.
    pub fn claims(&self, sub: &str, session: &str, email: &str) -> Value {
        let now = self.server.clock.now().as_second();
        json!({ "iss": format!("{}/auth/v1", self.provider.url), "sub": sub, "aud": "authenticated", "exp": now + 3600, "iat": now,
                "email": email, "phone": "", "role": "authenticated", "aal": "aal1", "session_id": session, "is_anonymous": false,
                "amr": [{ "method": "password", "timestamp": now }], "app_metadata": { "provider": "email" },
                "user_metadata": { "email_verified": true, "role": "owner", "practice": Uuid::nil() } })
    }

    pub fn sign(&self, claims: &Value) -> String {
        token(r#"{"alg":"ES256","typ":"JWT","kid":"project-ec"}"#, &claims.to_string(), self.forge.es256())
    }

    /// Links somebody of the project to a person here.
    pub async fn link(&self, person: &Person, sub: &str, email: &str) -> Answer {
        let token = self.sign(&self.claims(sub, "first", email));
        person.post("/api/v1/auth/supabase/link", &json!({ "token": token })).await
    }

    pub fn bearer(&self, token: &str) -> Person {
        let mut person = self.server.stranger();
        person.token = Some(token.to_owned());
        person
    }
}

async fn sessions_of(server: &TestServer, user: Uuid) -> i64 {
    sqlx::query_scalar("select count(*) from auth.session where user_id = $1")
        .bind(user)
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count")
}

#[tokio::test]
async fn each_kind_of_key_is_accepted_on_every_route() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    assert_eq!(project.link(&owner, "s-1", "owner@alpha.example").await.status, 204);
    let claims = project.claims("s-1", "one", "owner@alpha.example").to_string();
    let (head_rs, head_hs) = (r#"{"alg":"RS256","typ":"JWT","kid":"project-rsa"}"#, r#"{"alg":"HS256","typ":"JWT"}"#);
    let tokens = [
        token(r#"{"alg":"ES256","typ":"JWT","kid":"project-ec"}"#, &claims, project.forge.es256()),
        token(head_rs, &claims, project.forge.rs256()),
        token(head_hs, &claims, hs256(SECRET.as_bytes())),
    ];
    let before = sessions_of(&project.server, owner.user()).await;
    for token in &tokens {
        let person = project.bearer(token);
        let session = person.get("/api/v1/auth/session").await.expect(200);
        assert_eq!((&session["user"]["id"], &session["role"]), (&owner.session["user"]["id"], &json!("owner")));
        person.get("/api/v1/services").await.expect(200);
    }
    // all of one session of theirs is one session of ours, which is in the ledger once
    assert_eq!(sessions_of(&project.server, owner.user()).await, before + 1);
    let sign_ins: i64 = sqlx::query_scalar("select count(*) from audit.entry where action = 'login'")
        .fetch_one(&mut project.server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(sign_ins, 2, "signing up and this");
    assert_eq!(project.provider.asked(), 1, "keys are kept");
}

#[tokio::test]
async fn two_first_requests_at_once_open_one_session() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    assert_eq!(project.link(&owner, "s-1", "owner@alpha.example").await.status, 204);
    let before = sessions_of(&project.server, owner.user()).await;
    let person = project.bearer(&project.sign(&project.claims("s-1", "one", "owner@alpha.example")));
    let answers = futures::future::join_all((0..8).map(|_| person.get("/api/v1/services"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(sessions_of(&project.server, owner.user()).await, before + 1);
}

#[tokio::test]
async fn who_is_not_linked_is_told_to_ask_for_an_invitation() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    let token = project.sign(&project.claims("s-1", "one", "owner@alpha.example"));
    // the same e-mail is not the same person
    let answer = project.bearer(&token).get("/api/v1/services").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "auth.external_unknown"));
    let answer = project.server.stranger().post("/api/v1/auth/supabase", &json!({ "token": token })).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "auth.external_unknown"));
    // nor can it be linked to another's account, or long after signing in
    let answer = project.link(&owner, "s-2", "somebody@else.example").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, "auth.external_other_email"));
    sqlx::query("update auth.session set created_at = now() - interval '11 minutes'")
        .execute(&mut project.server.database.conn().await)
        .await
        .expect("later");
    let answer = project.link(&owner, "s-1", "owner@alpha.example").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.session_ended"));
}

#[tokio::test]
async fn what_changes_here_counts_from_the_next_request() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    let colleague = project.server.colleague_of(&owner, "admin").await;
    let email = colleague.session["user"]["email"].as_str().expect("an e-mail").to_owned();
    assert_eq!(project.link(&colleague, "s-1", &email).await.status, 204);
    let bearer = project.bearer(&project.sign(&project.claims("s-1", "one", &email)));
    let body = json!({ "nameEn": "Check-up", "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                       "vatCategory": "standard", "colour": "teal" });
    bearer.post("/api/v1/services", &body).await.expect(201);
    let mut conn = project.server.database.conn().await;
    let mut set = async |what: &'static str| {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "update auth.membership set {what} where user_id = '{}'",
            colleague.user()
        )))
        .execute(&mut conn)
        .await
        .expect("changed");
    };
    set("role = 'receptionist'").await;
    assert_eq!(bearer.post("/api/v1/services", &body).await.code(), "auth.forbidden");
    bearer.get("/api/v1/services").await.expect(200);
    set("status = 'suspended'").await;
    assert_eq!(bearer.get("/api/v1/services").await.code(), "auth.no_practice");
    set("status = 'active'").await;
    bearer.get("/api/v1/services").await.expect(200);
    // signing out here is for good, whatever the project says; a new sign-in there is a new session
    assert_eq!(bearer.post("/api/v1/auth/logout", &Value::Null).await.status, 204);
    assert_eq!(bearer.get("/api/v1/services").await.code(), "auth.session_ended");
    let again = project.bearer(&project.sign(&project.claims("s-1", "two", &email)));
    again.get("/api/v1/services").await.expect(200);
    project.server.clock.advance(SignedDuration::from_secs(3631));
    assert_eq!(again.get("/api/v1/services").await.code(), "auth.required");
}

#[tokio::test]
async fn a_link_is_seen_and_ended_by_its_person() {
    let project = Project::start().await;
    let (alpha, beta) = (project.server.owner_of("alpha").await, project.server.owner_of("beta").await);
    assert_eq!(project.link(&alpha, "s-1", "owner@alpha.example").await.status, 204);
    // once more changes nothing, and somebody else's is not one's own
    assert_eq!(project.link(&alpha, "s-1", "owner@alpha.example").await.status, 204);
    assert_eq!(project.link(&beta, "s-1", "owner@beta.example").await.code(), "auth.external_taken");
    let bearer = project.bearer(&project.sign(&project.claims("s-1", "one", "owner@alpha.example")));
    bearer.get("/api/v1/services").await.expect(200);
    let mine = alpha.get("/api/v1/account/identities").await.expect(200);
    assert_eq!(
        (mine["items"].as_array().map(Vec::len), &mine["items"][0]["issuer"]),
        (Some(1), &json!(format!("{}/auth/v1", project.provider.url)))
    );
    assert_eq!(beta.get("/api/v1/account/identities").await.expect(200), json!({ "items": [] }));
    let remove = format!("/api/v1/account/identities/{}/remove", mine["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(beta.post(&remove, &Value::Null).await.status, 404);
    assert_eq!(alpha.post(&remove, &Value::Null).await.status, 204);
    assert_eq!(bearer.get("/api/v1/services").await.code(), "auth.external_unknown");
}

#[tokio::test]
async fn a_second_factor_is_not_gone_round() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    assert_eq!(project.link(&owner, "s-1", "owner@alpha.example").await.status, 204);
    let (secret, _) = set_up_totp(&project.server, &owner).await;
    let mut claims = project.claims("s-1", "one", "owner@alpha.example");
    let token = project.sign(&claims);
    let answer = project.bearer(&token).get("/api/v1/services").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "auth.second_factor_needed"));
    let mut person = project.server.stranger();
    let asked = person.post("/api/v1/auth/supabase", &json!({ "token": token })).await.expect(202);
    project.server.clock.advance(SignedDuration::from_secs(30));
    let code = totp(&secret, project.server.clock.now());
    person
        .sign("/api/v1/auth/second-factor", &json!({ "challenge": asked["challenge"], "code": code }))
        .await
        .expect(200);
    person.get("/api/v1/services").await.expect(200);
    // the project says that it has asked for one itself
    claims["aal"] = json!("aal2");
    project.bearer(&project.sign(&claims)).get("/api/v1/services").await.expect(200);
}

#[tokio::test]
async fn somebody_of_several_practices_says_which() {
    let project = Project::start().await;
    let (alpha, beta) = (project.server.owner_of("alpha").await, project.server.owner_of("beta").await);
    assert_eq!(project.link(&alpha, "s-1", "owner@alpha.example").await.status, 204);
    sqlx::query("insert into auth.membership (user_id, practice_id, role) values ($1, $2, 'provider')")
        .bind(alpha.user())
        .bind(beta.practice())
        .execute(&mut project.server.database.conn().await)
        .await
        .expect("a membership");
    let token = project.sign(&project.claims("s-1", "one", "owner@alpha.example"));
    let bearer = project.bearer(&token);
    assert_eq!(bearer.get("/api/v1/auth/session").await.code(), "auth.practice_needed");
    for (slug, role) in [("alpha", "owner"), ("beta", "provider")] {
        let request = bearer.request(Method::GET, "/api/v1/auth/session").header("host", format!("{slug}.localhost"));
        let session = Person::send(request).await.expect(200);
        assert_eq!((&session["practice"]["slug"], &session["role"]), (&json!(slug), &json!(role)));
        let mut person = project.server.stranger();
        let session =
            person.sign("/api/v1/auth/supabase", &json!({ "token": token, "practiceSlug": slug })).await.expect(200);
        assert_eq!(session["practice"]["slug"], slug);
        person.get("/api/v1/services").await.expect(200);
    }
    let elsewhere = project
        .server
        .stranger()
        .post("/api/v1/auth/supabase", &json!({ "token": token, "practiceSlug": "gamma" }))
        .await;
    assert_eq!(elsewhere.code(), "auth.no_practice");
}

#[tokio::test]
async fn keys_that_change_are_found_and_invented_ones_cost_nothing() {
    let project = Project::start().await;
    let owner = project.server.owner_of("alpha").await;
    assert_eq!(project.link(&owner, "s-1", "owner@alpha.example").await.status, 204);
    let claims = project.claims("s-1", "one", "owner@alpha.example").to_string();
    project
        .bearer(&project.sign(&serde_json::from_str(&claims).expect("json")))
        .get("/api/v1/services")
        .await
        .expect(200);
    let next = Forge::new("next");
    let new = token(r#"{"alg":"ES256","kid":"next-ec"}"#, &claims, next.es256());
    project.provider.publish([project.forge.keys(), next.keys()].concat());
    project.server.clock.advance(SignedDuration::from_secs(31));
    project.bearer(&new).get("/api/v1/services").await.expect(200);
    assert_eq!(project.provider.asked(), 2);
    for number in 0..20 {
        let head = format!(r#"{{"alg":"ES256","kid":"invented-{number}"}}"#);
        let invented = token(&head, &claims, next.es256());
        assert_eq!(project.bearer(&invented).get("/api/v1/services").await.code(), "auth.required");
    }
    assert_eq!(project.provider.asked(), 2, "twenty invented keys were not asked for");
    // after ten minutes they are asked for anew, and one that was withdrawn is one no longer
    project.provider.publish(next.keys());
    project.server.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(
        project
            .bearer(&project.sign(&serde_json::from_str(&claims).expect("json")))
            .get("/api/v1/services")
            .await
            .code(),
        "auth.required"
    );
    project.bearer(&new).get("/api/v1/services").await.expect(200);
}

/// Tokens of a real project's form, kept beside a checkout by whoever has them. Without them nothing is proved here that
/// the tests above do not.
#[tokio::test]
async fn tokens_of_the_vendors_form_are_read() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/supabase-auth/jwt.examples.json");
    let Ok(text) = std::fs::read_to_string(examples) else {
        eprintln!("skipped: there are no example tokens at {examples}");
        return;
    };
    let examples: Value = serde_json::from_str(&text).expect("json");
    let keys = examples["es256"]["jwks"]["keys"].as_array().expect("keys").clone();
    let provider = Provider::start(keys).await;
    let start = async |secret: &str| {
        let config = Config {
            supabase_url: provider.url.clone(),
            supabase_issuer: examples["claims"]["iss"].as_str().expect("an issuer").to_owned(),
            supabase_jwt_secret: secret.to_owned(),
            ..Config::default()
        };
        TestServer::with(config, server::routes::duties(), server::routes::api).await
    };
    let server = start(examples["hs256"]["secret"].as_str().expect("a secret")).await;
    let other = start("another secret that is long enough for it").await;
    let code = async |server: &TestServer, token: &Value| {
        let mut person = server.stranger();
        person.token = Some(token.as_str().expect("a token").to_owned());
        person.get("/api/v1/services").await.code().to_owned()
    };
    // a good token of somebody who is nobody here yet
    for good in [&examples["hs256"]["valid"], &examples["es256"]["valid"]] {
        assert_eq!(code(&server, good).await, "auth.external_unknown");
    }
    for bad in [&examples["hs256"]["expired"], &examples["must_reject"]["alg_none"]] {
        assert_eq!(code(&server, bad).await, "auth.required");
    }
    assert_eq!(code(&other, &examples["hs256"]["valid"]).await, "auth.required");
}
