//! The task between a WebSocket and a [`Line`].

use std::collections::VecDeque;
use std::time::Duration;

use speech::{Line, Trouble};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::socket::{Came, Frame, Patience, Socket};
use crate::trouble;

/// Wishes that may wait: of sound in pieces of 20 ms, two and a half seconds.
const WISHES: usize = 128;
/// Answers that may wait; while they do, nothing is read.
const ANSWERS: usize = 64;
/// How much later what is due counts as late when nothing was read for a while, as it may be on its way.
const GRACE: Duration = Duration::from_secs(1);

/// What a service is told and tells, without sockets, clocks and tasks.
pub trait Dialect: Send + 'static {
    /// What is wished for.
    type To: Send + 'static;
    /// What is told.
    type From: Send + 'static;

    /// Somebody wishes for something.
    ///
    /// # Errors
    /// When that cannot be; the line ends.
    fn tell(&mut self, wish: Self::To, out: &mut Out<Self::From>) -> Result<(), Trouble>;

    /// Something came.
    ///
    /// # Errors
    /// When it says that something went wrong, or says nothing that is understood; the line ends.
    fn hear(&mut self, frame: Frame, out: &mut Out<Self::From>) -> Result<(), Trouble>;

    /// When [`Dialect::late`] wants to be called if nothing comes before.
    fn due(&self) -> Option<Instant>;

    /// What was due has not come, or it is time for a sign of life.
    ///
    /// # Errors
    /// When the other side took too long; the line ends.
    fn late(&mut self, out: &mut Out<Self::From>) -> Result<(), Trouble>;

    /// Nobody will wish for anything any more: what is said before leaving.
    fn leave(&mut self, out: &mut Out<Self::From>);

    /// Whether nothing is expected any more, so that both sides may hang up.
    fn is_at_rest(&self) -> bool;
}

/// What comes of something.
#[derive(Debug)]
pub struct Out<From> {
    /// When it happened.
    pub now: Instant,
    /// For the service.
    pub frames: Vec<Frame>,
    /// For whoever holds the line; what nobody has taken yet may be taken back.
    pub told: VecDeque<From>,
}

impl<From> Out<From> {
    /// Nothing yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { now, frames: Vec::new(), told: VecDeque::new() }
    }
}

/// A line over this socket, in this dialect.
#[must_use]
pub fn serve<D: Dialect>(socket: Socket, dialect: D, patience: Patience) -> Line<D::To, D::From> {
    let (to, wishes) = mpsc::channel(WISHES);
    let (answers, from) = mpsc::channel(ANSWERS);
    let served = Served { socket, dialect, out: Out::new(Instant::now()), patience, read: Instant::now() };
    Line { to, from, kept: tokio::spawn(served.run(wishes, answers)).into() }
}

struct Served<D: Dialect> {
    socket: Socket,
    dialect: D,
    out: Out<D::From>,
    patience: Patience,
    /// When nothing kept from reading any more.
    read: Instant,
}

impl<D: Dialect> Served<D> {
    async fn run(mut self, wishes: mpsc::Receiver<D::To>, answers: mpsc::Sender<Result<D::From, Trouble>>) {
        let ended = self.converse(wishes, &answers).await;
        // what was understood before the end comes before it
        for told in self.out.told {
            if answers.send(Ok(told)).await.is_err() {
                return;
            }
        }
        match ended {
            Ok(()) => self.socket.close().await,
            // they may have left too
            Err(trouble) => drop(answers.send(Err(trouble)).await),
        }
    }

    /// Until one of both hangs up. What was told goes first, as nothing is read before it is taken; then what comes, so that
    /// many wishes keep nobody from being heard; and nothing is late that has come already.
    async fn converse(
        &mut self,
        mut wishes: mpsc::Receiver<D::To>,
        answers: &mpsc::Sender<Result<D::From, Trouble>>,
    ) -> Result<(), Trouble> {
        let mut leaving = None;
        while leaving.is_none() || !self.dialect.is_at_rest() {
            let may_read = self.out.told.is_empty();
            let due = self.due(leaving);
            tokio::select! {
                biased;
                permit = answers.reserve(), if !may_read => {
                    // nobody listens
                    let Ok(permit) = permit else { return Ok(()) };
                    if let Some(told) = self.out.told.pop_front() {
                        permit.send(Ok(told));
                    }
                    self.read = Instant::now();
                }
                came = self.socket.next(), if may_read => {
                    self.out.now = Instant::now();
                    match came? {
                        Came::Frame(frame) => self.dialect.hear(frame, &mut self.out)?,
                        Came::Closed(code) => return self.closed(code, leaving.is_some()),
                    }
                }
                wish = wishes.recv(), if leaving.is_none() => {
                    self.out.now = Instant::now();
                    match wish {
                        Some(wish) => self.dialect.tell(wish, &mut self.out)?,
                        None => {
                            leaving = Some(self.out.now + self.patience.answer);
                            self.dialect.leave(&mut self.out);
                        }
                    }
                }
                () = sleep_until(due.unwrap_or(self.out.now)), if may_read && due.is_some() => {
                    if leaving.is_some_and(|at| at <= Instant::now()) {
                        return Err(Trouble::new("timeout"));
                    }
                    self.out.now = Instant::now();
                    self.dialect.late(&mut self.out)?;
                }
            }
            for frame in self.out.frames.drain(..) {
                self.socket.send(frame).await?;
            }
        }
        Ok(())
    }

    fn due(&self, leaving: Option<Instant>) -> Option<Instant> {
        let due = self.dialect.due().map(|due| due.max(self.read + GRACE.min(self.patience.answer)));
        due.into_iter().chain(leaving).min()
    }

    /// A good-bye is fine (RFC 6455, 7.4.1: normal closure, going away; some give no reason) when nothing is expected, and
    /// from whom it was said to.
    fn closed(&self, code: Option<u16>, is_leaving: bool) -> Result<(), Trouble> {
        if (is_leaving || self.dialect.is_at_rest()) && matches!(code, None | Some(1000 | 1001)) {
            return Ok(());
        }
        Err(trouble::of_close(code))
    }
}
