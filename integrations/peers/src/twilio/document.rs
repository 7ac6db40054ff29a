//! What a document of a call says is done, one thing after the other (<https://www.twilio.com/docs/voice/twiml>).

use std::time::Duration;

use futures::future::BoxFuture;
use roxmltree::{Document, Node};

use super::phone::Phone;
use super::stream;

/// Until a key was pressed, with the pause behind it; and the two pauses that can be written.
const KEY: Duration = Duration::from_millis(100);
const SHORT: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(1);

/// One thing that a document says.
enum Verb {
    Start { url: String, name: String, parameters: Vec<(String, String)> },
    Connect { url: String, parameters: Vec<(String, String)> },
    Stop(String),
    Press(String),
    Say(String),
    Wait(Duration),
    Gather { action: String, wait: Duration, said: Vec<String> },
    Meet(String),
    End,
}

/// Does what it says to its end, with which the call ends.
pub fn run(phone: Phone, text: String) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        for verb in read(&text) {
            match verb {
                Verb::Start { url, name, parameters } => stream::open(&phone, &url, Some(name), &parameters).await,
                Verb::Connect { url, parameters } => {
                    stream::open(&phone, &url, None, &parameters).await;
                    phone.until(|phone| phone.state().streams.iter().all(|stream| !stream.is_mouth)).await;
                }
                Verb::Stop(name) => phone.state().streams.retain(|stream| stream.name.as_ref() != Some(&name)),
                Verb::Press(keys) => press(&phone, &keys).await,
                Verb::Say(text) => say(&phone, text),
                Verb::Wait(how_long) => tokio::time::sleep(how_long).await,
                Verb::Gather { action, wait, said } => {
                    said.into_iter().for_each(|text| say(&phone, text));
                    let pressed = async {
                        phone.until(|phone| !phone.state().keys.is_empty()).await;
                        phone.state().keys.pop_front()
                    };
                    if let Ok(Some(key)) = tokio::time::timeout(wait, pressed).await
                        && let Ok(url) = action.parse()
                    {
                        let answer = phone.tell(&url, "in-progress", &[("Digits", &key.to_string())]).await;
                        return run(phone, answer.unwrap_or_default()).await;
                    }
                }
                Verb::Meet(name) => {
                    phone.state().conference = Some(name);
                    phone.changed();
                    std::future::pending::<()>().await;
                }
                Verb::End => break,
            }
        }
        // the task that ends a call ends with it
        tokio::spawn(async move { phone.end("completed").await });
    })
}

async fn press(phone: &Phone, keys: &str) {
    for key in keys.chars() {
        match key {
            'w' => tokio::time::sleep(SHORT).await,
            'W' => tokio::time::sleep(LONG).await,
            key => {
                tokio::time::sleep(KEY).await;
                phone.state().pressed.push(key);
                phone.changed();
            }
        }
    }
}

fn say(phone: &Phone, text: String) {
    phone.state().said.push(text);
    phone.changed();
}

/// The things that a document says; a document that is none says nothing.
fn read(text: &str) -> Vec<Verb> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    document.root_element().children().filter(Node::is_element).filter_map(|node| verb(&node)).collect()
}

fn verb(node: &Node<'_, '_>) -> Option<Verb> {
    let attribute = |of: &Node<'_, '_>, name: &str| of.attribute(name).unwrap_or_default().to_owned();
    let child = |name: &str| node.children().find(|child| child.has_tag_name(name));
    let seconds = |name: &str, or: u64| Duration::from_secs(attribute(node, name).parse().unwrap_or(or));
    let text = |of: &Node<'_, '_>| of.text().unwrap_or_default().to_owned();
    let parameters = |of: &Node<'_, '_>| {
        let all = of.children().filter(|child| child.has_tag_name("Parameter"));
        all.map(|each| (attribute(&each, "name"), attribute(&each, "value"))).collect()
    };
    Some(match node.tag_name().name() {
        "Start" => {
            let stream = child("Stream")?;
            let (url, name) = (attribute(&stream, "url"), attribute(&stream, "name"));
            Verb::Start { url, name, parameters: parameters(&stream) }
        }
        "Connect" => {
            let stream = child("Stream")?;
            Verb::Connect { url: attribute(&stream, "url"), parameters: parameters(&stream) }
        }
        "Stop" => Verb::Stop(attribute(&child("Stream")?, "name")),
        "Play" => Verb::Press(attribute(node, "digits")),
        "Say" => Verb::Say(text(node)),
        "Pause" => Verb::Wait(seconds("length", 1)),
        "Gather" => {
            let said = node.children().filter(|child| child.has_tag_name("Say")).map(|child| text(&child)).collect();
            Verb::Gather { action: attribute(node, "action"), wait: seconds("timeout", 5), said }
        }
        "Dial" => Verb::Meet(text(&child("Conference")?)),
        _ => Verb::End,
    })
}
