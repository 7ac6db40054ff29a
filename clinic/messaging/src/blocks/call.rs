//! Calling somebody from a workflow: declared, so that it can be drafted; carried out once the practice can call.

use automation::block::{Action, Field, Kind, Run};

/// Start a call.
pub static START: Action = Action {
    name: "call.start",
    permission: "messages.send",
    fields: &[
        Field::new("patient", Kind::Ref("patient"), r#""{{ patient.id }}""#),
        // the patient's own where nothing is said
        Field::new("phone", Kind::Phone, r#""+966501234567""#).sensitive(),
        Field::new("purpose", Kind::Choice(&["confirm", "remind", "recall", "follow_up", "other"]), r#""confirm""#)
            .required(),
        Field::new("instructions", Kind::LongText, r#""Ask whether they are coming on {{ appointment.start|date }}.""#)
            .sensitive(),
        Field::new("appointment", Kind::Ref("appointment"), r#""{{ appointment.id }}""#),
    ],
    gives: &[
        Field::new("call", Kind::Ref("call"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("outcome", Kind::Choice(&["answered", "no_answer", "busy", "failed"]), r#""answered""#),
    ],
    run: Run::NotYet("Calls are not set up in this practice."),
};
