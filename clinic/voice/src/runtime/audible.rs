//! The sound of a call: what comes is looked at frame by frame and recognised; what is said is spoken, and played out at the pace
//! of a clock, so that it is known what was heard and silence comes when it is wanted.

use std::collections::HashMap;
use std::time::Duration;

use dialogue::{Event, Sound as Tone, Utterance};
use speech::{
    Event as Turned, Front, Heard, Hearing, Line, Listening, Noted, Order, Player, Saying, Signal, Sound, Spoken,
    Trouble, Why,
};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::parts::Parts;
use super::wire::{Out, Port};

/// A frame.
const FRAME: Duration = Duration::from_millis(20);

/// What a call hears and says.
pub struct Audible {
    front: Front,
    player: Player,
    /// The line says which keys are pressed.
    tells_keys: bool,
    /// What is said can be heard.
    is_open: bool,
    /// What is said pauses: they may want to interrupt.
    is_waiting: bool,
    voice: Line<Saying, Spoken>,
    /// None where what is said is typed.
    recogniser: Option<Line<Hearing, Heard>>,
    began: Instant,
    clock: Interval,
    /// What they have said in this turn so far.
    words: String,
    /// Letters of what is to be heard, by utterance.
    letters: HashMap<u64, usize>,
    /// Nobody has heard an answer to what they said last.
    unanswered: Option<Instant>,
}

/// What is to be done because of sound.
#[derive(Default)]
pub struct Done {
    /// For the conversation.
    pub events: Vec<Event>,
    /// For the other side: frames, and marks between them.
    pub out: Vec<Out>,
    /// What waits at the other side is not to be heard.
    pub clear: bool,
    /// So long it took until an answer could be heard.
    pub latency: Option<Duration>,
    /// What they are saying.
    pub partial: Option<String>,
}

/// What has happened with sound.
pub enum Audio {
    Heard(Option<Result<Heard, Trouble>>),
    Spoken(Option<Result<Spoken, Trouble>>),
    Tick,
}

impl Audible {
    /// Opens the lines of a call.
    ///
    /// # Errors
    /// Somebody is away.
    pub async fn open(parts: &Parts, port: Port, language: &str, terms: Vec<String>) -> Result<Self, Trouble> {
        let Port { format, is_telephone } = port;
        let wish = Listening { format, language: language.to_owned(), terms };
        let (recogniser, voice) = tokio::try_join!(parts.hearing(&wish), parts.speaking(format))?;
        let front = Front::new(parts.turns.clone(), format).ok_or(Trouble::new("protocol"))?;
        let mut clock = interval(FRAME);
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Ok(Self {
            front,
            player: Player::new(format, is_telephone),
            tells_keys: is_telephone,
            is_open: true,
            is_waiting: false,
            voice,
            recogniser,
            began: Instant::now(),
            clock,
            words: String::new(),
            letters: HashMap::new(),
            unanswered: None,
        })
    }

    /// What happens next.
    pub async fn next(&mut self) -> Audio {
        let heard = async {
            match &mut self.recogniser {
                Some(line) => line.from.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.clock.tick() => Audio::Tick,
            spoken = self.voice.from.recv() => Audio::Spoken(spoken),
            heard = heard => Audio::Heard(heard),
        }
    }

    /// Does what follows from it.
    pub fn take(&mut self, audio: Audio) -> Done {
        let mut done = Done::default();
        match audio {
            Audio::Tick => self.tick(&mut done),
            Audio::Spoken(Some(Ok(Spoken::Sound { utterance, sound }))) => {
                self.player.sound(utterance, utterance, &sound.0);
            }
            Audio::Spoken(Some(Ok(Spoken::Done { utterance }))) => self.player.done(utterance),
            // what cannot be spoken counts as said, so that the call goes on
            Audio::Spoken(_) => {
                let now = self.now();
                let waiting = self.player.stop(now).into_iter().map(|account| account.utterance);
                done.events.extend(waiting.map(|utterance| Event::Said { utterance }));
            }
            Audio::Heard(Some(Ok(heard))) => self.recognised(heard, &mut done),
            Audio::Heard(_) => self.recogniser = None,
        }
        done
    }

    /// Sound of the other side.
    pub fn push(&mut self, sound: &[u8]) -> Done {
        let mut done = Done::default();
        let heeded = self.front.push(sound);
        let noted: Vec<Noted> = heeded.noted.to_vec();
        if let Some(recogniser) = &self.recogniser
            && !heeded.sound.is_empty()
        {
            let _ = recogniser.to.try_send(Hearing::Sound(Sound(heeded.sound.to_vec())));
        }
        self.note(noted, &mut done);
        done
    }

    /// Says something.
    pub fn say(&mut self, utterance: &Utterance) -> Done {
        let mut done = Done::default();
        let (id, text) = (utterance.id, utterance.spoken());
        self.letters.insert(id, text.len().max(1));
        self.player.text(id, id, &text);
        let said = self.voice.to.try_send(Saying::Say { utterance: id, text });
        let finished = said.and_then(|()| self.voice.to.try_send(Saying::Finish { utterance: id }));
        if finished.is_err() {
            // nobody speaks any more
            self.player.done(id);
            done.events.push(Event::Said { utterance: id });
        }
        let noted = self.front.may_interrupt(utterance.interruptible).to_vec();
        self.note(noted, &mut done);
        done
    }

    /// Stops everything that was not heard.
    pub fn stop(&mut self) -> Done {
        let mut done = Done::default();
        self.silence(&mut done);
        done
    }

    /// Everything up to that mark was played.
    pub fn played(&mut self, mark: u64) {
        let now = self.now();
        self.player.mark(mark, now);
    }

    /// Whether somebody recognises what they say.
    pub fn is_recognised(&self) -> bool {
        self.recogniser.is_some()
    }

    /// Whether what is said can be heard. What cannot waits.
    pub fn open_mouth(&mut self, is_open: bool) {
        self.is_open = is_open;
        self.pause_or_go_on();
    }

    fn pause_or_go_on(&mut self) {
        let now = self.now();
        if self.is_waiting || !self.is_open {
            self.player.pause(now);
        } else {
            self.player.resume();
        }
    }

    /// Whether anybody listens to what is said: nobody does on hold.
    pub fn hold(&mut self, on: bool) {
        self.front.recognised(!on);
        if let (true, Some(recogniser)) = (on, &self.recogniser) {
            let _ = recogniser.to.try_send(Hearing::Pause);
        }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn tick(&mut self, done: &mut Done) {
        let now = self.now();
        while let Some(order) = self.player.poll(now) {
            match order {
                Order::Frame(frame) => {
                    done.out.push(Out::Sound(frame.to_vec()));
                    done.latency = done.latency.or(self.unanswered.take().map(|since| since.elapsed()));
                }
                Order::Mark(number) => done.out.push(Out::Mark(number)),
                Order::Heard(account) => {
                    self.letters.remove(&account.utterance);
                    done.events.push(Event::Said { utterance: account.utterance });
                }
            }
        }
        let noted = self.front.heard(self.player.is_heard()).to_vec();
        self.note(noted, done);
    }

    fn recognised(&mut self, heard: Heard, done: &mut Done) {
        let noted = match heard {
            Heard::Partial(text) => {
                let text = joined(&self.words, &text);
                done.partial = Some(text.clone());
                self.front.partial(&text).to_vec()
            }
            Heard::Final { text, .. } => {
                self.words = joined(&self.words, &text);
                let words = self.words.clone();
                self.front.finished(&words).to_vec()
            }
            Heard::Began | Heard::Ended => return,
        };
        self.note(noted, done);
    }

    fn note(&mut self, noted: Vec<Noted>, done: &mut Done) {
        for noted in noted {
            match noted {
                Noted::Turn(turned) => self.turned(turned, done),
                Noted::Key(_) if self.tells_keys => {}
                Noted::Key(digit) => done.events.push(Event::Key { digit }),
                Noted::Signal(signal) => done.events.extend(tone(signal).map(|kind| Event::Sound { kind })),
            }
        }
    }

    fn turned(&mut self, turned: Turned, done: &mut Done) {
        match turned {
            Turned::SpeechBegan => done.events.push(Event::SpeechBegan),
            Turned::SpeechEnded => {
                if let Some(recogniser) = &self.recogniser {
                    let _ = recogniser.to.try_send(Hearing::Finish);
                }
                done.events.push(Event::SpeechEnded);
            }
            Turned::TurnEnded(why) => {
                let text = std::mem::take(&mut self.words);
                if !matches!(why, Why::Nothing | Why::Aside) && !text.is_empty() {
                    self.unanswered = Some(Instant::now());
                    done.events.push(Event::Heard { text, is_final: true });
                }
            }
            Turned::PausePlayout => {
                self.is_waiting = true;
                self.pause_or_go_on();
                done.clear = true;
            }
            Turned::ConfirmInterruption => self.silence(done),
            Turned::ResumePlayout => {
                self.is_waiting = false;
                self.pause_or_go_on();
            }
        }
    }

    /// Forgets what was not heard, and says how much was.
    fn silence(&mut self, done: &mut Done) {
        let now = self.now();
        for account in self.player.stop(now) {
            let _ = self.voice.to.try_send(Saying::Stop { utterance: account.utterance });
            let letters = self.letters.remove(&account.utterance).unwrap_or(1);
            let per_mille = u16::try_from((account.text * 1000 / letters).min(1000)).unwrap_or(1000);
            done.events.push(Event::Interrupted { utterance: account.utterance, per_mille });
        }
        self.is_waiting = false;
        self.pause_or_go_on();
        done.clear = true;
    }
}

/// One text behind the other.
fn joined(before: &str, more: &str) -> String {
    if before.is_empty() { more.to_owned() } else { format!("{before} {more}").trim_end().to_owned() }
}

/// In the words of conversations.
fn tone(signal: Signal) -> Option<Tone> {
    Some(match signal {
        Signal::Music => Tone::Music,
        Signal::Beep => Tone::Beep,
        Signal::Ringing => Tone::Ring,
        Signal::Busy | Signal::Special => Tone::Busy,
        Signal::Silence => Tone::Silence,
        Signal::Fax => return None,
    })
}
