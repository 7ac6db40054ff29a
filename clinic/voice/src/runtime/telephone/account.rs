//! Which account of Twilio's a call is made with: `services.yaml` names it, and the practice's key under that name is
//! `AC…:token`.

use dialogue::services::{Carrier, Services};
use platform::App;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use platform::phi::Phi;
use twilio::{Client, Connection};

use super::super::parts::{first, key, reached};

/// An account, and the number that it calls from.
#[derive(Clone)]
pub struct Account {
    /// Who makes calls.
    pub client: Client,
    /// What proves that a message is Twilio's.
    pub token: Phi<String>,
    /// The number that is shown, in E.164.
    pub from: String,
}

platform::undisclosed!(Account);

/// The account of a call workflow; none where it does not telephone by Twilio.
///
/// # Errors
/// 409 `call.no_key`, `call.account`, `call.address`.
pub async fn of(app: &App, tx: &mut TenantTx, services: &Services) -> Result<Option<Account>> {
    let telephony = &services.telephony;
    let (Carrier::Twilio, Some(from)) = (telephony.provider, &telephony.from) else { return Ok(None) };
    let secret = key(tx, telephony.account.as_ref().map(|account| &account.secret)).await?;
    let (account, token) =
        secret.expose().split_once(':').filter(|(sid, token)| is_account(sid, token)).ok_or_else(|| {
            Error::conflict(
                "call.account",
                "The key of the telephone is the account's SID and token with a colon between: AC…:…",
            )
        })?;
    let token = Phi::new(token.to_owned());
    let base = reached(app, first(&app.config.twilio_origins)?)?;
    let connection =
        Connection { egress: app.outside.clone(), base, account: account.to_owned(), token: token.clone() };
    Ok(Some(Account { client: Client::new(connection), token, from: from.clone() }))
}

fn is_account(sid: &str, token: &str) -> bool {
    sid.len() == 34 && sid.starts_with("AC") && sid.bytes().all(|b| b.is_ascii_alphanumeric()) && !token.is_empty()
}
