//! What a running server is made of.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::activity::Activity;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::{Keys, RootKeys};
use crate::db::Db;
use crate::db::tenant::Door;
use crate::egress::{self, Egress};
use crate::error::Result;
use crate::limit::Limits;
use crate::live::Live;
use crate::public_egress::PublicEgress;
use crate::token::Tokens;

/// The one state of all handlers, workers and jobs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
#[derive(Debug)]
pub struct Parts {
    /// Settings.
    pub config: Config,
    /// The way to tenant transactions.
    pub door: Door,
    /// Access tokens.
    pub tokens: Tokens,
    /// Limits of this process.
    pub limits: Limits,
    /// Live updates.
    pub live: Live,
    /// The way to the services that practices connect.
    pub outside: Egress,
    /// The way to addresses that people enter.
    pub public: PublicEgress,
    /// Cancelled when the server is to stop.
    pub stop: CancellationToken,
    behind: TaskTracker,
    pub(crate) activity: Activity,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the root key cannot serve, or a setting names an address that is none.
    pub fn new(config: Config, db: Db, root: RootKeys, clock: Clock) -> Result<Self> {
        let tokens = Tokens::new(&root.derive("access-token")?, clock.clone());
        let limits = Limits::new(&config);
        let public = PublicEgress::new(&egress::addresses("webhook_origins", &config.webhook_origins)?)?;
        let mut origins = egress::addresses("calcom_origins", &config.calcom_origins)?;
        origins.extend(egress::addresses("sendgrid_origins", &config.sendgrid_origins)?);
        origins.extend(egress::addresses("twilio_origins", &config.twilio_origins)?);
        origins.extend(egress::addresses("openai_origins", &config.openai_origins)?);
        origins.extend(egress::addresses("deepgram_origins", &config.deepgram_origins)?);
        origins.extend(egress::addresses("cartesia_origins", &config.cartesia_origins)?);
        origins.extend(egress::addresses("elevenlabs_origins", &config.elevenlabs_origins)?);
        origins.extend(egress::addresses("retell_origins", &config.retell_origins)?);
        let outside = Egress::to(&origins)?;
        let public_origin = config.public_origin().into();
        let door = Door { db, keys: Keys::new(root), clock, public_origin, wake: Arc::default() };
        Ok(Self(Arc::new(Parts {
            config,
            door,
            tokens,
            limits,
            live: Live::default(),
            outside,
            public,
            stop: CancellationToken::new(),
            behind: TaskTracker::new(),
            activity: Activity::default(),
        })))
    }

    /// The database, for what comes before a practice is known.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.door.db
    }

    /// Works on behind the answer: for what must not show in how long an answer takes. It is lost when the process
    /// dies, so nothing that was promised may depend on it.
    pub fn behind(&self, work: impl Future<Output = Result<()>> + Send + 'static) {
        self.behind.spawn(async move {
            if let Err(error) = work.await {
                tracing::error!(%error, "work behind an answer failed");
            }
        });
    }

    /// Hears what PostgreSQL is told to pass on in a channel, until the app stops, across losses of the database. Whatever
    /// was said before `begun` is called may have been missed.
    pub(crate) async fn hear(&self, channel: &str, begun: impl Fn(), heard: impl Fn(&str)) {
        while !self.stop.is_cancelled() {
            tokio::select! {
                () = self.stop.cancelled() => return,
                outcome = self.hear_once(channel, &begun, &heard) => if let Err(error) = outcome {
                    tracing::debug!(channel, %error, "nothing is heard until the database is back");
                }
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    async fn hear_once(&self, channel: &str, begun: impl Fn(), heard: impl Fn(&str)) -> Result<()> {
        let mut listener = self.db().listener().await?;
        listener.listen(channel).await?;
        begun();
        // None: the connection was lost, and with it what was said meanwhile
        while let Some(notification) = listener.try_recv().await? {
            heard(notification.payload());
        }
        Ok(())
    }

    /// Waits for the work behind the answers given so far.
    pub async fn caught_up(&self) {
        self.behind.close();
        self.behind.wait().await;
    }

    /// The root keys, for what is sealed before a practice is known.
    #[must_use]
    pub fn root(&self) -> &RootKeys {
        self.door.keys.root()
    }

    /// The clock, for what outlives a request.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.door.clock
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.door.clock.now()
    }
}
