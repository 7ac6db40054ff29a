//! What Twilio does in our calls, and the addresses that it knows of them.

use platform::App;
use platform::egress::Url;
use platform::phi::Phi;
use twilio::{Conference, Dial, Keys, Party, Stream, Tracks, Twiml};

/// Seconds in which whoever is asked to take a call over presses a key.
const DECIDES: u32 = 10;

/// The addresses of one call.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// With `/` at its end.
    base: Url,
}

impl Addresses {
    /// Those of the call with that secret.
    #[must_use]
    pub fn of(app: &App, token: &str) -> Self {
        let text = format!("{}/hooks/calls/{token}/", app.config.media_origin());
        let fallback = || Url::parse("http://localhost/").expect("an address");
        Self { base: Url::parse(&text).unwrap_or_else(|_| fallback()) }
    }

    /// Where it is told how the call goes.
    #[must_use]
    pub fn status(&self) -> Url {
        self.at("status")
    }

    /// The same of the call to whoever takes over.
    #[must_use]
    pub fn supervisor_status(&self) -> Url {
        self.at("supervisor-status")
    }

    /// Where it is told which key they press.
    #[must_use]
    pub fn supervisor(&self) -> Url {
        self.at("supervisor")
    }

    /// Where a stream begins: `ear` or `mouth`.
    #[must_use]
    pub fn stream(&self, leg: &str) -> Url {
        let mut url = self.at(leg);
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        // both are of the kind that may take the other's place (URL Standard, 4.4)
        let _ = url.set_scheme(scheme);
        url
    }

    fn at(&self, end: &str) -> Url {
        self.base.join(end).unwrap_or_else(|_| self.base.clone())
    }
}

/// The first document of a call.
pub fn begin(at: &Addresses) -> Twiml {
    let ear = Stream { name: Some("ear".to_owned()), ..Stream::to(at.stream("ear")) };
    speak(Twiml::new().start_stream(&ear, Tracks::Inbound), at)
}

/// Speaks.
pub fn speak(behind: Twiml, at: &Addresses) -> Twiml {
    behind.connect_stream(&Stream::to(at.stream("mouth")))
}

/// Presses keys, and speaks again.
pub fn press(keys: &Keys, at: &Addresses) -> Twiml {
    speak(Twiml::new().press(keys), at)
}

/// Waits with music until somebody takes over; when they leave it is over.
pub fn wait(conference: &str) -> Twiml {
    meet(conference, false)
}

/// Takes over.
pub fn take(conference: &str) -> Twiml {
    meet(conference, true)
}

fn meet(conference: &str, starts: bool) -> Twiml {
    let conference = Conference { name: conference.to_owned(), starts, ends: true, is_muted: false, beeps: false };
    Twiml::new().dial(&Dial::to(Party::Conference(conference)))
}

/// Tells whoever is to take over what it is about, and waits for their key.
pub fn brief(at: &Addresses, brief: &str, language: &str) -> Twiml {
    let (say, ask) = match language {
        "ar" => ("ar-AE", "اضغط واحد لاستلام المكالمة."),
        _ => ("en-US", "Press 1 to take the call."),
    };
    let text = Phi::new(format!("{brief} {ask}"));
    Twiml::new().ask_for_key(&at.supervisor(), DECIDES, &text, say).hang_up()
}

/// Says good-bye to somebody whose call is not for us.
pub fn call_back(practice: &str, language: &str) -> Twiml {
    let (say, text) = match language {
        "ar" => ("ar-AE", format!("شكرًا لاتصالك بـ {practice}. سنعاود الاتصال بك. مع السلامة.")),
        _ => ("en-US", format!("Thank you for calling {practice}. We will call you back. Goodbye.")),
    };
    Twiml::new().say(&Phi::new(text), say).hang_up()
}
