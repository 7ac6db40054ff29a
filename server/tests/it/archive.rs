//! A practice taken out of one installation and into another.

use std::io::BufReader;

use platform::archive::{Archived, take_in, take_out};
use platform::config::Config;
use platform::crypto::RootKeys;
use platform::db::migrate;
use platform::testing::{ROOT_KEY, TestServer};
use platform::{Error, Result};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::product;
use crate::resets::newest_token;
use crate::things::things;

/// What stays behind, and what is of the installation; `platform/src/archive/mod.rs` says why of each.
const OTHER: &str = "'api', 'audit', 'audit_export', 'jobs', 'outbox', 'sec'";

fn keys() -> RootKeys {
    RootKeys::parse(ROOT_KEY).expect("a key")
}

async fn out(server: &TestServer, slug: &str) -> (Vec<u8>, Archived) {
    let mut file = Vec::new();
    let archived = take_out(&server.database.options, &keys(), slug, &mut file).await.expect("an archive");
    (file, archived)
}

async fn into(server: &TestServer, file: &[u8], slug: Option<&str>) -> Result<Archived> {
    take_in(&server.database.options, &keys(), &mut BufReader::new(file), slug).await
}

fn why(refused: Result<Archived>) -> String {
    format!("{:?}", refused.expect_err("it is refused"))
}

/// Every row of the practice as PostgreSQL has it, table by table.
async fn rows(server: &TestServer, practice: Uuid) -> Vec<(String, Vec<String>)> {
    let mut conn = server.database.conn().await;
    let tables: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "select a.attrelid::regclass::text from pg_attribute a join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where a.attname = 'practice_id' and c.relkind in ('r', 'p') and not c.relispartition
            and n.nspname not in ({OTHER}) and (n.nspname <> 'auth' or c.relname in ('role', 'membership'))
            and c.relname <> 'import_row' and (n.nspname <> 'webhooks' or c.relname = 'endpoint') order by 1"
    )))
    .fetch_all(&mut conn)
    .await
    .expect("tables");
    let mut all = Vec::new();
    for table in tables {
        let sql = format!("select to_jsonb(t)::text from {table} t where practice_id = $1 order by 1");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).bind(practice).fetch_all(&mut conn).await.expect("rows");
        all.push((table, rows));
    }
    all
}

#[tokio::test]
async fn a_practice_is_elsewhere_what_it_was() {
    let (here, there) = (product().await, product().await);
    let owner = here.owner_of("alpha").await;
    things(&here, &owner).await;
    let sara = json!({ "givenName": "Sara", "nationalId": "1098765432", "phones": [{ "number": "0501234567" }] });
    let sara = owner.post("/api/v1/patients", &sara).await.expect(201);
    let path = format!("/api/v1/patients/{}", sara["id"].as_str().expect("an id"));
    owner.post(&format!("{path}/notes"), &json!({ "text": "Afraid of needles" })).await.expect(201);
    here.owner_of("beta").await;
    let before = rows(&here, owner.practice()).await;
    assert!(before.iter().filter(|(_, rows)| !rows.is_empty()).count() >= 15, "the practice has hardly anything");

    let (file, archived) = out(&here, "alpha").await;
    // with the rights that a database has in use, which that of a test lacks at first
    let passwords = Config::default().database_passwords().expect("none");
    migrate::migrate(&there.database.options, &passwords).await.expect("is current");
    assert_eq!(into(&there, &file, None).await.expect("taken in"), archived);
    for ((table, before), (_, after)) in before.iter().zip(rows(&there, owner.practice()).await) {
        assert_eq!(before, &after, "{table}");
    }

    // the owner comes in by a new password, and everything opens
    let email = json!({ "email": "owner@alpha.example" });
    there.stranger().post("/api/v1/auth/password/forgot", &email).await.expect(204);
    there.settle().await;
    let new = json!({ "token": newest_token(&there).await, "password": "another long password" });
    there.stranger().post("/api/v1/auth/password/reset", &new).await.expect(204);
    let mut person = there.stranger();
    let credentials = json!({ "email": "owner@alpha.example", "password": "another long password" });
    person.sign("/api/v1/auth/login", &credentials).await.expect(200);
    assert_eq!(person.get(&path).await.expect(200), sara);
    let told = person.get(&format!("{path}/timeline")).await.expect(200);
    assert_eq!(told["items"][0]["changes"][1]["after"], "Afraid of needles", "{told}");
    let found = person.post("/api/v1/patients/search", &json!({ "q": "1098765432" })).await.expect(200);
    assert_eq!(found["items"][0]["id"], sara["id"]);
    person.patch(&path, &json!({ "version": 1, "notes": "Moved" })).await.expect(200);
    there.settle().await;
}

#[tokio::test]
async fn people_who_are_known_are_who_they_are() {
    let (here, there) = (product().await, product().await);
    let owner = here.owner_of("alpha").await;
    let view = owner.post("/api/v1/views", &json!({ "name": "Mine" })).await.expect(201);
    // the same person, known there by another practice
    let known = there.owner_of("beta").await;
    sqlx::query("update auth.user set email = 'owner@alpha.example' where id = $1")
        .bind(known.user())
        .execute(&mut there.database.conn().await)
        .await
        .expect("renamed");
    let (file, _) = out(&here, "alpha").await;
    into(&there, &file, Some("alpha-2")).await.expect("taken in");
    let switched =
        json!({ "email": "owner@alpha.example", "password": "a long test password", "practiceSlug": "alpha-2" });
    let mut person = there.stranger();
    person.sign("/api/v1/auth/login", &switched).await.expect(200);
    assert_eq!((person.user(), person.practice()), (known.user(), owner.practice()));
    let views = person.get("/api/v1/views").await.expect(200);
    assert_eq!(views["items"][0]["id"], view["id"], "a private view is still its owner's");
}

#[tokio::test]
async fn what_cannot_be_taken_in_changes_nothing() {
    let (here, there) = (product().await, product().await);
    let owner = here.owner_of("alpha").await;
    owner.post("/api/v1/patients", &json!({ "givenName": "Sara" })).await.expect(201);
    let (file, _) = out(&here, "alpha").await;
    let text = String::from_utf8(file.clone()).expect("lines");
    let lines: Vec<&str> = text.lines().collect();
    let stranger = owner.practice().to_string();
    let foreign = text.lines().map(|line| match line.contains("\"given_name\"") {
        true => line.replace(&stranger, &Uuid::now_v7().to_string()),
        false => line.to_owned(),
    });
    for (what, file, expected) in [
        ("nothing", String::new(), "ends in the middle"),
        ("rubbish", "<html>".to_owned(), "none of an archive"),
        ("the middle", lines[1..].join("\n"), "does not begin"),
        ("a part", lines[..lines.len() - 1].join("\n"), "ends in the middle"),
        (
            "a line lacks",
            [&lines[..lines.len() - 2], &lines[lines.len() - 1..]].concat().join("\n"),
            "lines are missing",
        ),
        ("another version", text.replacen(".sql ", ".sql x", 1), "bring both to the same version"),
        ("another table", text.replacen("patients.patient\"", "patients.nothing\"", 1), "not known here"),
        ("a row of somebody else's", foreign.collect::<Vec<_>>().join("\n"), ""),
    ] {
        let refused = why(into(&there, file.as_bytes(), None).await);
        assert!(refused.contains(expected), "{what}: {refused}");
        assert!(!refused.contains("Sara"), "{what}: {refused}");
    }
    let practices: i64 = sqlx::query_scalar("select count(*) from platform.practice")
        .fetch_one(&mut there.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(practices, 0, "nothing is half done");
    into(&there, &file, None).await.expect("taken in");
    assert!(why(into(&there, &file, None).await).contains("here already"));
    assert!(why(into(&there, &file, Some("other")).await).contains("here already"));
    let _: Error = take_out(&there.database.options, &keys(), "nobody", &mut Vec::new()).await.expect_err("unknown");
    let entry: Value =
        sqlx::query_scalar("select to_jsonb(e) from audit.entry e where practice_id = $1 order by at limit 1")
            .bind(owner.practice())
            .fetch_one(&mut there.database.conn().await)
            .await
            .expect("an entry");
    assert_eq!((&entry["action"], &entry["resource_type"]), (&json!("import"), &json!("practice")));
}
