//! What is said in a call of the sandbox, in the practice's language, as Retell would tell of it.

use jiff::{SignedDuration, Timestamp};
use platform::language::Language;
use retell::OUR_ID;
use serde_json::{Value, json};

use super::store::Played;

/// What the agent does in the call.
pub const FUNCTION: &str = "take_message";

/// With what.
pub fn arguments(language: Language) -> Value {
    let message = match language {
        Language::Ar => "يرجى الاتصال بي بعد الظهر بخصوص موعدي.",
        Language::En => "Please call me back in the afternoon about my appointment.",
    };
    json!({ "message": message })
}

/// Who speaks, what, and for how long in tenths of a second.
fn lines(language: Language) -> [(&'static str, &'static str, u32); 5] {
    match language {
        Language::En => [
            ("agent", "Hello, this is the automated assistant of the practice. This call is recorded.", 45),
            ("user", "Hi. I would like somebody to call me back about my appointment.", 38),
            ("agent", "Of course. When is a good time?", 20),
            ("user", "In the afternoon, please.", 16),
            ("agent", "I have left a message. Goodbye!", 22),
        ],
        Language::Ar => [
            ("agent", "مرحبًا، معك المساعد الآلي للعيادة. هذه المكالمة مسجلة.", 45),
            ("user", "أهلًا. أريد أن يتصل بي أحد بخصوص موعدي.", 38),
            ("agent", "بالتأكيد. ما الوقت المناسب؟", 20),
            ("user", "بعد الظهر من فضلك.", 16),
            ("agent", "تركت رسالة للعيادة. مع السلامة!", 22),
        ],
    }
}

/// The call as it stands at its step: registered, under way, over, analysed.
pub fn call(played: &Played, language: Language, now: Timestamp) -> Value {
    let status = ["registered", "ongoing", "ended", "ended"][usize::from(played.step.min(3))];
    let mut call = json!({
        "call_id": played.id,
        "call_type": if played.is_web { "web_call" } else { "phone_call" },
        "agent_id": played.agent,
        "agent_version": 0,
        "call_status": status,
        "metadata": { OUR_ID: played.our_id },
        "retell_llm_dynamic_variables": played.variables.0,
    });
    if let Some((from, to)) = &played.numbers {
        call["from_number"] = json!(from);
        call["to_number"] = json!(to);
        call["direction"] = json!("outbound");
    }
    if played.step >= 1 {
        call["start_timestamp"] = json!(played.began.as_millisecond());
    }
    if played.step >= 2 {
        let ended = played.began.saturating_add(length(language)).unwrap_or(now);
        call["end_timestamp"] = json!(ended.as_millisecond());
        call["disconnection_reason"] = json!("agent_hangup");
        call["transcript_with_tool_calls"] = transcript(language);
        call["call_cost"] = json!({ "combined_cost": 12 });
    }
    if played.step >= 3 {
        call["call_analysis"] = analysis(played, language);
    }
    call
}

fn length(language: Language) -> SignedDuration {
    let tenths: u32 = lines(language).iter().map(|(.., tenths)| tenths + 3).sum();
    SignedDuration::from_millis(i64::from(tenths) * 100)
}

fn transcript(language: Language) -> Value {
    let (mut at, mut all) = (0, Vec::new());
    for (number, (who, text, tenths)) in lines(language).into_iter().enumerate() {
        if number == 4 {
            let arguments = arguments(language).to_string();
            all.push(json!({ "role": "tool_call_invocation", "tool_call_id": "t1", "name": FUNCTION, "arguments": arguments }));
            let content = json!({ "ok": true }).to_string();
            all.push(
                json!({ "role": "tool_call_result", "tool_call_id": "t1", "content": content, "successful": true }),
            );
        }
        let (from, to) = (f64::from(at) / 10.0, f64::from(at + tenths) / 10.0);
        all.push(json!({ "role": who, "content": text, "words": [{ "word": text, "start": from, "end": to }] }));
        at += tenths + 3;
    }
    Value::Array(all)
}

fn analysis(played: &Played, language: Language) -> Value {
    let summary = match language {
        Language::En => "The caller asks to be called back in the afternoon about an appointment.",
        Language::Ar => "يطلب المتصل معاودة الاتصال به بعد الظهر بخصوص موعد.",
    };
    let mut found = json!({ "outcome": "message_taken" });
    // a case about an authorization hears of one
    if played.variables.0.contains_key("prior_auth_status") {
        found = json!({ "outcome": "completed", "prior_auth_status": "Approved", "reference_number": "A24179" });
    }
    json!({ "call_summary": summary, "in_voicemail": false, "user_sentiment": "Positive", "call_successful": true,
            "custom_analysis_data": found })
}
