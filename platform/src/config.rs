//! Settings: one list, read once at start from defaults, a TOML file and the environment, in that order.

use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty = $default:expr;)+) => {
        /// The settings. Each is `VANTAGE_NAME` in the environment and `name` in the file.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $name: $kind,)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        /// Name and meaning of every setting.
        pub const SETTINGS: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc),+)),)+];
    };
}

settings! {
    /// Address and port to listen on.
    listen: String = "127.0.0.1:7180".to_owned();
    /// Where people reach the product, without a final slash; links in mails use it. Practices get sub-domains of it.
    /// Empty: http://localhost with the port of listen.
    public_url: String = String::new();
    /// Where the private PostgreSQL, the root key and the ledger's checkpoints lie.
    data_dir: PathBuf = default_data_dir();
    /// Where practices' conversations lie, each in a folder of its practice's slug with one of its call workflow's slug in
    /// it. Empty: the folder clients under data_dir.
    clients_dir: PathBuf = PathBuf::new();
    /// Address of a PostgreSQL of your own, `postgres://user@host/database`; also read from DATABASE_URL.
    /// Empty: a private one under data_dir.
    database_url: String = String::new();
    /// Passwords of the product's roles on that PostgreSQL, `app=…,auth=…,worker=…,platform=…`. `vantage migrate` sets them.
    database_role_passwords: String = String::new();
    /// Most connections for requests.
    database_connections: u32 = 16;
    /// Folder of the PostgreSQL programs (initdb, postgres) for the private one. Empty: the newest that is installed.
    postgres_bin: String = String::new();
    /// The root key itself (`name:base64`, as `vantage key init` makes it). Empty: the file root.key under data_dir.
    root_key: String = String::new();
    /// What is logged, as tracing-subscriber filters say it.
    log: String = "info".to_owned();
    /// `json` for machines, `text` for people.
    log_format: String = "json".to_owned();
    /// Where OTLP traces go (HTTP), such as http://collector:4318/v1/traces. Empty: nowhere.
    otlp_endpoint: String = String::new();
    /// Whether the last address in X-Forwarded-For is believed: true only behind a proxy of yours that sets it.
    trust_forwarded_for: bool = false;
    /// Largest body of a request, in bytes.
    body_limit: usize = 1_048_576;
    /// Seconds that a client may take over the head of a request, and let pass between two.
    header_timeout: u64 = 20;
    /// Seconds until a request is given up.
    request_timeout: u64 = 30;
    /// Requests worked on at the same time; more are turned away with 503.
    concurrent_requests: usize = 512;
    /// Requests per second that one address may make, in the long run.
    rate_per_address: u32 = 100;
    /// Requests per second that one user may make, in the long run.
    rate_per_user: u32 = 50;
    /// Requests per second that one practice may make, in the long run.
    rate_per_practice: u32 = 500;
    /// Signed messages per second that the address of one workflow takes, in the long run.
    rate_per_hook: u32 = 20;
    /// Sign-ins that one address may try per minute.
    sign_ins_per_minute: u32 = 30;
    /// Clinics that one address may sign up per hour.
    sign_ups_per_hour: u32 = 20;
    /// Server for outgoing mail: `smtps://user:password@host` or `smtp://user:password@host:587?tls=required`.
    /// Empty: mails are kept and shown instead of sent.
    smtp_url: String = String::new();
    /// Whom mails are from, `Name <address>`.
    mail_from: String = "Vantage <no-reply@vantage.example>".to_owned();
    /// Hours that invitations of a new practice serve, 1 to 720; each practice changes its own. Also read from
    /// INVITE_EXPIRY_HOURS.
    invite_expiry_hours: u32 = 72;
    /// Months that entries of the ledger are kept, at least. 72: the six years that HIPAA asks for (45 CFR
    /// 164.316(b)(2)(i)). Then whole months leave, and what proves the rest stays.
    audit_retention_months: u32 = 72;
    /// Days until a session ends even when it is used.
    session_days: u32 = 30;
    /// An OpenID Connect provider that people may sign in with: its issuer, such as https://id.example/realms/clinic.
    /// Empty: none.
    oidc_issuer: String = String::new();
    /// The name of this product at that provider. Its redirect address there is public_url and /api/v1/auth/oidc/callback.
    oidc_client_id: String = String::new();
    /// The secret for it. Empty: a public client, protected by PKCE alone.
    oidc_client_secret: String = String::new();
    /// What the button to that provider says.
    oidc_name: String = "Single sign-on".to_owned();
    /// What is asked of that provider, separated by spaces; openid and email are needed.
    oidc_scopes: String = "openid email profile".to_owned();
    /// Addresses beside the issuer's that the provider's own description may name, separated by commas, such as
    /// https://oauth2.googleapis.com,https://www.googleapis.com. Nothing else is ever called.
    oidc_origins: String = String::new();
    /// A Supabase project whose access tokens are accepted, such as https://abcdefgh.supabase.co. Empty: none.
    supabase_url: String = String::new();
    /// What its tokens name as their issuer. Empty: supabase_url and /auth/v1.
    supabase_issuer: String = String::new();
    /// Its shared secret, for projects that sign with one (HS256). Empty: only public keys.
    supabase_jwt_secret: String = String::new();
    /// Where practices may reach Cal.com: the addresses of its API, separated by commas, the usual one first. A practice
    /// chooses among these, and nothing else is ever called for it.
    calcom_origins: String = "https://api.cal.com".to_owned();
    /// Addresses that webhooks of practices may reach although they are not on the public internet, separated by commas,
    /// such as https://erp.hospital.example:8443: its scheme, host and port. Every practice of this installation may.
    webhook_origins: String = String::new();
    /// Where practices may reach SendGrid: the addresses of its API, separated by commas, the usual one first.
    sendgrid_origins: String = "https://api.sendgrid.com,https://api.eu.sendgrid.com".to_owned();
    /// Where practices may reach Twilio.
    twilio_origins: String = "https://api.twilio.com".to_owned();
    /// Where Twilio reaches this very process with the sound of calls, such as https://one.clinic.example: needed where
    /// several processes serve one installation. Empty: public_url.
    media_url: String = String::new();
    /// Where calls may reach language models, with the path of the API; the usual one first.
    openai_origins: String = "https://api.openai.com/v1".to_owned();
    /// Where calls may reach Deepgram.
    deepgram_origins: String = "https://api.deepgram.com".to_owned();
    /// Where calls may reach Cartesia.
    cartesia_origins: String = "https://api.cartesia.ai".to_owned();
    /// Where calls may reach ElevenLabs.
    elevenlabs_origins: String = "https://api.elevenlabs.io".to_owned();
    /// Where practices may reach Retell: the addresses of its API, separated by commas, the usual one first.
    retell_origins: String = "https://api.retellai.com".to_owned();
    /// Servers for mail within the own network that practices may send by, host names separated by commas; others of
    /// theirs must be reachable from everywhere.
    smtp_inner_hosts: String = String::new();
    /// Megabytes of free disk below which changes are refused, so that PostgreSQL never runs dry.
    storage_reserve_mb: u64 = 256;
}

/// Passwords of the runtime roles; empty on the private PostgreSQL, whose socket is the protection.
#[derive(Clone, Default)]
pub struct RolePasswords {
    /// Of vantage_app.
    pub app: String,
    /// Of vantage_auth.
    pub auth: String,
    /// Of vantage_worker.
    pub worker: String,
    /// Of vantage_platform.
    pub platform: String,
}

impl Config {
    /// Reads the settings. `file` must exist when it is given.
    ///
    /// # Errors
    /// When a value does not fit or a key of the file is unknown; the message names it.
    pub fn load(file: Option<&std::path::Path>) -> Result<Self> {
        let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment
            .merge(Env::raw().only(&["DATABASE_URL", "INVITE_EXPIRY_HOURS"]))
            .merge(Env::prefixed("VANTAGE_").only(&names))
            .extract()
            .map_err(|error| Error::internal(error.to_string()))
    }

    /// Scheme, host and port where people reach the product.
    #[must_use]
    pub fn public_origin(&self) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.trim_end_matches('/').to_owned();
        }
        let port = self.listen.rsplit(':').next().unwrap_or_default();
        format!("http://localhost:{port}")
    }

    /// Scheme, host and port where sound of calls reaches this very process.
    #[must_use]
    pub fn media_origin(&self) -> String {
        if self.media_url.is_empty() {
            return self.public_origin();
        }
        self.media_url.trim_end_matches('/').to_owned()
    }

    /// Where the root key lies when it is not in the environment.
    #[must_use]
    pub fn root_key_file(&self) -> PathBuf {
        self.data_dir.join("root.key")
    }

    /// Where conversations of calls lie.
    #[must_use]
    pub fn clients_dir(&self) -> PathBuf {
        if self.clients_dir.as_os_str().is_empty() { self.data_dir.join("clients") } else { self.clients_dir.clone() }
    }

    /// Where the signed checkpoints of the ledger go, outside of the database.
    #[must_use]
    pub fn checkpoint_file(&self) -> PathBuf {
        self.data_dir.join("checkpoints.log")
    }

    /// The passwords of the runtime roles.
    ///
    /// # Errors
    /// When an entry does not name one of the roles.
    pub fn database_passwords(&self) -> Result<RolePasswords> {
        let mut passwords = RolePasswords::default();
        for entry in self.database_role_passwords.split(',').filter(|entry| !entry.is_empty()) {
            let (role, password) = entry.split_once('=').unwrap_or((entry, ""));
            let slot = match role {
                "app" => &mut passwords.app,
                "auth" => &mut passwords.auth,
                "worker" => &mut passwords.worker,
                "platform" => &mut passwords.platform,
                _ => {
                    return Err(Error::internal(
                        "database_role_passwords: an entry is not app=, auth=, worker= or platform=",
                    ));
                }
            };
            password.clone_into(slot);
        }
        Ok(passwords)
    }

    /// Every setting with its value and meaning; what opens doors is shown only as set or not.
    #[must_use]
    pub fn describe(&self) -> String {
        let values = serde_json::to_value(self).unwrap_or_default();
        let mut text = String::new();
        for (name, meaning) in SETTINGS {
            let hidden = SECRETS.contains(name) && values[name] != "";
            let value = if hidden { "\"(set)\"".to_owned() } else { values[name].to_string() };
            if *name == "audit_retention_months" && self.audit_retention_months < SIX_YEARS {
                text += "# NOTE: shorter than the six years that 45 CFR 164.316(b)(2)(i) asks for.\n";
            }
            text += &format!("# {}\n# VANTAGE_{}\n{name} = {value}\n\n", meaning.trim(), name.to_uppercase());
        }
        text
    }
}

/// In months: what HIPAA asks for (45 CFR 164.316(b)(2)(i)).
pub const SIX_YEARS: u32 = 72;

const SECRETS: [&str; 6] =
    ["database_url", "database_role_passwords", "root_key", "smtp_url", "oidc_client_secret", "supabase_jwt_secret"];

/// As root a place that the PostgreSQL user can reach, else the user's own.
fn default_data_dir() -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if crate::postgres::is_root() {
        return "/var/lib/vantage".into();
    }
    std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| home.map(|home| home.join(".local/share")))
        .unwrap_or_else(|| ".".into())
        .join("vantage")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let config = Config {
            root_key: "k:AAAA".to_owned(),
            database_url: "postgres://u:pw@h/d".to_owned(),
            smtp_url: "smtps://u:pw@h".to_owned(),
            ..Config::default()
        };
        let text = config.describe();
        assert!(!text.contains("AAAA") && !text.contains("pw"));
        for (name, meaning) in SETTINGS {
            assert!(text.contains(&format!("\n{name} = ")), "{name}");
            assert!(meaning.len() > 10, "{name} needs its meaning");
        }
    }

    #[test]
    fn a_ledger_kept_for_less_than_six_years_is_told() {
        assert!(!Config::default().describe().contains("NOTE"));
        let config = Config { audit_retention_months: 71, ..Config::default() };
        assert!(config.describe().contains("# NOTE: shorter than the six years"));
    }

    #[test]
    fn passwords_are_read_by_role() {
        let config = Config { database_role_passwords: "app=a,auth=b=c".to_owned(), ..Config::default() };
        let passwords = config.database_passwords().expect("reads");
        assert_eq!((passwords.app.as_str(), passwords.auth.as_str()), ("a", "b=c"));
        let config = Config { database_role_passwords: "root=x".to_owned(), ..Config::default() };
        assert!(config.database_passwords().is_err());
    }
}
