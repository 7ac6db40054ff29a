//! What became of each change, as the database, the receiver and the ledger of those who made it say.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::at_work::{AtWork, CALLS, EVENTS, NAME};
use crate::hostile::Hostile;
use crate::running::Running;
use crate::tagging::Ledger;

/// How much waits: events, deliveries, runs.
// what waits for a time is the demo's own
const OUTSTANDING: &str = "select (select count(*) from outbox.event where state = 'pending')
     + (select count(*) from webhooks.delivery where state = 'pending')
     + (select count(*) from automation.run where state = 'running')";

/// Each answers a line for everything that is only half there; $1 is the workflow, $2 the endpoint.
const HALF_DONE: [&str; 10] = [
    "select format('event %s of %s is %s: %s', e.name, e.id, e.state, e.error) from outbox.event e where e.state <> 'dispatched'",
    "select format('lane %s: pending %s, next %s, %s events', l.lane, l.pending, l.next_seq, e.n)
       from outbox.lane l cross join lateral (
            select count(*) n from outbox.event e where e.practice_id = l.practice_id and e.lane = l.lane) e
      where l.pending <> 0 or l.next_seq <> e.n + 1",
    "select format('patient %s at version %s has events of versions %s', p.id, p.version, e.versions)
       from patients.patient p cross join lateral (
            select array_agg(o.version order by o.seq) versions from outbox.event o
             where o.practice_id = p.practice_id and o.lane = 'patient:' || p.id) e
      where p.given_name = $3 and e.versions is distinct from array(select generate_series(1, p.version))",
    "select format('patient %s at version %s has %s audit entries', p.id, p.version, a.n)
       from patients.patient p cross join lateral (
            select count(*) n from audit.entry e where e.practice_id = p.practice_id and e.resource_type = 'patient'
               and e.resource_id = p.id and e.outcome = 'ok' and e.action in ('create', 'update')) a
      where p.given_name = $3 and a.n <> p.version",
    "select format('event %s has %s deliveries, states %s', e.id, count(d.id), array_agg(d.state))
       from outbox.event e join patients.patient p on p.practice_id = e.practice_id and p.id = e.subject_id and p.given_name = $3
       left join webhooks.delivery d on d.practice_id = e.practice_id and d.event_id = e.id and d.endpoint_id = $2
      where e.subject_type = 'patient' group by e.id
     having count(d.id) <> 1 or min(d.state) <> 'delivered'",
    "select format('event %s has %s runs, states %s', e.id, count(r.id), array_agg(r.state || coalesce(' ' || r.error_code, '')))
       from outbox.event e join patients.patient p on p.practice_id = e.practice_id and p.id = e.subject_id and p.given_name = $3
       left join automation.run r on r.practice_id = e.practice_id and r.cause = 'event:' || e.id and r.workflow_id = $1
      where e.name = 'patient.changed' group by e.id
     having count(r.id) <> 1 or min(r.state) <> 'done' or min(r.version) <> 1",
    "select format('run %s has no event', r.id) from automation.run r
      where r.workflow_id = $1 and not exists (select from outbox.event e where e.practice_id = r.practice_id and r.cause = 'event:' || e.id)",
    "select format('run %s of a %s patient made %s tasks and has steps %s', r.id, p.sex, t.n, s.steps)
       from automation.run r join patients.patient p on p.practice_id = r.practice_id and p.id = r.subject_id
      cross join lateral (select count(*) n from tasks.task t where t.practice_id = r.practice_id and t.source_id = r.id) t
      cross join lateral (select array_agg(s.step_id || ' ' || s.state order by s.seq) steps from automation.step s
                           where s.practice_id = r.practice_id and s.run_id = r.id) s
      where r.workflow_id = $1 and (t.n <> case p.sex when 'female' then 2 else 1 end
         or s.steps <> case p.sex when 'female' then array['first done', 'which done', 'outside done', 'behind done']
                                  else array['first done', 'which done'] end)",
    "select format('task %s of run %s has %s audit entries', t.id, t.source_id, a.n) from tasks.task t cross join lateral (
            select count(*) n from audit.entry e where e.practice_id = t.practice_id and e.resource_type = 'task'
               and e.resource_id = t.id and e.action = 'create' and e.actor_kind = 'workflow' and e.actor_id = $1
               and e.request_id = t.source_id) a
      where t.source = 'workflow' and a.n <> 1
        and exists (select from automation.run r where r.practice_id = t.practice_id and r.id = t.source_id and r.workflow_id = $1)",
    "select format('audit entry %s is about a task that is not there', e.id) from audit.entry e
      where e.resource_type = 'task' and not exists (select from tasks.task t where t.id = e.resource_id)",
];

/// How much waits; none while the database is away.
pub async fn outstanding(conn: &mut PgConnection) -> Option<i64> {
    sqlx::query_scalar(OUTSTANDING).fetch_one(conn).await.ok()
}

/// What happened on the way, for people.
pub async fn figures(server: &Running, at_work: &AtWork) -> String {
    let text = "select format('%s runs, %s tasks, %s calls given up as too slow, up to %s tries of a delivery',
            (select count(*) from automation.run where workflow_id = $1),
            (select count(*) from tasks.task where source = 'workflow'),
            (select count(*) from webhooks.attempt where error = 'timeout'),
            (select max(attempts) from webhooks.delivery))";
    sqlx::query_scalar(text).bind(at_work.workflow).fetch_one(&mut server.sql().await).await.expect("figures")
}

/// Everything that does not fit together.
pub async fn faults(server: &Running, at_work: &AtWork, hostile: &Hostile, ledger: &Ledger) -> Vec<String> {
    let mut faults = hostile.faults();
    let mut conn = server.sql().await;
    for query in HALF_DONE {
        let asked = sqlx::query_scalar::<_, String>(query).bind(at_work.workflow).bind(at_work.endpoint).bind(NAME);
        faults.extend(asked.fetch_all(&mut conn).await.unwrap_or_else(|error| panic!("{query}: {error}")));
    }
    faults.extend(acknowledged(&mut conn, ledger).await);
    faults.extend(told(hostile, ledger));
    faults.extend(called(&mut conn, hostile, at_work.workflow).await);
    if !hostile.is_signed_by(EVENTS, &at_work.secret) {
        faults.push("a call is not signed with the endpoint's secret".to_owned());
    }
    faults.extend(server.command(&["audit", "verify"]).await.err());
    faults
}

/// Patients are as their writers know them.
async fn acknowledged(conn: &mut PgConnection, ledger: &Ledger) -> Vec<String> {
    let rows: Vec<(Uuid, i32)> = sqlx::query_as("select id, version from patients.patient where given_name = $1")
        .bind(NAME)
        .fetch_all(conn)
        .await
        .expect("patients");
    let mut versions: HashMap<Uuid, i32> = rows.into_iter().collect();
    let mut faults = Vec::new();
    for patient in &ledger.patients {
        let found = versions.remove(&patient.id);
        if found != Some(patient.version) {
            faults.push(format!("{} acknowledged at version {}, found at {found:?}", patient.id, patient.version));
        }
    }
    faults.extend(versions.into_keys().map(|id| format!("{id} was never acknowledged")));
    faults
}

/// The receiver took every change of each patient, first in its order, each under an id of its own.
fn told(hostile: &Hostile, ledger: &Ledger) -> Vec<String> {
    let mut versions: HashMap<String, Vec<i64>> = HashMap::new();
    for (_, body) in hostile.took(EVENTS) {
        let subject = body["data"]["subjectId"].as_str().unwrap_or_default().to_owned();
        versions.entry(subject).or_default().push(body["data"]["version"].as_i64().unwrap_or_default());
    }
    let mut faults = Vec::new();
    for patient in &ledger.patients {
        let told = versions.remove(&patient.id.to_string()).unwrap_or_default();
        if told != (1..=i64::from(patient.version)).collect::<Vec<_>>() {
            faults.push(format!("of {} at version {} was told {told:?}", patient.id, patient.version));
        }
    }
    faults.extend(versions.into_keys().map(|id| format!("{id} is nobody's patient, and was told of")));
    faults
}

/// Each run about a woman called once, under one id.
async fn called(conn: &mut PgConnection, hostile: &Hostile, workflow: Uuid) -> Vec<String> {
    let runs = "select r.id, p.id from automation.run r join patients.patient p on p.practice_id = r.practice_id
                   and p.id = r.subject_id where p.sex = 'female' and r.workflow_id = $1";
    let runs: Vec<(Uuid, Uuid)> = sqlx::query_as(runs).bind(workflow).fetch_all(conn).await.expect("runs");
    let mut open: HashMap<String, String> =
        runs.into_iter().map(|(run, patient)| (run.to_string(), patient.to_string())).collect();
    let mut faults = Vec::new();
    for (id, body) in hostile.took(CALLS) {
        let run = body["run"].as_str().unwrap_or_default();
        if open.remove(run).as_deref() != body["data"]["patient"].as_str() {
            faults.push(format!("{id} came for run {run}, which had called or calls nobody"));
        }
    }
    faults.extend(open.into_keys().map(|run| format!("run {run} called nobody")));
    faults
}
