//! Invitations as both sides use them.

use jiff::SignedDuration;
use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use uuid::Uuid;

const PASSWORD: &str = "a long test password";

async fn start() -> (TestServer, Person) {
    let server = TestServer::start(crate::routes(), Duties::default()).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

fn token(invite: &Value) -> String {
    invite["link"].as_str().expect("a link").split_once("/invite#").expect("a token").1.to_owned()
}

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

async fn invite(owner: &Person, email: &str, role: &str) -> Value {
    owner.post("/api/v1/invites", &json!({ "email": email, "role": role })).await.expect(201)
}

async fn run_out(server: &TestServer, id: &Value) {
    sqlx::query("update auth.invite set expires_at = now() where id::text = $1")
        .bind(id.as_str().expect("an id"))
        .execute(&mut server.database.conn().await)
        .await
        .expect("set");
}

#[tokio::test]
async fn somebody_new_comes_in_by_an_invitation() {
    let (server, owner) = start().await;
    let new = json!({ "email": " Noura@Clinic.example ", "role": "provider", "name": "Noura", "language": "ar" });
    let made = owner.post("/api/v1/invites", &new).await.expect(201);
    assert_eq!((&made["email"], &made["status"]), (&json!("noura@clinic.example"), &json!("open")));
    let listed = owner.get("/api/v1/invites").await.expect(200)["items"][0].clone();
    assert_eq!(listed["link"], Value::Null, "the link is only for whoever made it");
    assert_eq!(listed["invitedBy"]["name"], "Test Owner");

    let mut person = server.stranger();
    let token = token(&made);
    let seen = person.post("/api/v1/auth/invite/look", &json!({ "token": token })).await.expect(200);
    assert_eq!(
        seen,
        json!({ "practiceName": "Practice alpha", "role": "provider", "customRole": null,
                "email": "n•••@clinic.example", "name": "Noura", "needs": "account", "language": "ar" })
    );
    let accept = |body: Value| {
        let mut whole = json!({ "token": token });
        whole.as_object_mut().expect("an object").extend(body.as_object().expect("an object").clone());
        whole
    };
    for (body, fault) in [
        (json!({ "password": PASSWORD }), "/name required"),
        (json!({ "name": "Noura" }), "/password required"),
        (json!({ "name": "Noura", "password": "short" }), "/password too_short"),
        (json!({ "name": "Noura", "password": "noura@clinic.example" }), "/password breached"),
    ] {
        assert_eq!(person.post("/api/v1/auth/invite/accept", &accept(body)).await.faults(), [fault]);
    }
    let body = accept(json!({ "name": "Noura Al-Harbi", "password": PASSWORD }));
    let session = person.sign("/api/v1/auth/invite/accept", &body).await.expect(200);
    assert_eq!((&session["role"], &session["user"]["language"]), (&json!("provider"), &json!("ar")));
    assert_eq!(person.get("/api/v1/staff").await.expect(200)["items"].as_array().expect("items").len(), 2);
    let sign_in = json!({ "email": "noura@clinic.example", "password": PASSWORD });
    server.stranger().sign("/api/v1/auth/login", &sign_in).await.expect(200);
    let again = server.stranger().post("/api/v1/auth/invite/accept", &body).await;
    assert_eq!(told(&again), (410, "invite.used"));
    let entries: Vec<(String, String, Option<Uuid>)> = sqlx::query_as(
        "select action, resource_type, actor_id from audit.entry where action in ('accept', 'join') order by id",
    )
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("entries");
    let by = |action: &str, resource: &str| (action.to_owned(), resource.to_owned(), Some(person.user()));
    assert_eq!(entries, [by("accept", "invite"), by("join", "staff")]);
}

#[tokio::test]
async fn an_account_that_exists_is_proved_and_not_changed() {
    let (server, mut owner) = start().await;
    let beta = server.owner_of("beta").await;
    let made = invite(&owner, "owner@beta.example", "provider").await;
    let token = token(&made);
    assert_eq!(made["status"], "open", "the inviting side is told the same as for anybody");
    let look = json!({ "token": token });
    assert_eq!(server.stranger().post("/api/v1/auth/invite/look", &look).await.expect(200)["needs"], "sign_in");

    let with = |password: Option<&str>| json!({ "token": token, "name": "Somebody Else", "language": "ar", "password": password });
    for (person, password) in
        [(&server.stranger(), None), (&server.stranger(), Some("another long password")), (&owner, None)]
    {
        let answer = person.post("/api/v1/auth/invite/accept", &with(password)).await;
        assert_eq!(told(&answer), (401, "invite.sign_in"));
    }
    // a token that has run out is refreshed, one of a session that has ended proves nothing
    server.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(beta.post("/api/v1/auth/invite/accept", &with(None)).await.code(), "auth.token_expired");
    let mut renewed = beta.clone();
    renewed.renew(&beta.refresh.clone().expect("a token")).await.expect(200);
    let mut ended = server.stranger();
    let sign_in = json!({ "email": "owner@beta.example", "password": PASSWORD });
    ended.sign("/api/v1/auth/login", &sign_in).await.expect(200);
    assert_eq!(ended.post("/api/v1/auth/logout", &Value::Null).await.status, 204);
    assert_eq!(ended.post("/api/v1/auth/invite/accept", &with(None)).await.code(), "auth.session_ended");

    let session = renewed.sign("/api/v1/auth/invite/accept", &with(None)).await.expect(200);
    assert_eq!((&session["practice"]["slug"], &session["role"]), (&json!("alpha"), &json!("provider")));
    assert_eq!((&session["user"]["name"], &session["user"]["language"]), (&json!("Test Owner"), &json!("en")));
    server.stranger().sign("/api/v1/auth/login", &sign_in).await.expect(200);
    owner.renew(&owner.refresh.clone().expect("a token")).await.expect(200);
    assert_eq!(
        owner.post("/api/v1/invites", &json!({ "email": "owner@beta.example", "role": "staff" })).await.code(),
        "invite.already_member"
    );
}

#[tokio::test]
async fn of_many_who_accept_at_once_one_comes_in() {
    let (server, owner) = start().await;
    let token = token(&invite(&owner, "new@example.com", "staff").await);
    let attempts = (0..6).map(|i| {
        let stranger = server.stranger();
        let body = json!({ "token": token, "name": format!("Somebody {i}"), "password": PASSWORD });
        async move { stranger.post("/api/v1/auth/invite/accept", &body).await.status.as_u16() }
    });
    let answers = futures::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 401, 409, 410].contains(status)), "{answers:?}");
    let people: i64 = sqlx::query_scalar("select count(*) from auth.user where email = 'new@example.com'")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(people, 1);
}

#[tokio::test]
async fn two_invitations_of_one_address_at_once_end_as_one() {
    let (_server, owner) = start().await;
    let body = json!({ "email": "new@example.com", "role": "staff" });
    let answers = futures::future::join_all((0..5).map(|_| owner.post("/api/v1/invites", &body))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409]);
}

#[tokio::test]
async fn an_invitation_serves_as_long_as_the_practice_says() {
    let (server, owner) = start().await;
    let made = invite(&owner, "new@example.com", "staff").await;
    let serves = async |hours: i32| -> bool {
        sqlx::query_scalar(
            "select expires_at = created_at + make_interval(hours => $2) from auth.invite where id::text = $1",
        )
        .bind(made["id"].as_str())
        .bind(hours)
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("an answer")
    };
    assert!(serves(72).await);
    run_out(&server, &made["id"]).await;
    let look = json!({ "token": token(&made) });
    assert_eq!(told(&server.stranger().post("/api/v1/auth/invite/look", &look).await), (410, "invite.expired"));
}

#[tokio::test]
async fn links_that_are_not_right_open_nothing() {
    let (server, owner) = start().await;
    let made = invite(&owner, "new@example.com", "staff").await;
    let whole = token(&made);
    let stored: Vec<u8> = sqlx::query_scalar("select hash from auth.invite")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a hash");
    use base64::Engine as _;
    let hash = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(stored);
    for wrong in ["", "rubbish", &whole[1..], &whole[..42], &hash, &"A".repeat(43), "\u{0}"] {
        for path in ["/api/v1/auth/invite/look", "/api/v1/auth/invite/accept"] {
            let answer = server.stranger().post(path, &json!({ "token": wrong })).await;
            assert_eq!(told(&answer), (404, "invite.unknown"), "{wrong}");
        }
    }
}

#[tokio::test]
async fn the_mail_carries_the_link_and_nothing_else_does() {
    let (server, owner) = start().await;
    let made = invite(&owner, "new@example.com", "staff").await;
    let kind: String = sqlx::query_scalar("select kind from auth.mail where kind = 'invite'")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a mail");
    assert_eq!(kind, "invite");
    let token = token(&made);
    for (table, column) in [("audit.entry", "changes"), ("outbox.event", "payload"), ("auth.mail", "content")] {
        let statement = format!("select coalesce(string_agg({column}::text, ' '), '') from {table}");
        let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .fetch_one(&mut server.database.conn().await)
            .await
            .expect("text");
        assert!(!text.contains(&token), "{table}");
    }
}

/// What somebody does, to which of the practice's invitations or of two addresses.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create(usize),
    Resend(usize),
    Revoke(usize),
    RunOut(usize),
    /// With its newest link, or the one before.
    Look(usize, bool),
    Accept(usize, bool),
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (address, which) = (0..2_usize, 0..4_usize);
    prop_oneof![
        3 => address.clone().prop_map(Step::Create),
        2 => which.clone().prop_map(Step::Resend),
        1 => which.clone().prop_map(Step::Revoke),
        2 => which.clone().prop_map(Step::RunOut),
        2 => (which.clone(), any::<bool>()).prop_map(|(i, old)| Step::Look(i, old)),
        3 => (which, any::<bool>()).prop_map(|(i, old)| Step::Accept(i, old)),
        1 => address.prop_map(Step::Remove),
    ]
}

/// What an invitation should be, without any of the product's own rules.
struct Modelled {
    address: usize,
    status: &'static str,
    id: Value,
    links: Vec<String>,
}

/// The rules once more, as plainly as they can be said.
#[derive(Default)]
struct Model {
    invites: Vec<Modelled>,
    member: [Option<Uuid>; 2],
    has_account: [bool; 2],
}

impl Model {
    fn open_for(&self, address: usize) -> bool {
        self.invites.iter().any(|invite| invite.address == address && invite.status == "open")
    }

    fn create(&self, address: usize) -> &'static str {
        match (self.member[address], self.open_for(address)) {
            (Some(_), _) => "invite.already_member",
            (None, true) => "invite.exists",
            (None, false) => "",
        }
    }

    fn resend(&self, i: usize) -> &'static str {
        let Modelled { address, status, .. } = self.invites[i];
        match status {
            "accepted" | "revoked" => "invite.closed",
            _ if self.member[address].is_some() => "invite.already_member",
            "expired" if self.open_for(address) => "invite.exists",
            _ => "",
        }
    }

    fn opens(&self, i: usize, old: bool) -> &'static str {
        match self.invites[i].status {
            _ if old => "invite.unknown",
            "accepted" => "invite.used",
            "expired" => "invite.expired",
            "revoked" => "invite.revoked",
            _ => "",
        }
    }
}

struct World<'a> {
    server: &'a TestServer,
    owner: Person,
    model: Model,
    addresses: [String; 2],
}

impl World<'_> {
    /// Does it for real and in the model; both must say the same.
    async fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        let count = self.model.invites.len();
        let (expected, answer) = match step {
            Step::Create(address) => {
                let expected = self.model.create(address);
                let body = json!({ "email": self.addresses[address], "role": "staff" });
                let answer = self.owner.post("/api/v1/invites", &body).await;
                if expected.is_empty() && answer.status == 201 {
                    let (id, links) = (answer.body["id"].clone(), vec![token(&answer.body)]);
                    self.model.invites.push(Modelled { address, status: "open", id, links });
                }
                (expected, answer)
            }
            Step::Remove(address) => return self.remove(address).await,
            Step::Resend(i) | Step::Revoke(i) | Step::RunOut(i) | Step::Look(i, _) | Step::Accept(i, _)
                if i >= count =>
            {
                return Ok(());
            }
            Step::Resend(i) => {
                let (expected, answer) = (self.model.resend(i), self.act(i, "resend").await);
                if expected.is_empty() && answer.status == 200 {
                    let invite = &mut self.model.invites[i];
                    invite.links.push(token(&answer.body));
                    invite.status = "open";
                }
                (expected, answer)
            }
            Step::Revoke(i) => {
                let is_open = self.model.invites[i].status == "open";
                let answer = self.act(i, "revoke").await;
                if is_open {
                    self.model.invites[i].status = "revoked";
                }
                (if is_open { "" } else { "invite.closed" }, answer)
            }
            Step::RunOut(i) => {
                run_out(self.server, &self.model.invites[i].id).await;
                let invite = &mut self.model.invites[i];
                if invite.status == "open" {
                    invite.status = "expired";
                }
                return Ok(());
            }
            Step::Look(i, old) => self.look(i, old).await,
            Step::Accept(i, old) => self.accept(i, old).await,
        };
        prop_assert_eq!(answer.code(), expected, "{:?}: {}", step, answer.body);
        Ok(())
    }

    async fn act(&self, i: usize, verb: &str) -> Answer {
        let id = self.model.invites[i].id.as_str().expect("an id");
        self.owner.post(&format!("/api/v1/invites/{id}/{verb}"), &Value::Null).await
    }

    /// The newest link of an invitation, or an older one where there is one.
    fn link(&self, i: usize, old: bool) -> (String, bool) {
        let links = &self.model.invites[i].links;
        let old = old && links.len() > 1;
        (links[if old { links.len() - 2 } else { links.len() - 1 }].clone(), old)
    }

    async fn look(&self, i: usize, old: bool) -> (&'static str, Answer) {
        let (token, old) = self.link(i, old);
        let answer = self.server.stranger().post("/api/v1/auth/invite/look", &json!({ "token": token })).await;
        if answer.status == 200 {
            let needs = if self.model.has_account[self.model.invites[i].address] { "sign_in" } else { "account" };
            assert_eq!(answer.body["needs"], needs);
        }
        (self.model.opens(i, old), answer)
    }

    async fn accept(&mut self, i: usize, old: bool) -> (&'static str, Answer) {
        let (token, old) = self.link(i, old);
        let (expected, address) = (self.model.opens(i, old), self.model.invites[i].address);
        let body = json!({ "token": token, "name": "Somebody", "password": PASSWORD });
        let answer = self.server.stranger().post("/api/v1/auth/invite/accept", &body).await;
        if answer.status == 200 {
            self.model.invites[i].status = "accepted";
            self.model.has_account[address] = true;
            self.model.member[address] = serde_json::from_value(answer.body["user"]["id"].clone()).ok();
        }
        (expected, answer)
    }

    async fn remove(&mut self, address: usize) -> Result<(), TestCaseError> {
        let Some(user) = self.model.member[address].take() else { return Ok(()) };
        let staff = self.owner.get("/api/v1/staff").await.expect(200);
        let items = staff["items"].as_array().expect("items");
        let version = items.iter().find(|item| item["id"] == user.to_string()).expect("a member")["version"].clone();
        let path = format!("/api/v1/staff/{user}/remove");
        let answer = self.owner.post(&path, &json!({ "version": version })).await;
        prop_assert_eq!(answer.status.as_u16(), 204);
        Ok(())
    }

    /// What the practice is shown is what the model says.
    async fn compare(&self) -> Result<(), TestCaseError> {
        let shown = self.owner.get("/api/v1/invites").await.expect(200);
        for invite in &self.model.invites {
            let items = shown["items"].as_array().expect("items");
            let found = items.iter().find(|item| item["id"] == invite.id).expect("listed");
            prop_assert_eq!(&found["status"], invite.status);
        }
        prop_assert_eq!(shown["items"].as_array().expect("items").len(), self.model.invites.len());
        Ok(())
    }
}

/// Whatever happens to invitations in whatever order, they are what the model says they are.
#[tokio::test(flavor = "multi_thread")]
async fn invitations_go_through_their_states_and_no_others() {
    let (server, _) = start().await;
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&proptest::collection::vec(step(), 1..14), |steps| {
            tokio::runtime::Handle::current().block_on(async {
                let slug = format!("p{}", Uuid::now_v7().simple());
                let owner = server.owner_of(&slug).await;
                let addresses = ["one", "two"].map(|name| format!("{name}@{slug}.example"));
                let mut world = World { server: &server, owner, model: Model::default(), addresses };
                for step in steps {
                    world.take(step).await?;
                    world.compare().await?;
                }
                Ok(())
            })
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
