//! Telling people and machines apart by what they say.

use std::collections::BTreeSet;

use super::menu::menu;
use super::normal::{has_phrase, tokens};

/// What somebody who speaks seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sounds {
    Human,
    Menu,
    Voicemail,
    Screening,
    Queue,
    Closed,
    Unclear,
}

const VOICEMAIL: [&str; 12] = [
    "leave a message",
    "leave your message",
    "leave me a message",
    "after the tone",
    "after the beep",
    "at the tone",
    "voicemail",
    "voice mail",
    "not available right now",
    "cannot take your call",
    "اترك رسالتك",
    "بعد الصافره",
];
const SCREENING: [&str; 6] = [
    "state your name",
    "reason for calling",
    "reason for your call",
    "call screening",
    "who is calling and why",
    "say your name and",
];
const QUEUE: [&str; 16] = [
    "your call is important",
    "please hold",
    "please stay on the line",
    "remain on the line",
    "next available",
    "all of our representatives",
    "all representatives are",
    "calls are answered in the order",
    "in the order received",
    "estimated wait",
    "wait time",
    "one moment please while",
    "you are caller number",
    "مكالمتك تهمنا",
    "يرجي الانتظار",
    "الرجاء الانتظار",
];
const CLOSED: [&str; 7] = [
    "office is closed",
    "offices are closed",
    "we are closed",
    "currently closed",
    "our business hours",
    "outside of business hours",
    "خارج اوقات الدوام",
];
const RECORDED: [&str; 8] = [
    "this call may be recorded",
    "calls may be recorded",
    "for quality",
    "listen carefully",
    "menu options have changed",
    "thank you for calling",
    "visit our website",
    "did you know",
];
const HUMAN: [&str; 22] = [
    "how can i help",
    "how may i help",
    "how can i assist",
    "how may i assist",
    "my name is",
    "this is",
    "speaking",
    "who am i speaking",
    "who is this",
    "whos calling",
    "who is calling",
    "hello",
    "hi",
    "thank you for holding",
    "thanks for holding",
    "are you there",
    "good morning",
    "good afternoon",
    "مرحبا",
    "السلام عليكم",
    "كيف اقدر",
    "كيف يمكنني",
];

/// What this sounds like.
pub(crate) fn sounds_like(text: &str) -> Sounds {
    let is_screening = has_phrase(text, &SCREENING);
    if !menu(text).is_empty() {
        Sounds::Menu
    } else if is_screening {
        Sounds::Screening
    } else if has_phrase(text, &VOICEMAIL) {
        Sounds::Voicemail
    } else if has_phrase(text, &CLOSED) {
        Sounds::Closed
    } else if has_phrase(text, &["thank you for holding", "thanks for holding"]) && has_phrase(text, &HUMAN) {
        Sounds::Human
    } else if has_phrase(text, &QUEUE) {
        Sounds::Queue
    } else if has_phrase(text, &HUMAN) {
        Sounds::Human
    } else if has_phrase(text, &RECORDED) || tokens(text).len() > 25 {
        Sounds::Unclear
    } else {
        Sounds::Human
    }
}

/// Whether they offer to call back instead of letting wait.
pub(crate) fn callback_offer(text: &str) -> bool {
    has_phrase(text, &["call you back", "callback", "call back when", "keep your place in line", "نعاود الاتصال بك"])
}

/// Whether two announcements are the same, although they were not recognised alike: four of five words are.
pub(crate) fn is_alike(one: &str, other: &str) -> bool {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) =
        (tokens(one).into_iter().collect(), tokens(other).into_iter().collect());
    let shared = one.intersection(&other).count();
    let all = one.union(&other).count();
    all > 0 && shared * 5 >= all * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_machines_are_told_apart() {
        for (text, what) in [
            ("Provider services, this is Anna. How can I help?", Sounds::Human),
            ("Hello?", Sounds::Human),
            ("For claims press one. For prior authorization press two.", Sounds::Menu),
            ("Hi, you have reached Ana. Please leave a message after the beep.", Sounds::Voicemail),
            ("Please state your name and the reason for calling.", Sounds::Screening),
            ("Your call is important to us. Please stay on the line.", Sounds::Queue),
            ("Thank you for holding, this is Anna.", Sounds::Human),
            ("Our offices are closed. Our business hours are nine to five.", Sounds::Closed),
            ("Thank you for calling Acme Health.", Sounds::Unclear),
            ("السلام عليكم", Sounds::Human),
        ] {
            assert_eq!(sounds_like(text), what, "{text}");
        }
        assert!(is_alike("Your call is important to us.", "your call is important to us"));
        assert!(!is_alike("Your call is important to us.", "This is Anna."));
    }
}
