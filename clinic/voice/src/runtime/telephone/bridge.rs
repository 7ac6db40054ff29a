//! Between the streams of a call and the conversation: sound both ways, at the pace at which it comes.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use dialogue::flow::{Mode, TransferCase};
use platform::live::send;
use platform::phi::Phi;
use tokio::sync::mpsc;
use twilio::CallStatus;
use twilio::media::{Said, Track, Writer, read};

use super::super::desk::Shown;
use super::super::wire::{Far, In, Out};
use super::control::{Command, Line};
use super::switchboard::{Arrival, Leg, Seat};

/// What may wait for the line.
const COMMANDS: usize = 32;
/// How long the conversation may take to take something up.
const PATIENCE: Duration = Duration::from_secs(1);

/// A call under way.
pub struct Bridge {
    far: Far,
    seat: Seat,
    line: mpsc::Sender<Command>,
    sid: String,
    language: String,
    ear: Option<WebSocket>,
    mouth: Option<Mouth>,
    handing: Handing,
    /// What was heard last, and what is written next: their memory is used again.
    sound: Vec<u8>,
    text: String,
}

struct Mouth {
    socket: WebSocket,
    writer: Writer,
}

/// Whether somebody is to take the call over.
enum Handing {
    /// Nobody.
    No,
    /// Somebody was called, maybe under that id; who is not told anything first has it when they answer.
    Asked(Mode, Option<String>),
    /// They have it: the line is theirs.
    Over,
}

impl Bridge {
    /// Joins streams and conversation.
    pub fn new(line: Line, seat: Seat, ear: Leg, mouth: Leg, far: Far) -> Self {
        let (commands, obeyed) = mpsc::channel(COMMANDS);
        let (sid, news) = (line.sid.clone(), seat.to.clone());
        let language = super::switchboard::find(seat.token()).map(|call| call.language).unwrap_or_default();
        tokio::spawn(line.obey(obeyed, news));
        Self {
            far,
            seat,
            line: commands,
            sid,
            language,
            ear: Some(ear.socket),
            mouth: Some(Mouth { writer: Writer::new(&mouth.start), socket: mouth.socket }),
            handing: Handing::No,
            sound: Vec::new(),
            text: String::new(),
        }
    }

    /// Carries sound until the conversation is over.
    pub async fn carry(mut self) {
        loop {
            tokio::select! {
                out = self.far.from.recv() => match out {
                    Some(out) => self.out(out).await,
                    None => break,
                },
                message = next(self.ear.as_mut()), if self.ear.is_some() => self.heard(message).await,
                message = next(self.mouth.as_mut().map(|mouth| &mut mouth.socket)), if self.mouth.is_some() => {
                    self.answered(message).await;
                }
                Some(arrival) = self.seat.arrivals.recv() => self.arrived(arrival).await,
            }
        }
        self.hang_up().await;
    }

    /// What the conversation wants.
    async fn out(&mut self, out: Out) {
        match out {
            Out::Sound(sound) => self.write(|writer, text| writer.media(&sound, text)).await,
            Out::Mark(number) => self.write(|writer, text| writer.mark(&number.to_string(), text)).await,
            Out::Shown(Shown::Clear) => self.write(Writer::clear).await,
            Out::Keys(keys) => {
                self.tell(In::Open(false)).await;
                self.order(Command::Press(keys)).await;
            }
            Out::HandOver { mode, to, brief, ring_seconds } => {
                self.tell(In::Open(false)).await;
                self.handing = Handing::Asked(mode, None);
                let (to, language) = (Phi::new(to), self.language.clone());
                self.order(Command::HandOver { mode, to, brief, rings: ring_seconds, language }).await;
            }
            Out::HangUp => self.hang_up().await,
            Out::Shown(_) => {}
        }
    }

    async fn write(&mut self, write: impl FnOnce(&Writer, &mut String)) {
        let Some(mouth) = &mut self.mouth else { return };
        write(&mouth.writer, &mut self.text);
        if !send(&mut mouth.socket, Message::text(self.text.as_str())).await {
            self.mouth = None;
            self.tell(In::Open(false)).await;
        }
    }

    /// What the other side says. When that ends, the call has.
    async fn heard(&mut self, message: Option<Message>) {
        let said = match &message {
            Some(Message::Text(text)) => read(text.as_str(), &mut self.sound),
            Some(Message::Close(_)) | None => Ok(Said::Stop),
            Some(_) => return,
        };
        match said {
            // sound that comes faster than it is heard is left out
            Ok(Said::Media { track: Track::Inbound, .. }) => drop(self.far.to.try_send(In::Sound(self.sound.clone()))),
            Ok(Said::Stop) => {
                self.ear = None;
                self.over().await;
            }
            Ok(_) => {}
            Err(_) => tracing::debug!("a message of a stream is not understood"),
        }
    }

    /// What comes back from where we speak.
    async fn answered(&mut self, message: Option<Message>) {
        // its sound is the ear's; only the rest of it is looked at
        let said = match &message {
            Some(Message::Text(text)) => read(text.as_str(), &mut self.sound),
            Some(Message::Close(_)) | None => Ok(Said::Stop),
            Some(_) => return,
        };
        match said {
            Ok(Said::Mark(name)) => {
                if let Ok(number) = name.parse() {
                    self.tell(In::Played(number)).await;
                }
            }
            Ok(Said::Key { key, .. }) => self.tell(In::Keys(key.expose().to_string())).await,
            Ok(Said::Stop) => {
                self.mouth = None;
                self.tell(In::Open(false)).await;
            }
            Ok(_) | Err(_) => {}
        }
    }

    async fn arrived(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Mouth(leg) if leg.start.call == self.sid => {
                self.mouth = Some(Mouth { writer: Writer::new(&leg.start), socket: leg.socket });
                self.tell(In::Open(true)).await;
            }
            Arrival::Ear(leg) if leg.start.call == self.sid => self.ear = Some(leg.socket),
            Arrival::Mouth(_) | Arrival::Ear(_) => {}
            Arrival::Status(status) if status.is_final() => self.over().await,
            Arrival::Status(_) => {}
            // what could not be pressed was not: we go on speaking
            Arrival::Refused => {
                let is_open = self.mouth.is_some();
                self.tell(In::Open(is_open)).await;
            }
            Arrival::SupervisorCalled(Some(sid)) => {
                if let Handing::Asked(_, called) = &mut self.handing {
                    *called = Some(sid);
                } else {
                    self.order(Command::End(Some(sid))).await;
                }
            }
            Arrival::SupervisorCalled(None) => self.not_taken(TransferCase::NoAnswer).await,
            Arrival::SupervisorSays(true) => self.taken().await,
            Arrival::SupervisorSays(false) => self.not_taken(TransferCase::Rejected).await,
            Arrival::SupervisorStatus(CallStatus::Completed) => self.not_taken(TransferCase::Rejected).await,
            Arrival::SupervisorStatus(CallStatus::InProgress)
                if matches!(self.handing, Handing::Asked(Mode::Cold, _)) =>
            {
                self.taken().await;
            }
            Arrival::SupervisorStatus(status) if status.is_final() => self.not_taken(TransferCase::NoAnswer).await,
            Arrival::SupervisorStatus(_) => {}
        }
    }

    /// Somebody has taken the call over.
    async fn taken(&mut self) {
        if matches!(self.handing, Handing::Asked(..)) {
            self.handing = Handing::Over;
            self.tell(In::HandedOver(TransferCase::Bridged)).await;
        }
    }

    /// Nobody takes the call over: it comes back.
    async fn not_taken(&mut self, why: TransferCase) {
        if matches!(self.handing, Handing::Asked(..)) {
            self.handing = Handing::No;
            self.order(Command::TakeBack).await;
            self.tell(In::HandedOver(why)).await;
        }
    }

    /// The other side is gone.
    async fn over(&mut self) {
        if let Handing::Asked(_, Some(called)) = std::mem::replace(&mut self.handing, Handing::No) {
            self.order(Command::End(Some(called))).await;
        }
        self.tell(In::HangUp).await;
    }

    /// The line is closed, unless it is somebody else's by now.
    async fn hang_up(&mut self) {
        match std::mem::replace(&mut self.handing, Handing::Over) {
            Handing::Over => {}
            Handing::Asked(_, Some(called)) => {
                self.order(Command::End(Some(called))).await;
                self.order(Command::End(None)).await;
            }
            Handing::No | Handing::Asked(_, None) => self.order(Command::End(None)).await,
        }
    }

    async fn order(&mut self, command: Command) {
        let _ = self.line.send(command).await;
    }

    /// Tells the conversation. One that does not listen any more holds nothing up.
    async fn tell(&mut self, said: In) {
        let _ = tokio::time::timeout(PATIENCE, self.far.to.send(said)).await;
    }
}

/// The next message of a stream; nothing, when it is closed.
async fn next(socket: Option<&mut WebSocket>) -> Option<Message> {
    match socket {
        Some(socket) => socket.recv().await?.ok(),
        None => std::future::pending().await,
    }
}
