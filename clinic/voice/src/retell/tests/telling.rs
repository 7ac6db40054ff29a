//! What Retell tells: proved, kept once, in any order.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Clinic, NUMBER};

/// A whole call, as three webhooks tell of it.
fn told(clinic: &Clinic, id: &str) -> [Value; 3] {
    let began = clinic.server.clock.now().as_millisecond() - 60_000;
    let lines = json!([
        { "role": "agent", "content": "Hello.", "words": [{ "word": "Hello.", "start": 0.5, "end": 1.0 }] },
        { "role": "user", "content": "This is Noura.", "words": [{ "word": "This", "start": 1.5, "end": 2.5 }] },
        { "role": "tool_call_invocation", "tool_call_id": "t", "name": "get_slots", "arguments": "{\"from\":\"x\"}" },
        { "role": "tool_call_result", "tool_call_id": "t", "content": "{}" }]);
    let ended = clinic.call(
        id,
        &json!({ "call_status": "ended", "start_timestamp": began,
        "end_timestamp": began + 45_000, "disconnection_reason": "user_hangup", "transcript_with_tool_calls": lines,
        "call_cost": { "combined_cost": 12.5 } }),
    );
    let mut analyzed = ended.clone();
    analyzed["call_analysis"] = json!({ "call_summary": "Noura asks.", "call_successful": true,
        "custom_analysis_data": { "outcome": "answered", "email": "noura@example.com", "date_of_birth": "1990-05-17" } });
    let started = clinic.call(id, &json!({ "start_timestamp": began }));
    [("call_started", started), ("call_ended", ended), ("call_analyzed", analyzed)]
        .map(|(event, call)| json!({ "event": event, "call": call }))
}

const STATE: &str =
    "select string_agg(concat_ws(' ', c.state, c.outcome, c.ended_by, c.direction, c.transport, c.talk_ms,
    c.turns, c.cost_micros, c.review, c.patient_id is not null, c.call_workflow_id is not null,
    c.ended_at - c.started_at, c.answered_at - c.started_at,
    (select string_agg(concat_ws(',', t.seq, t.who, t.at_ms, t.ended_ms), ';' order by t.seq) from voice.turn t
      where t.call_id = c.id),
    (select string_agg(concat_ws(',', f.target, f.key, f.state), ';' order by f.key) from voice.finding f
      where f.call_id = c.id)), '|' order by c.external_id) from voice.call c";

#[tokio::test]
async fn three_webhooks_in_all_orders_and_twice_lead_to_the_same_call() {
    let clinic = Clinic::start().await;
    clinic.patient("Noura", NUMBER).await;
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (number, order) in orders.into_iter().enumerate() {
        let told = told(&clinic, &format!("call_{number}"));
        for at in order {
            clinic.deliver("", &told[at]).await.expect(204);
            clinic.server.settle().await;
            clinic.deliver("", &told[at]).await.expect(204);
        }
        clinic.server.settle().await;
    }
    let states = clinic.text(STATE).await;
    let states: Vec<&str> = states.split('|').collect();
    let expected = "ended answered caller inbound phone 45000 1 125000 open t t 00:00:45 00:00:00 \
                    0,agent,500,1000;1,caller,1500,2500;2,tool,2500;3,tool,2500 patient,email,open";
    assert_eq!(states, [expected; 6], "what the record has already is no news");
    assert_eq!(clinic.count("select count(*) from voice.retell_message where state = 'applied'").await, 18);
    let finished = clinic.count("select count(*) from outbox.event where name = 'call.finished'").await;
    assert_eq!(finished, 6, "each call ends once");
    let kept = clinic.text(
        "select string_agg(m::text, '') || (select string_agg(t::text || c::text || f::text, '')
           from voice.turn t, voice.call c, voice.finding f) from voice.retell_message m",
    );
    let kept = kept.await;
    assert!(!kept.contains("Noura") && !kept.contains(NUMBER) && !kept.contains("@example.com"), "all of it is sealed");
}

#[tokio::test]
async fn without_proof_or_out_of_its_time_nothing_is_taken() {
    let clinic = Clinic::start().await;
    let [started, ..] = told(&clinic, "call_1");
    let now = clinic.server.clock.now();
    let (body, hook) = (started.to_string(), clinic.hook.clone());
    let signature = retell::sign(super::KEY.as_bytes(), body.as_bytes(), now);
    assert_eq!(clinic.send(&hook, "", body.clone()).await.code(), "webhook.unproved");
    assert_eq!(clinic.send(&hook, &signature, body.replace("ongoing", "ended")).await.code(), "webhook.unproved");
    let other = retell::sign(b"another key", body.as_bytes(), now);
    assert_eq!(clinic.send(&hook, &other, body.clone()).await.status, 401);
    assert_eq!(clinic.send(&format!("{hook}x"), &signature, body.clone()).await.status, 404);
    assert_eq!(clinic.send("/hooks/retell/rubbish", &signature, body).await.status, 404);
    for late in [-301, 301] {
        let at = now + SignedDuration::from_secs(late);
        assert_eq!(clinic.deliver_at("", &started, at).await.status, 401, "{late}");
    }
    assert_eq!(clinic.deliver("", &json!({ "event": "call_started" })).await.faults(), [" invalid"]);
    assert_eq!(clinic.count("select count(*) from voice.retell_message").await, 0);
    clinic.deliver("", &started).await.expect(204);
    assert_eq!(clinic.count("select count(*) from voice.retell_message").await, 1);
}

#[tokio::test]
async fn what_comes_while_it_is_off_waits_and_what_is_old_is_forgotten() {
    let clinic = Clinic::start().await;
    let switch = async |version: i32, enabled: bool| {
        let body = json!({ "version": version, "provider": "sandbox", "enabled": enabled });
        clinic.owner.put("/api/v1/retell", &body).await.expect(200);
    };
    switch(2, false).await;
    for told in told(&clinic, "call_1") {
        clinic.deliver("", &told).await.expect(204);
    }
    clinic.work().await;
    assert_eq!(clinic.count("select count(*) from voice.call").await, 0);
    switch(3, true).await;
    clinic.work().await;
    assert_eq!(clinic.text("select state from voice.call").await, "ended");

    clinic.server.clock.advance(SignedDuration::from_hours(31 * 24));
    (super::super::inbox::SWEEP.run)(clinic.server.app.clone()).await.expect("swept");
    assert_eq!(clinic.count("select count(*) from voice.retell_message").await, 0);
    assert_eq!(clinic.count("select count(*) from voice.turn").await, 4, "the call stays");
}

#[tokio::test]
async fn a_call_that_reached_nobody_says_so() {
    let clinic = Clinic::start().await;
    for (id, status, reason) in
        [("c1", "not_connected", "dial_no_answer"), ("c2", "error", "error_asr"), ("c3", "not_connected", "dial_busy")]
    {
        let more = json!({ "call_status": status, "disconnection_reason": reason });
        clinic.deliver("", &json!({ "event": "call_ended", "call": clinic.call(id, &more) })).await.expect(204);
    }
    clinic.work().await;
    let found = clinic.text(
        "select string_agg(concat_ws(' ', outcome, ended_by, error_code), '|' order by external_id) from voice.call",
    );
    assert_eq!(found.await, "not_reached no_answer|not_reached failed error_asr|not_reached busy");
}
