//! A voice that speaks whole sentences: what its line does with words that come piece by piece, and with those that nobody wants
//! to hear any more.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::mpsc;

use crate::ports::{Format, Line, Saying, Sound, Spoken, Trouble};

/// How many orders, and how many pieces of sound, may wait.
const QUEUE: usize = 64;
/// Sound is handed on in pieces of so many frames of 20 ms.
const PIECE: usize = 25;

/// Speaks a sentence: sound in the format of the line.
pub(crate) type Speak = Box<dyn Fn(String) -> BoxFuture<'static, Result<Arc<[u8]>, Trouble>> + Send + Sync>;

/// Words that wait to be spoken.
struct Words {
    utterance: u64,
    text: String,
    is_finished: bool,
}

/// What to do next.
enum Next {
    Speak(u64, String),
    Done(u64),
}

/// Opens a line to somebody who speaks sentences.
pub(crate) fn line(format: Format, speak: Speak) -> Line<Saying, Spoken> {
    let (to, orders) = mpsc::channel(QUEUE);
    let (sounds, from) = mpsc::channel(QUEUE);
    let kept = tokio::spawn(serve(format, speak, orders, sounds)).into();
    Line { to, from, kept }
}

async fn serve(
    format: Format,
    speak: Speak,
    mut orders: mpsc::Receiver<Saying>,
    sounds: mpsc::Sender<Result<Spoken, Trouble>>,
) {
    let mut waiting = VecDeque::new();
    loop {
        match next(&mut waiting) {
            None => match orders.recv().await {
                Some(order) => take(order, &mut waiting),
                None => return,
            },
            Some(Next::Done(utterance)) => {
                if sounds.send(Ok(Spoken::Done { utterance })).await.is_err() {
                    return;
                }
            }
            Some(Next::Speak(utterance, text)) => {
                let Some(spoken) = unless_stopped(speak(text), utterance, &mut orders, &mut waiting).await else {
                    continue;
                };
                let has_failed = spoken.is_err();
                if hand_on(format, utterance, spoken, &sounds).await.is_none() || has_failed {
                    return;
                }
            }
        }
    }
}

/// Waits for the sound, and listens on. None if the utterance was stopped meanwhile or nobody is there any more.
async fn unless_stopped<T>(
    mut work: BoxFuture<'static, T>,
    utterance: u64,
    orders: &mut mpsc::Receiver<Saying>,
    waiting: &mut VecDeque<Words>,
) -> Option<T> {
    loop {
        tokio::select! {
            biased;
            order = orders.recv() => {
                let order = order?;
                let stops = matches!(order, Saying::Stop { utterance: stopped } if stopped == utterance);
                take(order, waiting);
                if stops {
                    return None;
                }
            }
            done = &mut work => return Some(done),
        }
    }
}

async fn hand_on(
    format: Format,
    utterance: u64,
    spoken: Result<Arc<[u8]>, Trouble>,
    sounds: &mpsc::Sender<Result<Spoken, Trouble>>,
) -> Option<()> {
    match spoken {
        Err(trouble) => sounds.send(Err(trouble)).await.ok(),
        Ok(sound) => {
            for piece in sound.chunks(format.frame() * PIECE) {
                let sound = Sound(piece.to_vec());
                sounds.send(Ok(Spoken::Sound { utterance, sound })).await.ok()?;
            }
            Some(())
        }
    }
}

fn take(order: Saying, waiting: &mut VecDeque<Words>) {
    match order {
        Saying::Say { utterance, text } => match waiting.iter_mut().find(|words| words.utterance == utterance) {
            Some(words) => words.text.push_str(&text),
            None => waiting.push_back(Words { utterance, text, is_finished: false }),
        },
        Saying::Finish { utterance } => match waiting.iter_mut().find(|words| words.utterance == utterance) {
            Some(words) => words.is_finished = true,
            None => waiting.push_back(Words { utterance, text: String::new(), is_finished: true }),
        },
        Saying::Stop { utterance } => waiting.retain(|words| words.utterance != utterance),
    }
}

/// Utterances are spoken in order; of one that goes on, the sentences that are whole.
fn next(waiting: &mut VecDeque<Words>) -> Option<Next> {
    let words = waiting.front_mut()?;
    let utterance = words.utterance;
    let whole = if words.is_finished { words.text.len() } else { sentences(&words.text) };
    let text: String = words.text.drain(..whole).collect();
    if text.chars().any(char::is_alphanumeric) {
        return Some(Next::Speak(utterance, text));
    }
    if words.is_finished {
        waiting.pop_front();
        return Some(Next::Done(utterance));
    }
    None
}

/// Where the last whole sentence ends: behind its sign and the space after it.
fn sentences(text: &str) -> usize {
    let mut before = ' ';
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() && matches!(before, '.' | '?' | '!' | '؟' | ':' | ';') {
            end = at + letter.len_utf8();
        }
        before = letter;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Speaks a byte for each letter, and writes down what it was given.
    fn spelling() -> (Arc<Mutex<Vec<String>>>, Line<Saying, Spoken>) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        let speak = move |text: String| -> BoxFuture<'static, Result<Arc<[u8]>, Trouble>> {
            kept.lock().expect("texts").push(text.clone());
            Box::pin(async move {
                if text.contains("wait") {
                    std::future::pending::<()>().await;
                }
                if text.contains("fail") { Err(Trouble::new("unavailable")) } else { Ok(text.into_bytes().into()) }
            })
        };
        (said, line(Format::Mulaw8k, Box::new(speak)))
    }

    fn say(utterance: u64, text: &str) -> Saying {
        Saying::Say { utterance, text: text.to_owned() }
    }

    async fn until_done(line: &mut Line<Saying, Spoken>) -> (u64, Vec<u8>) {
        let mut heard = Vec::new();
        loop {
            match line.from.recv().await.expect("a line").expect("no trouble") {
                Spoken::Sound { sound, .. } => heard.extend(sound.0),
                Spoken::Done { utterance } => return (utterance, heard),
            }
        }
    }

    #[tokio::test]
    async fn sentences_are_spoken_when_they_are_whole() {
        let (said, mut line) = spelling();
        for order in [say(1, "One mo"), say(1, "ment. Two"), say(1, " three"), Saying::Finish { utterance: 1 }] {
            line.to.send(order).await.expect("a line");
        }
        assert_eq!(until_done(&mut line).await, (1, b"One moment. Two three".to_vec()));
        // pieces come before or behind the first look, so it is one sentence or two
        assert_eq!(said.lock().expect("texts").concat(), "One moment. Two three");
    }

    #[tokio::test]
    async fn what_was_stopped_is_not_spoken() {
        let (said, mut line) = spelling();
        let orders = [
            say(1, "Please wait."),
            Saying::Finish { utterance: 1 },
            say(2, "Never."),
            Saying::Stop { utterance: 2 },
            Saying::Stop { utterance: 1 },
            say(3, "Yes"),
            Saying::Finish { utterance: 3 },
        ];
        for order in orders {
            line.to.send(order).await.expect("a line");
        }
        assert_eq!(until_done(&mut line).await, (3, b"Yes".to_vec()));
        assert!(!said.lock().expect("texts").concat().contains("Never"));
    }

    #[tokio::test]
    async fn an_error_ends_the_line_and_nothing_to_say_is_done_at_once() {
        let (_, mut line) = spelling();
        line.to.send(Saying::Finish { utterance: 1 }).await.expect("a line");
        assert_eq!(until_done(&mut line).await, (1, Vec::new()));
        line.to.send(say(2, "fail. ")).await.expect("a line");
        let trouble = line.from.recv().await.expect("a line").expect_err("a failure");
        assert_eq!(trouble, Trouble::new("unavailable"));
        assert!(line.from.recv().await.is_none());
    }
}
