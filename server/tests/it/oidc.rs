//! Signing in with an OpenID Connect provider: a real one, on this machine, through its own pages.

use std::process::Stdio;

use jiff::SignedDuration;
use platform::config::Config;
use platform::egress::Url;
use platform::testing::{Answer, Person, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::accounts::{set_up_totp, totp};

const CALLBACK: &str = "http://localhost:7180/api/v1/auth/oidc/callback";

/// The provider of `server/tests/oidc`, which signs in whoever it was told.
struct Provider {
    _process: Child,
    issuer: String,
}

impl Provider {
    async fn start() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc");
        assert!(
            std::path::Path::new(folder).join("node_modules/oidc-provider").exists(),
            "the provider is not installed: run `npm ci` in server/tests/oidc (./dev test does)"
        );
        let mut process = Command::new("node")
            .args(["provider.mjs", "vantage", "a secret: of/ours", CALLBACK])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js 20 or newer, which the provider of the tests runs on");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let issuer = lines.next_line().await.expect("output").expect("the provider says its address");
        Self { _process: process, issuer }
    }

    async fn tell(&self, path: &str, body: &Value) {
        let http = reqwest::Client::builder().build().expect("a client");
        http.post(format!("{}{path}", self.issuer)).json(body).send().await.expect("told");
    }

    async fn is_visited_by(&self, sub: &str, email: &str, verified: bool) {
        self.tell("/test/person", &json!({ "sub": sub, "email": email, "email_verified": verified })).await;
    }

    async fn server(&self) -> TestServer {
        let config = Config {
            oidc_issuer: self.issuer.clone(),
            oidc_client_id: "vantage".to_owned(),
            oidc_client_secret: "a secret: of/ours".to_owned(),
            oidc_name: "Hospital".to_owned(),
            ..Config::default()
        };
        TestServer::with(config, server::routes::duties(), server::routes::api).await
    }
}

/// A browser that went to the provider.
struct Visit<'a> {
    person: &'a Person,
    /// What our server gave it to keep.
    cookie: String,
    /// Where our server sent it.
    there: Url,
}

impl<'a> Visit<'a> {
    async fn begin(person: &'a Person, query: &str) -> Self {
        let answer = visit(person, &format!("/api/v1/auth/oidc/start{query}"), None).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = cookie(&answer, "__Host-vantage_external").expect("something to keep");
        Self { person, cookie, there: location(&answer) }
    }

    /// Goes through the pages of the provider, and answers where it sends the person back to.
    async fn provider(&self, there: &Url) -> String {
        let http = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        let http = http.build().expect("a client");
        let mut next = there.clone();
        for _ in 0..10 {
            let answer = http.get(next.clone()).send().await.expect("a page");
            let to = answer.headers().get("location").unwrap_or_else(|| panic!("{} at {next}", answer.status()));
            let to = next.join(to.to_str().expect("text")).expect("an address");
            if to.as_str().starts_with(CALLBACK) {
                return format!("{}?{}", to.path(), to.query().unwrap_or_default());
            }
            next = to;
        }
        panic!("the provider leads nowhere");
    }

    async fn through(&self) -> Answer {
        let back = self.provider(&self.there).await;
        self.back(&back).await
    }

    async fn back(&self, path: &str) -> Answer {
        visit(self.person, path, Some(&self.cookie)).await
    }
}

async fn visit(person: &Person, path: &str, cookie: Option<&str>) -> Answer {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let (_, request) = person.request(Method::GET, path).build_split();
    let mut request = request.expect("a request");
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
    }
    let response = http.execute(request).await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or(Value::Null);
    Answer { status, headers, body }
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let all = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let pair = all.filter_map(|text| text.split(';').next()).find(|pair| pair.starts_with(name))?;
    (!pair.ends_with('=')).then(|| pair.to_owned())
}

fn location(answer: &Answer) -> Url {
    let to = answer.headers.get("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    let here = Url::parse("http://localhost:7180").expect("an address");
    here.join(to.to_str().expect("text")).expect("an address")
}

/// The outcome that the sign-in page is told.
fn outcome(answer: &Answer) -> String {
    let to = location(answer);
    assert_eq!(cookie(answer, "__Host-vantage_access"), None, "nobody is signed in");
    format!("{}?{}", to.path(), to.query().unwrap_or_default())
}

/// Signs in with the password, and links whom the provider vouched for.
async fn link(person: &mut Person, email: &str, pending: &str) -> Answer {
    let body = json!({ "email": email, "password": "a long test password" });
    person.sign("/api/v1/auth/login", &body).await.expect(200);
    Person::send(person.request(Method::POST, "/api/v1/auth/oidc/link").header("cookie", pending)).await
}

#[tokio::test]
async fn a_person_is_linked_once_with_the_own_password_and_then_just_comes_in() {
    let provider = Provider::start().await;
    let server = provider.server().await;
    let mut owner = server.owner_of("alpha").await;
    let items = server.stranger().get("/api/v1/auth/providers").await.expect(200);
    assert_eq!(items, json!({ "items": [{ "id": "oidc", "name": "Hospital" }] }));

    provider.is_visited_by("s-1", " Owner@ALPHA.example", true).await;
    let stranger = server.stranger();
    let first = Visit::begin(&stranger, "").await.through().await;
    assert_eq!(outcome(&first), "/sign-in?external=unknown");
    let pending = cookie(&first, "__Host-vantage_link").expect("who they are, to be linked");
    // a session from before the provider vouched is not a proof
    let early = Person::send(owner.request(Method::POST, "/api/v1/auth/oidc/link").header("cookie", &pending)).await;
    assert_eq!((early.status.as_u16(), early.code()), (401, "auth.session_ended"));
    assert_eq!(link(&mut owner, "owner@alpha.example", &pending).await.status, 204);

    let again = Visit::begin(&stranger, "?next=%2Fsettings%2Fservices").await.through().await;
    assert_eq!((again.status.as_u16(), location(&again).path()), (303, "/settings/services"));
    let mut signed = server.stranger();
    signed.token = cookie(&again, "__Host-vantage_access").and_then(|pair| Some(pair.split_once('=')?.1.to_owned()));
    let session = signed.get("/api/v1/auth/session").await.expect(200);
    assert_eq!(session["user"]["email"], "owner@alpha.example");
    let done: i64 = sqlx::query_scalar(
        "select count(*) from audit.entry where action = 'link' and resource_type = 'external_identity'",
    )
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("a count");
    assert_eq!(done, 1);
}

#[tokio::test]
async fn no_account_is_taken_over_for_its_email() {
    let provider = Provider::start().await;
    let server = provider.server().await;
    server.owner_of("alpha").await;
    let mut beta = server.owner_of("beta").await;
    let stranger = server.stranger();

    // an address that the provider has not checked counts as none
    provider.is_visited_by("s-1", "owner@alpha.example", false).await;
    let unverified = Visit::begin(&stranger, "").await.through().await;
    assert_eq!(outcome(&unverified), "/sign-in?external=unknown");
    assert_eq!(cookie(&unverified, "__Host-vantage_link"), None);

    // a checked one is linked to nobody but the account that has it
    provider.is_visited_by("s-2", "owner@alpha.example", true).await;
    let visit = Visit::begin(&stranger, "").await.through().await;
    let pending = cookie(&visit, "__Host-vantage_link").expect("who they are");
    let answer = link(&mut beta, "owner@beta.example", &pending).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, "auth.external_other_email"));
    let forged =
        Person::send(beta.request(Method::POST, "/api/v1/auth/oidc/link").header("cookie", pending + "A")).await;
    assert_eq!((forged.status.as_u16(), forged.code()), (409, "auth.external_nothing"));

    // and what is linked stays with its person
    provider.is_visited_by("s-3", "owner@beta.example", true).await;
    let visit = Visit::begin(&stranger, "").await.through().await;
    let pending = cookie(&visit, "__Host-vantage_link").expect("who they are");
    assert_eq!(link(&mut beta, "owner@beta.example", &pending).await.status, 204);
    assert_eq!(
        outcome(&Visit::begin(&stranger, "?practiceSlug=alpha").await.through().await),
        "/sign-in?external=no_practice"
    );
    sqlx::query("update auth.membership set status = 'suspended' where user_id = $1")
        .bind(beta.user())
        .execute(&mut server.database.conn().await)
        .await
        .expect("suspended");
    assert_eq!(outcome(&Visit::begin(&stranger, "").await.through().await), "/sign-in?external=no_practice");
}

#[tokio::test]
async fn what_comes_back_must_belong_to_what_was_begun() {
    let provider = Provider::start().await;
    let server = provider.server().await;
    server.owner_of("alpha").await;
    provider.is_visited_by("s-1", "owner@alpha.example", true).await;
    let stranger = server.stranger();
    let failed = "/sign-in?external=failed";

    // another state
    let begun = Visit::begin(&stranger, "").await;
    let back = begun.provider(&begun.there).await;
    let state = begun.there.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    assert_eq!(outcome(&begun.back(&back.replace(&state, "another")).await), failed);
    // the state of another sign-in
    let other = Visit::begin(&stranger, "").await;
    assert_eq!(outcome(&other.back(&back).await), failed);
    // no longer the same browser
    assert_eq!(outcome(&visit(&stranger, &back, None).await), "/sign-in?external=expired");
    let tampered = format!("{}A", begun.cookie);
    assert_eq!(outcome(&visit(&stranger, &back, Some(&tampered)).await), "/sign-in?external=expired");
    // the right one, once; the code does not serve twice
    assert_eq!(outcome(&begun.back(&back).await), "/sign-in?external=unknown");
    assert_eq!(outcome(&begun.back(&back).await), failed);

    // another nonce or another challenge than ours reach the provider
    for parameter in ["nonce", "code_challenge"] {
        let begun = Visit::begin(&stranger, "").await;
        let mut there = begun.there.clone();
        let changed = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            let value = if name == parameter { value.chars().rev().collect() } else { value.into_owned() };
            (name.into_owned(), value)
        };
        let pairs: Vec<_> = begun.there.query_pairs().map(changed).collect();
        there.query_pairs_mut().clear().extend_pairs(pairs);
        let back = begun.provider(&there).await;
        assert_eq!(outcome(&begun.back(&back).await), failed, "{parameter}");
    }
    // the answer of another provider (RFC 9207), or of none
    let begun = Visit::begin(&stranger, "").await;
    let back = begun.provider(&begun.there).await;
    assert_eq!(outcome(&begun.back(&back.replace("iss=", "iss=x")).await), failed);
    assert_eq!(outcome(&begun.back(&back.replace("iss=", "not_iss=")).await), failed);
    // a refusal by the person
    let begun = Visit::begin(&stranger, "").await;
    let state = begun.there.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let refused = format!("/api/v1/auth/oidc/callback?error=access_denied&state={state}");
    assert_eq!(outcome(&begun.back(&refused).await), failed);
    // too late
    let begun = Visit::begin(&stranger, "").await;
    let back = begun.provider(&begun.there).await;
    server.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(outcome(&begun.back(&back).await), "/sign-in?external=expired");
}

#[tokio::test]
async fn new_keys_of_the_provider_are_fetched_but_not_at_every_request() {
    let provider = Provider::start().await;
    let server = provider.server().await;
    server.owner_of("alpha").await;
    provider.is_visited_by("s-1", "owner@alpha.example", true).await;
    let stranger = server.stranger();
    let enter = async || outcome(&Visit::begin(&stranger, "").await.through().await);
    assert_eq!(enter().await, "/sign-in?external=unknown");
    provider.tell("/test/new-keys", &Value::Null).await;
    // asked a moment ago: an unknown key is not a reason to ask at once
    assert_eq!(enter().await, "/sign-in?external=failed");
    server.clock.advance(SignedDuration::from_secs(31));
    assert_eq!(enter().await, "/sign-in?external=unknown");
}

#[tokio::test]
async fn without_a_provider_there_is_nothing_to_go_to() {
    let server = crate::product().await;
    let stranger = server.stranger();
    assert_eq!(stranger.get("/api/v1/auth/providers").await.expect(200), json!({ "items": [] }));
    assert_eq!(stranger.get("/api/v1/auth/oidc/start").await.status, 404);
    assert_eq!(stranger.get("/api/v1/auth/oidc/callback?state=x").await.status, 404);
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:x"] {
        let next: String = next.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let answer = stranger.get(&format!("/api/v1/auth/oidc/start?next={next}")).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec!["?next invalid".to_owned()]), "{next}");
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_for_behind_the_provider() {
    let provider = Provider::start().await;
    let server = provider.server().await;
    let mut owner = server.owner_of("alpha").await;
    provider.is_visited_by("s-1", "owner@alpha.example", true).await;
    let stranger = server.stranger();
    let visit = Visit::begin(&stranger, "").await.through().await;
    let pending = cookie(&visit, "__Host-vantage_link").expect("who they are");
    assert_eq!(link(&mut owner, "owner@alpha.example", &pending).await.status, 204);
    let (secret, _) = set_up_totp(&server, &owner).await;
    let asked = Visit::begin(&stranger, "?next=%2Fsettings").await.through().await;
    assert_eq!(outcome(&asked), "/sign-in?next=%2Fsettings");
    let question = location(&asked).fragment().expect("a question").to_owned();
    let parts: std::collections::HashMap<_, _> = question.split('&').filter_map(|part| part.split_once('=')).collect();
    assert_eq!(parts["methods"], "totp,recovery_code");
    server.clock.advance(SignedDuration::from_secs(30));
    let answer = json!({ "challenge": parts["challenge"], "code": totp(&secret, server.clock.now()) });
    server.stranger().sign("/api/v1/auth/second-factor", &answer).await.expect(200);
}

#[tokio::test]
async fn a_sub_domain_sends_people_by_the_public_address() {
    let provider = Provider::start().await;
    let server = provider.server().await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let start = server.url("/api/v1/auth/oidc/start?next=%2Fsettings%2Fstaff%3Fq%3Da");
    let answer = http.get(start).header("host", "alpha.localhost:7180").send().await.expect("an answer");
    let to = "http://localhost:7180/api/v1/auth/oidc/start?practiceSlug=alpha&next=%2Fsettings%2Fstaff%3Fq%3Da";
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().expect("text")), (303, to));
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_to() {
    let config = Config {
        oidc_issuer: "http://127.0.0.1:9".to_owned(),
        oidc_client_id: "vantage".to_owned(),
        ..Config::default()
    };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    let answer = visit(&server.stranger(), "/api/v1/auth/oidc/start", None).await;
    assert_eq!(outcome(&answer), "/sign-in?external=unavailable");
}
