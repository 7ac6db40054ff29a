//! What really lies in the database, seen by its administrator, against what was acknowledged.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::load::Ledger;
use crate::running::{Running, eventually};

/// Each answers a line for everything that is only half there.
const HALF_DONE: [&str; 8] = [
    "select format('service %s at version %s has %s audit entries', s.name_en, s.version, a.n)
       from practice.service s cross join lateral (
            select count(*) n from audit.entry e where e.practice_id = s.practice_id and e.resource_type = 'service'
               and e.resource_id = s.id and e.outcome = 'ok') a
      where a.n <> s.version",
    "select format('service %s at version %s has events of versions %s', s.name_en, s.version, e.versions)
       from practice.service s cross join lateral (
            select array_agg(o.version order by o.seq) versions, array_agg(o.seq order by o.seq) seqs from outbox.event o
             where o.practice_id = s.practice_id and o.subject_type = 'service' and o.subject_id = s.id) e
      where e.versions is distinct from array(select generate_series(1, s.version))
         or e.seqs is distinct from array(select generate_series(1, s.version::bigint))",
    "select format('audit entry %s is about a service that is not there', e.id) from audit.entry e
      where e.resource_type = 'service' and e.resource_id is not null
        and not exists (select from practice.service s where s.id = e.resource_id)",
    "select format('event %s is about a service that is not there', e.id) from outbox.event e
      where e.subject_type = 'service' and not exists (select from practice.service s where s.id = e.subject_id)",
    "select format('event %s %s is %s: %s', e.name, e.id, e.state, e.error) from outbox.event e where e.state <> 'dispatched'",
    "select format('lane %s: pending %s, next %s, %s events', l.lane, l.pending, l.next_seq, e.n)
       from outbox.lane l cross join lateral (
            select count(*) n from outbox.event e where e.practice_id = l.practice_id and e.lane = l.lane) e
      where l.pending <> 0 or l.next_seq <> e.n + 1",
    "select format('idempotency key %s has no answer', key) from api.idempotency_key where status is null or answer is null",
    // people made the demo as well, which has more than services
    "select format('%s idempotency keys, %s things that people made under one', k.n, s.n)
       from (select count(*) n from api.idempotency_key) k,
            (select count(*) n from audit.entry where (resource_type = 'calcom_sandbox' and action = 'book' and actor_kind = 'user')
                or (resource_type = 'workflow' and action = 'run' and actor_kind = 'user') or resource_type in
                    ('service', 'location', 'room', 'invite', 'patient', 'patient_field', 'policy', 'relative', 'tag', 'note',
                     'appointment', 'hold', 'wish', 'task', 'workflow', 'call_workflow', 'case', 'call')
                and action = 'create' and actor_kind = 'user') s
      where k.n <> s.n",
];

/// Waits until every event is told, and answers everything that does not fit together as it was at that moment: the server
/// goes on meanwhile, and its schedules have news of their own. A worker that was killed holds its lanes for half a minute.
pub async fn half_done(server: &Running) -> Vec<String> {
    let mut conn = server.sql().await;
    eventually("every event is told", Duration::from_secs(90), async || at_rest(&mut conn).await.ok().flatten()).await
}

/// What does not fit together in one snapshot; nothing, while events wait in it.
async fn at_rest(conn: &mut PgConnection) -> sqlx::Result<Option<Vec<String>>> {
    let mut snapshot = conn.begin_with("begin isolation level repeatable read").await?;
    let waiting: i64 = sqlx::query_scalar("select count(*) from outbox.event where state = 'pending'")
        .fetch_one(&mut *snapshot)
        .await?;
    if waiting > 0 {
        return Ok(None);
    }
    let mut faults = Vec::new();
    for query in HALF_DONE {
        faults.extend(sqlx::query_scalar::<_, String>(query).fetch_all(&mut *snapshot).await?);
    }
    Ok(Some(faults))
}

/// Everything acknowledged that is not there as acknowledged, and everything that is there twice. Each service has one
/// writer, and after [`crate::load::Load::finish`] nothing is in doubt, so version and content must be equal.
pub async fn lost(server: &Running, ledger: &Ledger) -> Vec<String> {
    let mut rows: HashMap<String, Vec<(Uuid, i32, i32)>> = HashMap::new();
    for (name, id, version, duration) in load_rows(&mut server.sql().await).await {
        rows.entry(name).or_default().push((id, version, duration));
    }
    let mut faults = Vec::new();
    for entry in &ledger.entries {
        let found = rows.remove(&entry.name).unwrap_or_default();
        let wanted = entry.id.map(|id| (id, entry.version, entry.duration));
        if found.len() != 1 || found.first().copied() != wanted {
            faults.push(format!("{} acknowledged as {wanted:?}, found as {found:?}", entry.name));
        }
    }
    faults.extend(rows.into_keys().map(|name| format!("{name} was never asked for")));
    faults
}

async fn load_rows(conn: &mut PgConnection) -> Vec<(String, Uuid, i32, i32)> {
    sqlx::query_as("select name_en, id, version, duration_minutes from practice.service where name_en like 'load %'")
        .fetch_all(conn)
        .await
        .expect("an answer")
}

/// Fails unless everything acknowledged is there, once and whole, and nobody was answered what nobody should see.
pub async fn assert_intact(server: &Running, ledger: &Ledger) {
    let wrong = &ledger.wrong;
    assert!(wrong.is_empty(), "{} wrong answers: {:#?}", wrong.len(), wrong.iter().take(10).collect::<Vec<_>>());
    let lost = lost(server, ledger).await;
    assert!(lost.is_empty(), "{} lost or doubled: {:#?}", lost.len(), lost.iter().take(10).collect::<Vec<_>>());
    let half = half_done(server).await;
    assert!(half.is_empty(), "{} half done: {:#?}", half.len(), half.iter().take(10).collect::<Vec<_>>());
}
