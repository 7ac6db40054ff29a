//! An administrator who stands above every rule of the database changes the ledger, and verifying names the entry.

use platform::db::Caller;
use platform::id::PracticeId;
use platform::testing::{Person, TestServer};
use serde_json::Value;
use uuid::Uuid;

use super::{intruder, run, seal, start, verified, work};
use crate::bundle::{self, Writer};
use crate::evidence::Evidence;
use crate::note::{PublicKey, Signer};
use crate::{prove, store};

/// A practice with ten sealed entries; another one beside it, which must stay clean.
async fn sealed() -> (TestServer, Person, Vec<Uuid>) {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    work(&beta, 4).await;
    work(&owner, 6).await;
    seal(&server).await;
    let ids = entries(&server, &owner).await;
    assert_eq!(ids.len(), 9, "three of signing up, and the changes");
    assert_eq!(verified(&server).await.wrong, Vec::<String>::new());
    (server, owner, ids)
}

/// The entries in the order of the tree.
async fn entries(server: &TestServer, owner: &Person) -> Vec<Uuid> {
    let caller = Caller::system(PracticeId(owner.practice()));
    let rows = server.app.door.read(&caller, async |tx| store::page(tx, 0, 100).await).await.expect("rows");
    rows.into_iter().map(|row| row.entry_id).collect()
}

/// What verifying says must begin with this.
async fn assert_names(server: &TestServer, owner: &Person, expected: &str) {
    let wrong = verified(server).await.wrong;
    let expected = format!("practice {}: {expected}", owner.practice());
    assert!(wrong.first().is_some_and(|first| first.starts_with(&expected)), "expected {expected}, found {wrong:?}");
    assert!(wrong.iter().all(|line| line.contains(&owner.practice().to_string())), "the neighbour is clean: {wrong:?}");
}

#[tokio::test]
async fn a_changed_entry_is_named() {
    let (server, owner, ids) = sealed().await;
    let mut conn = intruder(&server).await;
    for (i, change) in ["action = 'read'", "actor_id = null", "changes = '[]'", "ip = '10.0.0.9'"].iter().enumerate() {
        run(&mut conn, format!("begin; create table kept as select * from audit.entry where id = '{}'; update audit.entry set {change} where id = '{0}'; commit", ids[3])).await;
        assert_names(&server, &owner, &format!("entry {} at place 3 was changed", ids[3])).await;
        run(
            &mut conn,
            format!(
                "delete from audit.entry where id = '{}'; insert into audit.entry select * from kept; drop table kept",
                ids[3]
            ),
        )
        .await;
        assert_eq!(verified(&server).await.wrong, Vec::<String>::new(), "{i}: put back");
    }
    run(&mut conn, format!("update audit.entry set at = at - interval '3 days' where id = '{}'", ids[4])).await;
    assert_names(&server, &owner, &format!("entry {} at place 4 was changed: its time", ids[4])).await;
}

#[tokio::test]
async fn a_removed_entry_is_named() {
    let (server, owner, ids) = sealed().await;
    let mut conn = intruder(&server).await;
    run(&mut conn, format!("delete from audit.entry where id = '{}'", ids[5])).await;
    assert_names(&server, &owner, &format!("entry {} at place 5 was removed", ids[5])).await;
    run(&mut conn, format!("delete from audit.seal where entry_id = '{}'", ids[5])).await;
    assert_names(&server, &owner, "an entry at place 5 was removed").await;
}

#[tokio::test]
async fn two_entries_that_changed_places_are_named() {
    let (server, owner, ids) = sealed().await;
    let mut conn = intruder(&server).await;
    // the contents: one entry under the other's id and time
    let swap = format!(
        "create table two as select * from audit.entry where id in ('{a}', '{b}');
         delete from audit.entry where id in ('{a}', '{b}');
         insert into audit.entry select o.practice_id, o.at, o.id, e.xid, e.request_id, e.actor_kind, e.actor_id, e.action,
                e.resource_type, e.resource_id, e.patient_id, e.outcome, e.ip, e.user_agent, e.detail, e.changes
           from two e join two o on o.id <> e.id",
        a = ids[2],
        b = ids[6]
    );
    run(&mut conn, format!("begin; {swap}")).await;
    run(&mut conn, "commit").await;
    assert_names(&server, &owner, &format!("entry {} at place 2 was changed", ids[2])).await;
    run(&mut conn, format!("delete from audit.entry where id in ('{}', '{}'); insert into audit.entry select * from two; drop table two", ids[2], ids[6])).await;
    assert_eq!(verified(&server).await.wrong, Vec::<String>::new());
    // which entry a place points to, with and without its leaf
    for with_leaf in ["", ", leaf = o.leaf"] {
        run(
            &mut conn,
            format!(
                "alter table audit.seal drop constraint seal_entry_key;
                 update audit.seal s set entry_id = o.entry_id, entry_at = o.entry_at{with_leaf} from audit.seal o
                  where s.practice_id = o.practice_id and s.entry_id in ('{a}', '{b}') and o.entry_id in ('{a}', '{b}') and o.seq <> s.seq",
                a = ids[2],
                b = ids[3]
            ),
        )
        .await;
        assert_names(&server, &owner, &format!("entry {} at place 2 was moved", ids[3])).await;
        run(
            &mut conn,
            format!(
                "update audit.seal s set entry_id = o.entry_id, entry_at = o.entry_at{with_leaf} from audit.seal o
                  where s.practice_id = o.practice_id and s.entry_id in ('{a}', '{b}') and o.entry_id in ('{a}', '{b}') and o.seq <> s.seq;
                 alter table audit.seal add constraint seal_entry_key unique (practice_id, entry_id)",
                a = ids[2],
                b = ids[3]
            ),
        )
        .await;
        assert_eq!(verified(&server).await.wrong, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_inserted_entry_is_named() {
    let (server, owner, ids) = sealed().await;
    let mut conn = intruder(&server).await;
    let (early, late) = (Uuid::now_v7(), Uuid::now_v7());
    // among the sealed ones, with their transaction and time
    run(
        &mut conn,
        format!(
            "insert into audit.entry (practice_id, at, id, xid, actor_kind, action, resource_type)
             select practice_id, at, '{early}', xid, 'user', 'read', 'service' from audit.entry where id = '{}'",
            ids[4]
        ),
    )
    .await;
    assert_names(&server, &owner, &format!("entry {early} was put in later")).await;
    run(&mut conn, format!("delete from audit.entry where id = '{early}'")).await;
    // through the sealer, but dated back
    let backdated = format!(
        "insert into audit.entry (practice_id, at, id, actor_kind, action, resource_type)
         values ('{}', now() - interval '3 days', '{late}', 'user', 'read', 'service')",
        owner.practice()
    );
    run(&mut conn, backdated).await;
    assert_names(&server, &owner, &format!("entry {late} was put in later")).await;
    seal(&server).await;
    assert_names(&server, &owner, &format!("entry {late} at place 9 was put in later: it claims to be older")).await;
}

#[tokio::test]
async fn the_newest_entries_cannot_go_unseen() {
    let (server, owner, ids) = sealed().await;
    let mut conn = intruder(&server).await;
    // with everything in the database that knows of them
    run(
        &mut conn,
        format!(
            "delete from audit.entry where id = '{0}'; delete from audit.seal where entry_id = '{0}'; delete from audit.head; delete from audit.checkpoint",
            ids[8]
        ),
    )
    .await;
    assert_names(&server, &owner, "an entry at place 8 and all after it were removed: checkpoint").await;
    // what is written and sealed after that cannot take their place
    work(&owner, 3).await;
    seal(&server).await;
    assert!(!verified(&server).await.wrong.is_empty());
}

#[tokio::test]
async fn a_practice_that_is_gone_is_missed() {
    let (server, owner, _) = sealed().await;
    let mut conn = intruder(&server).await;
    run(&mut conn, format!("delete from platform.practice where practice_id = '{}'", owner.practice())).await;
    assert_eq!(verified(&server).await.wrong, [format!("practice {} is gone, with its ledger", owner.practice())]);
}

#[tokio::test]
async fn an_entry_is_proved_and_nothing_else_is() {
    let (server, _, ids) = sealed().await;
    let keys = Signer::of(&server.app).expect("keys").public_keys();
    for id in &ids {
        let mut proof = prove::prove(&server.app, *id).await.expect("a proof");
        assert!(proof.holds(&keys));
        proof.entry.action = "read".to_owned();
        assert!(!proof.holds(&keys));
    }
    assert_eq!(prove::prove(&server.app, Uuid::now_v7()).await.expect_err("none").code(), "not_found");
}

async fn bundle_of(server: &TestServer, owner: &Person) -> String {
    let caller = Caller::system(PracticeId(owner.practice()));
    let to = server.app.now().saturating_add(jiff::SignedDuration::from_hours(1)).expect("a time");
    let mut writer = Writer::new(&server.app, caller, jiff::Timestamp::UNIX_EPOCH, to);
    let mut text = String::new();
    while let Some(piece) = writer.piece().await.expect("a piece") {
        text += &piece;
    }
    text
}

fn wrong(bundle: &str, keys: &[PublicKey]) -> Vec<String> {
    bundle::verify(bundle.as_bytes(), keys, &Evidence::none()).expect("a bundle").wrong
}

#[tokio::test]
async fn a_bundle_is_verified_with_nothing_but_the_key() {
    let (server, owner, ids) = sealed().await;
    let keys = Signer::of(&server.app).expect("keys").public_keys();
    let text = bundle_of(&server, &owner).await;
    drop(server);
    assert_eq!(wrong(&text, &keys), Vec::<String>::new());
    let lines: Vec<&str> = text.lines().collect();
    let of = |id: &Uuid| lines.iter().position(|line| line.contains(&format!("\"id\":\"{id}\""))).expect("a line");
    let first = |lines: Vec<String>| wrong(&(lines.join("\n") + "\n"), &keys).first().cloned().unwrap_or_default();
    let own = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let at = of(&ids[3]);
    let say = |what: &str| format!("practice {}: {what}", owner.practice());

    let mut changed = own();
    changed[at] = changed[at].replace("\"create\"", "\"delete\"");
    assert!(first(changed).starts_with(&say(&format!("entry {} at place 3 was changed", ids[3]))));
    let mut removed = own();
    removed.remove(at);
    assert!(first(removed).starts_with(&say("an entry at place 3 was removed")));
    let mut swapped = own();
    swapped.swap(at, at + 1);
    assert!(
        first(swapped.clone())
            .starts_with(&say("an entry at place 3 was removed: the next one there is stands at place 4"))
    );
    // numbered so that nothing shows from outside
    let renumber = |lines: &mut Vec<String>| {
        let mut seq = 0;
        for line in lines {
            let mut value: Value = serde_json::from_str(line).expect("json");
            if value.get("seq").is_some() {
                value["seq"] = seq.into();
                *line = value.to_string();
                seq += 1;
            }
        }
    };
    renumber(&mut swapped);
    assert!(
        first(swapped.clone()).starts_with(&say(&format!("entry {} at place 3 was moved", ids[4]))),
        "{}",
        first(swapped)
    );
    let mut doubled = own();
    doubled.insert(at + 1, doubled[at].clone());
    assert!(first(doubled.clone()).starts_with(&say(&format!("entry {} at place 3 was put in later", ids[3]))));
    renumber(&mut doubled);
    assert!(first(doubled).starts_with(&say(&format!("entry {} at place 4", ids[3]))));
    let mut shortened = own();
    shortened.remove(of(&ids[8]));
    assert!(first(shortened).starts_with(&say("an entry at place 8 and all after it were removed")));
    let mut unsigned = own();
    unsigned.pop();
    assert_eq!(first(unsigned), "the bundle as a whole is not as it was signed");
}

#[tokio::test]
async fn every_byte_of_a_bundle_counts() {
    let (server, owner, _) = sealed().await;
    let keys = Signer::of(&server.app).expect("keys").public_keys();
    let text = bundle_of(&server, &owner).await;
    for at in (0..text.len() - 1).step_by(41) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        let verdict = bundle::verify(bytes.as_slice(), &keys, &Evidence::none());
        assert!(!verdict.is_ok_and(|report| report.wrong.is_empty()), "byte {at} may be changed");
    }
}

#[tokio::test]
async fn a_part_of_the_ledger_proves_itself_alone() {
    let (server, owner, ids) = sealed().await;
    let keys = Signer::of(&server.app).expect("keys").public_keys();
    let mut conn = intruder(&server).await;
    let times: Vec<jiff_sqlx::Timestamp> =
        sqlx::query_scalar("select entry_at from audit.seal where practice_id = $1 order by seq")
            .bind(owner.practice())
            .fetch_all(&mut conn)
            .await
            .expect("times");
    let caller = Caller::system(PracticeId(owner.practice()));
    for (from, to) in [(0, 9), (2, 5), (8, 8), (3, 4)] {
        let until = times.get(to).map_or(jiff::Timestamp::MAX, |at| at.to_jiff());
        let mut writer = Writer::new(&server.app, caller.clone(), times[from].to_jiff(), until);
        let mut text = String::new();
        while let Some(piece) = writer.piece().await.expect("a piece") {
            text += &piece;
        }
        let report = bundle::verify(text.as_bytes(), &keys, &Evidence::none()).expect("a bundle");
        assert_eq!((report.entries, report.wrong), ((to - from) as u64, Vec::new()), "{from}..{to}");
        assert!(ids[from..to].iter().all(|id| text.contains(&id.to_string())));
    }
}
