//! What a message may hold once its variables are filled: judged when it is asked for, and once more when it goes out. A
//! text that was harmless when somebody wrote it is filled with what others have entered, patients among them.

use axum::http::StatusCode;
use lettre::Address;
use platform::error::Error;
use platform::{undisclosed, validate};

use super::Channel;

/// The longest subject, in characters: with its letters encoded it stays below what servers take of a header.
const LONGEST_SUBJECT: usize = 300;
/// The longest e-mail, in characters; what is longer is cut by the programs in which it is read.
const LONGEST_EMAIL: usize = 20_000;
/// The longest text message: Twilio takes no more.
const LONGEST_SMS: usize = twilio::LONGEST_BODY;

/// What is judged of a message.
pub struct Filled<'a> {
    /// By which way.
    pub channel: Channel,
    /// Of an e-mail.
    pub subject: Option<&'a str>,
    /// What it says.
    pub text: &'a str,
    /// Where answers go.
    pub reply_to: Option<&'a str>,
}

undisclosed!(Filled<'_>);

/// Why a message does not go out as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsound {
    /// The subject is not one line, or too long.
    Subject,
    /// The address for answers is none.
    ReplyTo,
    /// The whole is too long.
    TooLong(Channel),
}

impl Unsound {
    /// Its stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Subject => "message.subject_invalid",
            Self::ReplyTo => "message.reply_to_invalid",
            Self::TooLong(_) => "message.too_long",
        }
    }

    /// The field at fault.
    pub fn field(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::ReplyTo => "replyTo",
            Self::TooLong(_) => "text",
        }
    }

    /// What would be right, in English.
    pub fn text(self) -> &'static str {
        match self {
            Self::Subject => "Write the subject, with its variables filled, on one line of at most 300 characters.",
            Self::ReplyTo => "Name one e-mail address to which answers go, and nothing besides it.",
            Self::TooLong(Channel::Email) => "An e-mail has at most 20,000 characters with its variables filled.",
            Self::TooLong(Channel::Sms) => "A text message has at most 1,600 characters with its variables filled.",
        }
    }
}

impl From<Unsound> for Error {
    fn from(why: Unsound) -> Self {
        let error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, why.code(), why.text());
        error.at(&format!("/{}", why.field()), why.code(), why.text())
    }
}

/// Whether a message can go out as it was filled.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check(of: &Filled<'_>) -> Result<(), Unsound> {
    if of.subject.is_some_and(|subject| subject.chars().any(breaks) || subject.chars().count() > LONGEST_SUBJECT) {
        return Err(Unsound::Subject);
    }
    if of.reply_to.is_some_and(|address| !is_address(address)) {
        return Err(Unsound::ReplyTo);
    }
    let longest = match of.channel {
        Channel::Email => LONGEST_EMAIL,
        Channel::Sms => LONGEST_SMS,
    };
    if of.text.chars().count() > longest { Err(Unsound::TooLong(of.channel)) } else { Ok(()) }
}

/// Whether this is one e-mail address and nothing else, as servers for mail read it too.
fn is_address(text: &str) -> bool {
    validate::email(text, &()).is_ok() && text.parse::<Address>().is_ok()
}

/// What ends a line or steers a terminal: the control characters, and Unicode's own ends of lines and paragraphs.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character turns the direction of what follows it (Unicode Standard Annex #9 §2: embeddings, overrides,
/// isolates), so that a name reads as another one.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name on one line: whatever breaks it is a space, and nothing turns its direction.
pub fn one_line(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn email<'a>(subject: &'a str, reply_to: &'a str, text: &'a str) -> Filled<'a> {
        Filled { channel: Channel::Email, subject: Some(subject), text, reply_to: Some(reply_to) }
    }

    fn sms(text: &str) -> Filled<'_> {
        Filled { channel: Channel::Sms, subject: None, text, reply_to: None }
    }

    #[test]
    fn one_line_fields_hold_one_line_and_texts_have_their_bounds() {
        let right = "answers@alpha.example";
        assert_eq!(check(&email("موعدكم – 9:00", right, "Line\nby line")), Ok(()));
        let endless = "a".repeat(301);
        for subject in ["a\r\nBcc: b@c.example", "a\nb", "a\rb", "a\u{0}", "a\u{85}b", "a\u{2028}b", &endless] {
            assert_eq!(check(&email(subject, right, "T")), Err(Unsound::Subject), "{subject:?}");
        }
        for address in ["", "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b.example>"] {
            assert_eq!(check(&email("S", address, "T")), Err(Unsound::ReplyTo), "{address:?}");
        }
        assert_eq!(check(&email("S", right, &"ع".repeat(20_000))), Ok(()));
        assert_eq!(check(&email("S", right, &"ع".repeat(20_001))), Err(Unsound::TooLong(Channel::Email)));
        assert_eq!(check(&sms(&"a".repeat(1600))), Ok(()));
        assert_eq!(check(&sms(&"a".repeat(1601))), Err(Unsound::TooLong(Channel::Sms)));
    }

    /// Of any characters, those that break lines and turn directions among them more often than chance has it.
    fn a_name() -> impl Strategy<Value = String> {
        let c = prop_oneof![
            any::<char>(),
            prop::sample::select(vec!['a', 'ب', ' ', '\r', '\n', '\u{85}', '\u{2028}', '\u{202e}'])
        ];
        prop::collection::vec(c, 0..20).prop_map(String::from_iter)
    }

    proptest! {
        /// Whatever a name is made of, it stays on its line, and one that was right stays as it was.
        #[test]
        fn names_stay_on_their_line(name in a_name(), plain in "[a-zA-Zء-ي]{1,9}( [a-zA-Zء-ي]{1,9}){0,3}") {
            prop_assert!(!one_line(&name).chars().any(|c| breaks(c) || turns(c)));
            prop_assert_eq!(one_line(&plain), plain);
        }
    }

    #[test]
    fn names_of_several_lines_become_one() {
        assert_eq!(one_line(" Alpha\r\nBcc: b@c.example \u{202e}moc"), "Alpha Bcc: b@c.example moc");
    }
}
