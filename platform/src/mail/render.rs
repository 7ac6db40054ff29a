//! How a letter becomes a mail: the catalog's text in the receiver's language, as plain text and as a page.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Letter, Mail};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::phi::Phi;

/// The catalogs of an area's letters, as JSON: for each letter its subject, the paragraphs before the button, the
/// button, and the paragraphs behind it. `{name}` stands for a value.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// In English.
    pub en: &'static str,
    /// In Arabic.
    pub ar: &'static str,
}

/// What surrounds every letter.
const FRAME: Texts = Texts { en: include_str!("en.json"), ar: include_str!("ar.json") };

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    /// Said in front of the address, for programs that do not show the button.
    open: String,
    /// Below everything.
    foot: String,
}

/// One letter of a catalog.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    subject: String,
    before: Vec<String>,
    #[serde(default)]
    button: Option<String>,
    #[serde(default)]
    after: Vec<String>,
}

impl Texts {
    const fn of(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ar => self.ar,
        }
    }

    fn read(&self, language: Language) -> Result<BTreeMap<String, Text>> {
        serde_json::from_str(self.of(language)).map_err(Error::internal)
    }

    /// What is missing in one of the languages or differs between them; for a test of each area.
    ///
    /// # Errors
    /// When a catalog is not of its form.
    pub fn faults(&self) -> Result<Vec<String>> {
        let (en, ar) = (self.read(Language::En)?, self.read(Language::Ar)?);
        let mut faults: Vec<String> = en
            .keys()
            .chain(ar.keys())
            .filter(|kind| !(en.contains_key(*kind) && ar.contains_key(*kind)))
            .cloned()
            .collect();
        for (kind, text) in &en {
            let Some(other) = ar.get(kind) else { continue };
            if text.button.is_some() != other.button.is_some() || text.names() != other.names() {
                faults.push(kind.clone());
            }
        }
        Ok(faults)
    }
}

impl Text {
    fn parts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.subject).chain(&self.before).chain(&self.button).chain(&self.after)
    }

    /// The values that it wants.
    fn names(&self) -> std::collections::BTreeSet<&str> {
        self.parts().flat_map(|part| part.split('{').skip(1).filter_map(|rest| rest.split('}').next())).collect()
    }
}

pub(super) fn mail(letter: &Letter) -> Result<Mail> {
    let text = letter.texts.read(letter.language)?.remove(letter.kind);
    let text = text.ok_or_else(|| Error::internal(format!("no such letter: {}", letter.kind)))?;
    let frame: Frame = serde_json::from_str(FRAME.of(letter.language)).map_err(Error::internal)?;
    if let Some(missing) = text.names().iter().find(|name| letter.values.iter().all(|(known, _)| known != *name)) {
        return Err(Error::internal(format!("{} wants a value for {missing}", letter.kind)));
    }
    let subject = letter.fill(&text.subject, str::to_owned);
    Ok(Mail {
        to: letter.to.clone(),
        text: Phi::new(letter.plain(&text, &frame)),
        html: Phi::new(letter.page(&subject, &text, &frame)),
        subject: Phi::new(subject),
    })
}

impl Letter {
    /// A value may hold anything: `shown` makes it fit for where it goes. Values are not looked through again.
    fn fill(&self, part: &str, shown: impl Fn(&str) -> String) -> String {
        let mut filled = String::new();
        let mut rest = part;
        while let Some((before, behind)) = rest.split_once('{') {
            filled += before;
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            let value = self.values.iter().find(|(known, _)| *known == name);
            filled += &value.map(|(_, value)| shown(value.expose())).unwrap_or_default();
            rest = after;
        }
        filled + rest
    }

    fn plain(&self, text: &Text, frame: &Frame) -> String {
        let mut paragraphs: Vec<String> = text.before.iter().map(|part| self.fill(part, isolated)).collect();
        if let (Some(button), Some(link)) = (&text.button, &self.link) {
            paragraphs.push(format!("{button}:\n{}", link.expose()));
        }
        paragraphs.extend(text.after.iter().map(|part| self.fill(part, isolated)));
        paragraphs.push(format!("-- \n{}", frame.foot));
        paragraphs.join("\n\n") + "\n"
    }

    /// Styles are on the elements: programs for mail drop style sheets.
    fn page(&self, subject: &str, text: &Text, frame: &Frame) -> String {
        let value = |value: &str| format!("<bdi>{}</bdi>", escaped(value));
        let paragraphs = |parts: &[String]| -> String {
            parts
                .iter()
                .map(|part| format!("<p style=\"margin:0 0 16px\">{}</p>", self.fill(&escaped(part), value)))
                .collect()
        };
        let mut body = paragraphs(&text.before);
        if let (Some(button), Some(link)) = (&text.button, &self.link) {
            let (address, button) = (escaped(link.expose()), escaped(button));
            body += &format!(
                "<p style=\"margin:24px 0\"><a href=\"{address}\" style=\"background:#0f766e;color:#ffffff;\
                 text-decoration:none;padding:12px 20px;border-radius:8px;display:inline-block\">{button}</a></p>\
                 <p style=\"margin:0 0 16px;color:#64748b;font-size:13px\">{}<br><span dir=\"ltr\" \
                 style=\"word-break:break-all\">{address}</span></p>",
                escaped(&frame.open),
            );
        }
        body += &paragraphs(&text.after);
        sheet(self.language, subject, &body, &escaped(&frame.foot))
    }
}

/// What surrounds the body of a page; body and foot are HTML already.
fn sheet(language: Language, title: &str, body: &str, foot: &str) -> String {
    let (language, direction) = match language {
        Language::En => ("en", "ltr"),
        Language::Ar => ("ar", "rtl"),
    };
    format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\
         <body style=\"margin:0;background:#f1f5f9\"><div style=\"max-width:560px;margin:0 auto;padding:24px;\
         font:16px/1.5 system-ui,sans-serif;color:#0f172a;text-align:start\">\
         <div style=\"background:#ffffff;border-radius:12px;padding:28px\">\
         <h1 style=\"font-size:20px;margin:0 0 20px\">{title}</h1>{body}</div>\
         <p style=\"color:#64748b;font-size:12px;padding:0 28px\">{foot}</p></div></body></html>",
        title = escaped(title),
    )
}

/// A text that people have written as a page in the look of the product: an empty line begins a paragraph, addresses that
/// begin with `https://` or `http://` become links, and nothing in it is ever markup. Below it stands `foot`.
#[must_use]
pub fn page_of(language: Language, subject: &str, text: &str, foot: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraph = |part: &str| {
        let lines: Vec<String> = part.trim_matches('\n').split('\n').map(linked).collect();
        format!("<p dir=\"auto\" style=\"margin:0 0 16px\">{}</p>", lines.join("<br>"))
    };
    let body: String = text.split("\n\n").filter(|part| !part.trim().is_empty()).map(paragraph).collect();
    sheet(language, subject, &body, &linked(foot))
}

/// A line with its addresses as links. What ends a sentence does not belong to the address before it.
fn linked(line: &str) -> String {
    let mut html = String::new();
    for (i, word) in line.split(' ').enumerate() {
        if i > 0 {
            html.push(' ');
        }
        let begin = ["https://", "http://"].iter().filter_map(|scheme| word.find(scheme)).min();
        let Some(begin) = begin else {
            html += &escaped(word);
            continue;
        };
        let (before, address) = word.split_at(begin);
        let bare = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '،', '؛', '؟']);
        let (shown, after) = (escaped(bare), escaped(&address[bare.len()..]));
        html += &format!(
            "{}<a dir=\"ltr\" href=\"{shown}\" style=\"color:#0f766e;word-break:break-all\">{shown}</a>{after}",
            escaped(before),
        );
    }
    html
}

/// Between first-strong isolate and its end (UAX #9), so that a Latin name keeps its order inside Arabic.
fn isolated(value: &str) -> String {
    format!("\u{2068}{value}\u{2069}")
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: Texts = Texts {
        en: r#"{"hello": {"subject": "Hello {name}", "before": ["From {place} & {name}."], "button": "Open", "after": ["Bye"]}}"#,
        ar: r#"{"hello": {"subject": "مرحبًا {name}", "before": ["من {place} و{name}."], "button": "فتح"}}"#,
    };

    fn letter(language: Language, name: &str) -> Letter {
        let value = |text: &str| Phi::new(text.to_owned());
        Letter::new(TEXTS, "hello", value("a@b.example"), language)
            .with("name", value(name))
            .with("place", value("{name}"))
            .link(value("https://x.example/reset#a&b"))
    }

    #[test]
    fn values_stay_values() {
        let mail = mail(&letter(Language::En, "<b>Eve</b>")).expect("renders");
        assert_eq!(mail.subject.expose(), "Hello <b>Eve</b>");
        assert!(mail.text.expose().starts_with(
            "From \u{2068}{name}\u{2069} & \u{2068}<b>Eve</b>\u{2069}.\n\nOpen:\nhttps://x.example/reset#a&b\n\nBye"
        ));
        let page = mail.html.expose();
        assert!(
            page.contains("From <bdi>{name}</bdi> &amp; <bdi>&lt;b&gt;Eve&lt;/b&gt;</bdi>.") && !page.contains("<b>")
        );
        assert!(page.contains("href=\"https://x.example/reset#a&amp;b\"") && page.contains("dir=\"ltr\""));
    }

    #[test]
    fn arabic_runs_from_the_right() {
        let mail = mail(&letter(Language::Ar, "سارة")).expect("renders");
        assert!(
            mail.html.expose().contains("<html lang=\"ar\" dir=\"rtl\">") && mail.subject.expose().contains("سارة")
        );
    }

    #[test]
    fn a_value_that_is_missing_is_a_mistake() {
        let bare = Letter::new(TEXTS, "hello", Phi::new(String::new()), Language::En);
        assert!(mail(&bare).is_err());
        assert!(mail(&Letter { kind: "nothing", ..bare }).is_err());
    }

    #[test]
    fn what_people_write_becomes_paragraphs_and_links_and_never_markup() {
        let text = "Dear <b>Eve</b>,\nsee https://x.example/v#a&b.\n\n\n\nBye";
        let page = page_of(Language::Ar, "A \"B\"", text, "Stop: https://x.example/u/1");
        assert!(page.contains("dir=\"rtl\"") && page.contains("<title>A &quot;B&quot;</title>"));
        assert!(
            page.contains("Dear &lt;b&gt;Eve&lt;/b&gt;,<br>see <a dir=\"ltr\" href=\"https://x.example/v#a&amp;b\"")
        );
        assert!(page.contains("</a>.</p>") && page.contains(">Bye</p>"));
        assert_eq!(page.matches("<p dir=\"auto\"").count(), 2);
        assert!(page.contains("href=\"https://x.example/u/1\""));
    }

    #[test]
    fn both_languages_say_the_same() {
        assert_eq!(TEXTS.faults().expect("reads"), Vec::<String>::new());
        let other =
            Texts { ar: r#"{"hello": {"subject": "", "before": []}, "more": {"subject": "", "before": []}}"#, ..TEXTS };
        assert_eq!(other.faults().expect("reads"), ["more", "hello"]);
        for language in [Language::En, Language::Ar] {
            serde_json::from_str::<Frame>(FRAME.of(language)).expect("a frame");
        }
    }
}
