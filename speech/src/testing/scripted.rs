//! A recogniser, a model and a voice that do as a test says, at once.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use tokio::sync::mpsc;

use crate::hum::hum;
use crate::ports::{
    Answering, Format, Heard, Hearing, Line, Listening, Model, Piece, Question, Recogniser, Saying, Spoken, Trouble,
    Voice,
};
use crate::saying;

const QUEUE: usize = 256;

/// Understands texts one after the other, whatever is said: the next one each time that it is asked to finish, and nothing when
/// there are no more. All its lines share them.
#[derive(Clone, Default)]
pub struct ScriptedRecogniser {
    texts: Arc<Mutex<VecDeque<String>>>,
    heard: Arc<Mutex<usize>>,
}

impl ScriptedRecogniser {
    /// That understands these.
    #[must_use]
    pub fn new<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        let recogniser = Self::default();
        recogniser.lock().extend(texts.into_iter().map(Into::into));
        recogniser
    }

    /// One more, behind the others.
    pub fn then(&self, text: &str) {
        self.lock().push_back(text.to_owned());
    }

    /// Bytes of sound that it was given so far, over all lines.
    #[must_use]
    pub fn heard(&self) -> usize {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, mut to: mpsc::Receiver<Hearing>, from: mpsc::Sender<Result<Heard, Trouble>>) {
        let mut has_begun = false;
        while let Some(hearing) = to.recv().await {
            let answer = match hearing {
                Hearing::Sound(sound) => {
                    *self.heard.lock().unwrap_or_else(PoisonError::into_inner) += sound.0.len();
                    (!std::mem::replace(&mut has_begun, true)).then_some(Heard::Began)
                }
                Hearing::Finish => {
                    has_begun = false;
                    let text = self.lock().pop_front().unwrap_or_default();
                    Some(Heard::Final { text, finished: true })
                }
                Hearing::Pause => None,
            };
            if let Some(answer) = answer
                && from.send(Ok(answer)).await.is_err()
            {
                return;
            }
        }
    }
}

impl fmt::Debug for ScriptedRecogniser {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("ScriptedRecogniser(…)")
    }
}

impl Recogniser for ScriptedRecogniser {
    fn open<'a>(&'a self, _: &'a Listening) -> BoxFuture<'a, Result<Line<Hearing, Heard>, Trouble>> {
        let (to, hearing) = mpsc::channel(QUEUE);
        let (heard, from) = mpsc::channel(QUEUE);
        let kept = tokio::spawn(self.clone().serve(hearing, heard)).into();
        Box::pin(async move { Ok(Line { to, from, kept }) })
    }
}

/// Answers as a function says: the pieces of an answer, or why there is none.
pub struct ScriptedModel<F>(F);

impl<F: Fn(&Question) -> Result<Vec<Piece>, Trouble> + Send + Sync> ScriptedModel<F> {
    /// By that function. The last piece should be [`Piece::Done`].
    pub fn new(answer: F) -> Self {
        Self(answer)
    }
}

impl<F> fmt::Debug for ScriptedModel<F> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("ScriptedModel(…)")
    }
}

impl<F: Fn(&Question) -> Result<Vec<Piece>, Trouble> + Send + Sync> Model for ScriptedModel<F> {
    fn ask<'a>(&'a self, question: Question) -> BoxFuture<'a, Result<Line<Answering, Piece>, Trouble>> {
        let answer = (self.0)(&question);
        Box::pin(async move {
            let pieces = answer?;
            let (to, mut asked) = mpsc::channel(1);
            let (answers, from) = mpsc::channel(QUEUE);
            let kept = tokio::spawn(async move {
                for piece in pieces {
                    if answers.send(Ok(piece)).await.is_err() {
                        return;
                    }
                }
                drop(answers);
                let _: Option<Answering> = asked.recv().await;
            })
            .into();
            Ok(Line { to, from, kept })
        })
    }
}

/// Speaks at once, without words, as long as they would take; and remembers them.
#[derive(Clone, Default)]
pub struct InstantVoice(Arc<Mutex<Vec<String>>>);

impl InstantVoice {
    /// What it was given to say so far, as it was cut into sentences.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for InstantVoice {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("InstantVoice(…)")
    }
}

impl Voice for InstantVoice {
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>> {
        let texts = Arc::clone(&self.0);
        let speak = move |text: String| -> BoxFuture<'static, _> {
            let sound = hum(&text, format).into();
            texts.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            Box::pin(async move { Ok(sound) })
        };
        Box::pin(async move { Ok(saying::line(format, Box::new(speak))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Sound, Usage};

    #[tokio::test]
    async fn texts_are_understood_in_order() {
        let recogniser = ScriptedRecogniser::new(["yes", "no"]);
        let wish = Listening { format: Format::Mulaw8k, language: "en-US".to_owned(), terms: Vec::new() };
        let mut line = recogniser.open(&wish).await.expect("a line");
        let mut answers = Vec::new();
        for order in [
            Hearing::Sound(Sound(vec![0; 160])),
            Hearing::Sound(Sound(vec![0; 160])),
            Hearing::Finish,
            Hearing::Pause,
            Hearing::Finish,
            Hearing::Finish,
        ] {
            line.to.send(order).await.expect("a line");
        }
        for _ in 0..4 {
            answers.push(line.from.recv().await.expect("a line").expect("no trouble"));
        }
        let all = |text: &str| Heard::Final { text: text.to_owned(), finished: true };
        assert!(answers == [Heard::Began, all("yes"), all("no"), all("")]);
        assert_eq!(recogniser.heard(), 320);
    }

    #[tokio::test]
    async fn a_model_answers_by_its_function_and_a_voice_remembers() {
        let model = ScriptedModel::new(|question: &Question| {
            if question.longest == 0 { Err(Trouble::new("refused")) } else { Ok(vec![Piece::Done(Usage::default())]) }
        });
        let question = Question { messages: Vec::new(), tools: Vec::new(), longest: 1 };
        let mut line = model.ask(question.clone()).await.expect("a line");
        assert!(line.from.recv().await == Some(Ok(Piece::Done(Usage::default()))));
        assert!(line.from.recv().await.is_none());
        assert_eq!(model.ask(Question { longest: 0, ..question }).await.expect_err("refused"), Trouble::new("refused"));

        let voice = InstantVoice::default();
        let mut line = voice.open(Format::Mulaw8k).await.expect("a line");
        line.to.send(Saying::Say { utterance: 1, text: "Hello there. ".to_owned() }).await.expect("a line");
        let spoken = line.from.recv().await.expect("a line").expect("sound");
        // three syllables and a pause
        assert!(matches!(spoken, Spoken::Sound { utterance: 1, .. }));
        assert_eq!(voice.texts(), ["Hello there. "]);
    }
}
