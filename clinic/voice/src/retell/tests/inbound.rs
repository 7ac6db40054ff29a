//! Who it is that calls, before anybody answers.

use serde_json::json;

use super::{Clinic, NUMBER};

#[tokio::test]
async fn a_known_number_has_a_first_name_and_the_next_visit_and_others_have_nothing() {
    let clinic = Clinic::start().await;
    let noura = clinic.patient("Noura", NUMBER).await;
    clinic.visit(&noura, 5, "10:00").await;
    clinic.visit(&noura, 3, "09:30").await;
    let asked = json!({ "event": "call_inbound", "call_inbound": { "agent_id": "agent_1", "from_number": NUMBER,
        "to_number": "+14157774444" } });
    let answer = clinic.deliver("/inbound", &asked).await.expect(200);
    let known = &answer["call_inbound"]["dynamic_variables"];
    assert_eq!((&known["first_name"], &known["known_caller"]), (&json!("Noura"), &json!("true")));
    assert!(known["next_visit"].as_str().expect("a text").ends_with(", 09:30"), "{known}");
    let names: Vec<_> = known.as_object().expect("variables").keys().collect();
    assert_eq!(names, ["first_name", "known_caller", "next_visit", "practice_name"]);

    // the call that follows is the one whose id was given
    let ours = answer["call_inbound"]["metadata"]["vantage_call"].as_str().expect("our id").to_owned();
    let call = clinic.call("c1", &json!({ "metadata": { "vantage_call": ours } }));
    clinic.deliver("", &json!({ "event": "call_started", "call": call })).await.expect(204);
    clinic.work().await;
    assert_eq!(clinic.text("select id::text from voice.call where state = 'live'").await, ours);

    let mut unknown = asked.clone();
    unknown["call_inbound"]["from_number"] = json!("+966509999999");
    clinic.patient("Huda", NUMBER).await;
    for body in [asked, unknown] {
        let answer = clinic.deliver("/inbound", &body).await.expect(200);
        let known = &answer["call_inbound"]["dynamic_variables"];
        assert_eq!((&known["known_caller"], &known["first_name"]), (&json!("false"), &json!(null)), "{body}");
    }
    let looks = clinic.count("select count(*) from audit.entry where action = 'read' and actor_kind = 'webhook'").await;
    assert_eq!(looks, 3, "each look is in the ledger");
    assert_eq!(clinic.send(&format!("{}/inbound", clinic.hook), "", "{}".to_owned()).await.status, 401);
}
