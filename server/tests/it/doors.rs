//! The doors of tenant transactions: who comes in, and which refusal each change of somebody's rights brings.

use platform::api_key;
use platform::testing::{Person, TestServer};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::product;

/// Needs `jobs.read`, and is not there.
const JOB: &str = "/api/v1/jobs/00000000-0000-7000-8000-000000000000";

/// These tests change things behind the server's back, where nothing is written into the ledger.
async fn from_outside(server: &TestServer) -> PgConnection {
    let mut conn = server.database.conn().await;
    sqlx::query("set session_replication_role = replica").execute(&mut conn).await.expect("set");
    conn
}

async fn change(server: &TestServer, statement: &'static str, person: Uuid, practice: Uuid) {
    let done = sqlx::query(statement).bind(person).bind(practice).execute(&mut from_outside(server).await).await;
    assert_eq!(done.expect(statement).rows_affected(), 1, "{statement}");
}

/// Status and code of a request that only needs to come in.
async fn tried(person: &Person) -> (u16, String) {
    let answer = person.get("/api/v1/services").await;
    (answer.status.as_u16(), answer.code().to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Each change is made, tried, and taken back.
#[tokio::test]
async fn every_change_of_a_session_or_its_rights_counts_at_once_and_is_told_apart() {
    let server = product().await;
    let (owner, beta) = (server.owner_of("alpha").await, server.owner_of("beta").await);
    let changes = [
        (
            "update auth.session set ended_at = now(), end_reason = 'signed_out' where user_id = $1 and practice_id = $2",
            "update auth.session set ended_at = null, end_reason = null where user_id = $1 and practice_id = $2",
            refused(401, "auth.session_ended"),
        ),
        (
            "update auth.session set expires_at = now() where user_id = $1 and practice_id = $2",
            "update auth.session set expires_at = now() + interval '1 day' where user_id = $1 and practice_id = $2",
            refused(401, "auth.session_ended"),
        ),
        (
            "update auth.membership set status = 'suspended' where user_id = $1 and practice_id = $2",
            "update auth.membership set status = 'active' where user_id = $1 and practice_id = $2",
            refused(401, "auth.session_ended"),
        ),
        (
            "update auth.membership set role = 'staff' where user_id = $1 and practice_id = $2",
            "update auth.membership set role = 'owner' where user_id = $1 and practice_id = $2",
            refused(401, "auth.token_expired"),
        ),
        (
            "update platform.practice set status = case when $1 is null then status else 'suspended' end where practice_id = $2",
            "update platform.practice set status = case when $1 is null then status else 'active' end where practice_id = $2",
            refused(403, "practice.suspended"),
        ),
        (
            "update platform.practice set idle_minutes = case when $1 is null then 0 else 5 end where practice_id = $2",
            "update platform.practice set idle_minutes = case when $1 is null then 5 else 0 end where practice_id = $2",
            (200, String::new()),
        ),
    ];
    for (made, taken_back, expected) in changes {
        change(&server, made, owner.user(), owner.practice()).await;
        assert_eq!(tried(&owner).await, expected, "{made}");
        change(&server, taken_back, owner.user(), owner.practice()).await;
        assert_eq!(tried(&owner).await.0, 200, "{taken_back}");
    }
    assert_eq!(tried(&beta).await.0, 200, "the neighbour notices nothing");
}

#[tokio::test]
async fn a_session_idles_by_the_minutes_of_its_practice_and_no_longer() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let touched = async |ago: &str| {
        sqlx::query("update auth.session set active_at = now() - $2::interval where user_id = $1")
            .bind(owner.user())
            .bind(sqlx::types::Text(ago.to_owned()))
            .execute(&mut server.database.conn().await)
            .await
            .expect("set");
    };
    touched("3 days").await;
    assert_eq!(tried(&owner).await.0, 200, "who sets no limit has none");
    let limit =
        "update platform.practice set idle_minutes = case when $1 is null then 0 else 30 end where practice_id = $2";
    change(&server, limit, owner.user(), owner.practice()).await;
    assert_eq!(tried(&owner).await, refused(401, "auth.idle"));
    touched("31 minutes").await;
    assert_eq!(tried(&owner).await, refused(401, "auth.idle"));
    touched("29 minutes").await;
    assert_eq!(tried(&owner).await.0, 200);
}

/// A role of the practice's own, given to a person.
async fn give_role(server: &TestServer, person: &Person, permissions: &[&str]) -> Uuid {
    let (role, mut conn) = (Uuid::now_v7(), from_outside(server).await);
    sqlx::query(
        "insert into auth.role (practice_id, id, name, based_on, permissions) values ($1, $2, 'Own', 'staff', $3)",
    )
    .bind(person.practice())
    .bind(role)
    .bind(permissions)
    .execute(&mut conn)
    .await
    .expect("a role");
    sqlx::query("update auth.membership set role = 'staff', role_id = $3 where user_id = $1 and practice_id = $2")
        .bind(person.user())
        .bind(person.practice())
        .bind(role)
        .execute(&mut conn)
        .await
        .expect("given");
    role
}

#[tokio::test]
async fn a_role_of_the_practices_own_counts_in_its_present_version_only() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let mut person = server.colleague_of(&owner, "staff").await;
    let role = give_role(&server, &person, &["session.read", "services.read", "services.write"]).await;
    assert_eq!(tried(&person).await, refused(401, "auth.token_expired"));
    renew(&mut person).await;
    assert_eq!(tried(&person).await.0, 200);
    assert_eq!(person.get(JOB).await.code(), "auth.forbidden");
    let session = person.get("/api/v1/auth/session").await.expect(200);
    assert_eq!((&session["role"], &session["customRole"]), (&json!("staff"), &json!({ "id": role, "name": "Own" })));
    assert_eq!(session["permissions"], json!(["session.read", "services.read", "services.write"]));

    for statement in [
        "update auth.role set version = version + 1, permissions = array['session.read', 'jobs.read'] where id = $1",
        "update auth.role set archived_at = now() where id = $1",
    ] {
        sqlx::query(statement).bind(role).execute(&mut from_outside(&server).await).await.expect("changed");
        assert_eq!(tried(&person).await, refused(401, "auth.token_expired"), "{statement}");
        renew(&mut person).await;
        if statement.contains("version") {
            assert_eq!(tried(&person).await, refused(403, "auth.forbidden"));
            assert_eq!(person.get(JOB).await.code(), "not_found");
        }
    }
}

async fn renew(person: &mut Person) {
    let refresh = person.refresh.clone().expect("a token");
    person.renew(&refresh).await.expect(200);
}

/// A key of the owner's practice, as a caller.
async fn program(server: &TestServer, owner: &Person, scopes: &[&str]) -> (Uuid, Person) {
    let (id, made) = (Uuid::now_v7(), api_key::make().expect("a key"));
    sqlx::query(
        "insert into auth.api_key (practice_id, id, name, hash, prefix, last_four, scopes, expires_at, created_by)
         values ($1, $2, 'Kiosk', $3, $4, $5, $6, now() + interval '1 day', $7)",
    )
    .bind(owner.practice())
    .bind(id)
    .bind(made.hash)
    .bind(made.prefix)
    .bind(made.last_four)
    .bind(scopes)
    .bind(owner.user())
    .execute(&mut from_outside(server).await)
    .await
    .expect("a key");
    let mut program = server.stranger();
    program.token = Some(made.key);
    (id, program)
}

#[tokio::test]
async fn a_program_may_exactly_what_its_key_says_as_long_as_it_serves() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let (key, program) = program(&server, &owner, &["services.read", "services.write"]).await;
    let service = json!({ "nameEn": "Cleaning", "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let once = Uuid::now_v7();
    let made = program.post_under(once, "/api/v1/services", &service).await.expect(201);
    assert_eq!(
        program.post_under(once, "/api/v1/services", &service).await.expect(201),
        made,
        "keys of repetition work"
    );
    assert_eq!(program.get("/api/v1/services").await.expect(200)["items"][0]["id"], made["id"]);
    for path in [JOB, "/api/v1/auth/session"] {
        assert_eq!(program.get(path).await.code(), "auth.forbidden", "{path}");
    }
    let entries: Vec<(String, Option<Uuid>, String)> =
        sqlx::query_as("select actor_kind, actor_id, outcome from audit.entry where actor_kind <> 'user' order by at")
            .fetch_all(&mut server.database.conn().await)
            .await
            .expect("entries");
    let by_key = |outcome: &str| ("api_key".to_owned(), Some(key), outcome.to_owned());
    assert_eq!(entries, [by_key("ok"), by_key("denied"), by_key("denied")]);

    for statement in [
        "update auth.api_key set revoked_at = now() where id = $1",
        "update auth.api_key set revoked_at = null, expires_at = now() where id = $1",
    ] {
        sqlx::query(statement).bind(key).execute(&mut from_outside(&server).await).await.expect("changed");
        assert_eq!(tried(&program).await, refused(401, "api_key.refused"), "{statement}");
    }
    let mut forger = server.stranger();
    for token in ["vk_", "vk_rubbish", "vk_\u{e9}"] {
        forger.token = Some(token.to_owned());
        assert_eq!(tried(&forger).await.0, 401);
    }
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_to_the_minute() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let (key, program) = program(&server, &owner, &["services.read"]).await;
    let noted = async || {
        let (seen, _): (Option<String>, Uuid) =
            sqlx::query_as("select last_used_at::text, id from auth.api_key where id = $1")
                .bind(key)
                .fetch_one(&mut server.database.conn().await)
                .await
                .expect("the key");
        seen
    };
    assert_eq!(noted().await, None);
    assert_eq!(tried(&program).await.0, 200);
    let first = noted().await;
    assert!(first.is_some());
    assert_eq!(tried(&program).await.0, 200);
    assert_eq!(noted().await, first, "not written again within the minute");
    sqlx::query("update auth.api_key set last_used_at = now() - interval '61 seconds'")
        .execute(&mut server.database.conn().await)
        .await
        .expect("set back");
    assert_eq!(tried(&program).await.0, 200);
    assert!(noted().await >= first);
}

#[tokio::test]
async fn a_member_was_last_seen_when_a_session_was_last_touched() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let same: bool = sqlx::query_scalar(
        "select m.last_seen_at = s.active_at from auth.membership m join auth.session s using (user_id, practice_id)
          where m.user_id = $1",
    )
    .bind(owner.user())
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("an answer");
    assert!(same);
}
