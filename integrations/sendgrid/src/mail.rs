//! A mail to one person, and how SendGrid wants to be told of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::phi::Phi;
use platform::undisclosed;
use serde_json::{Value, json};

/// The custom argument under which our own id of a mail stands; nothing else of ours does. Custom arguments are kept long,
/// seen by people at SendGrid and cannot be taken back (<https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event>).
pub const OUR_ID: &str = "vantage_message";

/// Somebody who writes or is written to.
#[derive(Clone, Debug)]
pub struct Address {
    /// Where mail goes.
    pub email: Phi<String>,
    /// What they are called.
    pub name: Option<Phi<String>>,
}

/// A file that goes along.
#[derive(Clone)]
pub struct Attachment {
    /// Its name, with its ending.
    pub filename: String,
    /// Its media type.
    pub media_type: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// What SendGrid is to find out about the reader. An account has defaults of its own, so both are always said. Links that
/// are followed are replaced by links to SendGrid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracking {
    /// Whether it was opened, by a picture of one dot.
    pub opens: bool,
    /// Which links were followed.
    pub clicks: bool,
}

/// A mail.
#[derive(Clone)]
pub struct Mail {
    /// To whom.
    pub to: Address,
    /// From whom: a sender that the account has proved to be its own.
    pub from: Address,
    /// Who gets the answer, when it is not the sender.
    pub reply_to: Option<Address>,
    /// Subject.
    pub subject: String,
    /// What it says, as text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// What goes along; all of it together must be below 30 MB.
    pub attachments: Vec<Attachment>,
    /// Further headers, such as `List-Unsubscribe` and `List-Unsubscribe-Post` (RFC 8058).
    pub headers: BTreeMap<String, String>,
    /// Our id of it, which means nothing to anybody else.
    pub our_id: String,
    /// What is found out about the reader.
    pub tracking: Tracking,
    /// Whether it is only checked and goes nowhere (`sandbox_mode`).
    pub sandbox: bool,
}

undisclosed!(Attachment, Mail);

impl Mail {
    /// The body of `POST /v3/mail/send`. Custom arguments and headers stand with the recipient, as the published description
    /// has those of the whole mail as a text.
    pub(crate) fn body(&self) -> Value {
        let mut content = vec![json!({ "type": "text/plain", "value": self.text })];
        content.extend(self.html.as_ref().map(|html| json!({ "type": "text/html", "value": html })));
        let mut recipient = json!({
            "to": [address(&self.to)],
            "custom_args": { OUR_ID: self.our_id },
        });
        if !self.headers.is_empty() {
            recipient["headers"] = json!(self.headers);
        }
        let mut body = json!({
            "personalizations": [recipient],
            "from": address(&self.from),
            "subject": self.subject,
            "content": content,
            "mail_settings": { "sandbox_mode": { "enable": self.sandbox } },
            "tracking_settings": {
                "click_tracking": { "enable": self.tracking.clicks, "enable_text": self.tracking.clicks },
                "open_tracking": { "enable": self.tracking.opens },
                // its own link to unsubscribe would stand beside ours
                "subscription_tracking": { "enable": false },
            },
        });
        if let Some(reply_to) = &self.reply_to {
            body["reply_to"] = address(reply_to);
        }
        if !self.attachments.is_empty() {
            body["attachments"] = self.attachments.iter().map(attachment).collect();
        }
        body
    }
}

fn address(of: &Address) -> Value {
    match &of.name {
        Some(name) => json!({ "email": of.email.expose(), "name": name.expose() }),
        None => json!({ "email": of.email.expose() }),
    }
}

fn attachment(of: &Attachment) -> Value {
    json!({
        "content": STANDARD.encode(&of.content),
        "type": of.media_type,
        "filename": of.filename,
        "disposition": "attachment",
    })
}
