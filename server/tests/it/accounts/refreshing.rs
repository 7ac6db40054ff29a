//! Refresh tokens against a small model: whatever is tried, in whatever order, the server does what the model says.

use platform::testing::{Person, TestServer};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use super::sign_in;
use crate::product;

/// What somebody may do, thief or not.
#[derive(Clone, Debug)]
enum Step {
    /// Refresh with one of the tokens given out so far, the oldest first.
    Token(usize),
    /// Refresh with the newest.
    Newest,
    /// Refresh with a token of another person.
    Foreign,
    /// Refresh with what was never a token.
    Invented,
    /// So many seconds pass.
    Wait(u32),
    /// Sign out, which needs an access token only.
    SignOut,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..12).prop_map(Step::Token),
        4 => Just(Step::Newest),
        1 => Just(Step::Foreign),
        1 => Just(Step::Invented),
        3 => prop_oneof![1_u32..8, 11_u32..60, Just(86_400 * 20)].prop_map(Step::Wait),
        1 => Just(Step::SignOut),
    ]
}

/// A token as the model knows it: who it is, when it was used first, and which came of its uses.
#[derive(Debug)]
struct Token {
    text: String,
    used_at: Option<u64>,
    /// How many tokens there were when it was used first: those behind came of that use or later.
    newer: usize,
}

/// A session as RFC 9700 §4.14.2 wants it, with ten seconds' grace for an answer that was lost.
#[derive(Debug)]
struct Model {
    tokens: Vec<Token>,
    now: u64,
    ends: u64,
    over: bool,
}

impl Model {
    /// Whether this token gives a new one.
    fn refresh(&mut self, index: usize) -> bool {
        if self.over || self.now >= self.ends {
            return false;
        }
        let (now, count) = (self.now, self.tokens.len());
        let token = &self.tokens[index];
        match token.used_at {
            None => {
                self.tokens[index] = Token { used_at: Some(now), newer: count, text: token.text.clone() };
                true
            }
            Some(at) if now - at < 10 && self.tokens[token.newer..].iter().all(|newer| newer.used_at.is_none()) => true,
            Some(_) => {
                self.over = true;
                false
            }
        }
    }
}

/// Moves everything of the sessions into the past: the database's clock itself stands above us.
async fn pass(server: &TestServer, seconds: u32) {
    let mut conn = server.database.conn().await;
    for statement in [
        "update auth.refresh_token set created_at = created_at - make_interval(secs => $1), used_at = used_at - make_interval(secs => $1)",
        "update auth.session set expires_at = expires_at - make_interval(secs => $1)",
    ] {
        sqlx::query(statement).bind(f64::from(seconds)).execute(&mut conn).await.expect("time passes");
    }
}

async fn run(server: &TestServer, foreign: &str, steps: &[Step]) {
    let (mut person, _) = sign_in(server, "owner@alpha.example").await;
    let first = person.refresh.clone().expect("a token");
    let token = |text: String| Token { text, used_at: None, newer: 0 };
    let mut model = Model { tokens: vec![token(first)], now: 0, ends: 86_400 * 30, over: false };
    for (number, step) in steps.iter().enumerate() {
        let index = match step {
            Step::Token(index) => index % model.tokens.len(),
            Step::Newest => model.tokens.len() - 1,
            Step::Foreign | Step::Invented => {
                let text = if matches!(step, Step::Foreign) { foreign } else { "bm90IG9uZQ" };
                assert_eq!(person.clone().renew(text).await.status, 401);
                continue;
            }
            Step::Wait(seconds) => {
                pass(server, *seconds).await;
                model.now += u64::from(*seconds);
                continue;
            }
            Step::SignOut => {
                let expected = if model.over || model.now >= model.ends { 401 } else { 204 };
                assert_eq!(person.post("/api/v1/auth/logout", &Value::Null).await.status, expected);
                model.over = true;
                continue;
            }
        };
        let text = model.tokens[index].text.clone();
        let expected = model.refresh(index);
        let answer = person.renew(&text).await;
        assert_eq!(answer.status.is_success(), expected, "step {number} of {steps:?}: {}", answer.body);
        if expected {
            model.tokens.push(token(person.refresh.clone().expect("a token")));
        }
    }
    let alive = !model.over && model.now < model.ends;
    assert_eq!(person.get("/api/v1/auth/session").await.status.is_success(), alive, "at the end of {steps:?}");
}

/// A foreign token that lives: it is tried, and must not be used up by that, so each run gets its own.
async fn somebody_else(server: &TestServer) -> Person {
    sign_in(server, "owner@beta.example").await.0
}

#[tokio::test]
async fn whatever_is_tried_the_server_does_what_the_model_says() {
    let server = product().await;
    server.owner_of("alpha").await;
    server.owner_of("beta").await;
    let mut runner = TestRunner::new(Config::default());
    let sequences = prop::collection::vec(step(), 1..14);
    for _ in 0..40 {
        outside_limits(&server).await;
        let mut gone = somebody_else(&server).await;
        let used = gone.refresh.clone().expect("a token");
        gone.renew(&used).await.expect(200);
        assert_eq!(gone.post("/api/v1/auth/logout", &Value::Null).await.status, 204);
        let steps = sequences.new_tree(&mut runner).expect("steps").current();
        run(&server, &used, &steps).await;
    }
}

/// Signing in so often would be slowed down.
async fn outside_limits(server: &TestServer) {
    sqlx::query("delete from sec.bucket").execute(&mut server.database.conn().await).await.expect("full again");
}

/// Sequences that once mattered, or that show what the rules are for.
#[tokio::test]
async fn the_rules_in_examples() {
    let server = product().await;
    server.owner_of("alpha").await;
    let oldest = || Step::Token(0);
    for steps in [
        // an answer was lost: the same token twice
        vec![Step::Newest, oldest(), Step::Newest],
        // a thief came ten seconds later
        vec![Step::Newest, Step::Wait(11), oldest(), Step::Newest],
        // a thief came at once, but the successor had been used
        vec![Step::Newest, Step::Newest, oldest(), Step::Newest],
        vec![Step::Newest, Step::SignOut, Step::Newest],
        vec![Step::Newest, Step::Wait(86_400 * 31), Step::Newest],
    ] {
        run(&server, "bm90IG9uZQ", &steps).await;
    }
}
