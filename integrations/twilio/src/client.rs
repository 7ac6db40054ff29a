//! The API itself, over HTTP: forms go in, JSON comes out.

use jiff::Timestamp;
use platform::egress::{self, Egress, RequestBuilder, Url};
use platform::phi::Phi;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::{self, Failure};
use crate::message::{Account, Message, NewMessage};

/// Largest answer in bytes: a hundred messages of the longest text have some 1,200,000.
const LARGEST: usize = 2_097_152;
/// Messages of a page, and pages that are looked through.
const PAGE: usize = 100;
const MOST_PAGES: usize = 20;

/// Where and as whom to ask.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The way out, which must lead to `base`.
    pub egress: Egress,
    /// The API's address, without version: `https://api.twilio.com`.
    pub base: Url,
    /// `AC…`
    pub account: String,
    /// The account's token, which also signs webhooks.
    pub token: Phi<String>,
}

/// Twilio.
#[derive(Clone, Debug)]
pub struct Client(Connection);

#[derive(Deserialize)]
struct Page<T> {
    #[serde(alias = "messages", alias = "calls")]
    items: Vec<T>,
    next_page_uri: Option<String>,
}

impl Client {
    /// Over this connection.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// Sends a message, once. Only what is refused or for later may be sent again: see [`Failure`].
    ///
    /// # Errors
    /// When it was not taken, or nobody knows.
    pub async fn send_message(&self, new: &NewMessage) -> Result<Message, Failure> {
        self.post(&self.account_url(&["Messages.json"])?, &new.fields()).await
    }

    /// A message.
    ///
    /// # Errors
    /// When there is no such message or answer.
    pub async fn fetch_message(&self, sid: &str) -> Result<Message, Failure> {
        self.get(&self.account_url(&["Messages", &format!("{sid}.json")])?).await
    }

    /// Messages to a number that Twilio took at this instant or later, over all pages: whether one is there whose sending was
    /// not answered. (Twilio has the number in the URL.) It would filter by when they were sent, and not show those that still
    /// wait; so it is asked for all of a number. Its clock is not ours and shows whole seconds: ask from a little earlier on.
    ///
    /// # Errors
    /// When there is no such answer; [`Failure::Unknown`] also when there are more than are looked through.
    pub async fn sent_to(&self, to: &Phi<String>, since: Timestamp) -> Result<Vec<Message>, Failure> {
        let messages: Vec<Message> = self.all_to(self.account_url(&["Messages.json"])?, to).await?;
        Ok(messages.into_iter().filter(|message| message.date_created.is_none_or(|at| at >= since)).collect())
    }

    /// All to a number, over all pages.
    pub(crate) async fn all_to<T: DeserializeOwned>(&self, first: Url, to: &Phi<String>) -> Result<Vec<T>, Failure> {
        let mut url = first.clone();
        url.query_pairs_mut().append_pair("To", to.expose()).append_pair("PageSize", &PAGE.to_string());
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let page: Page<T> = self.get(&url).await?;
            found.extend(page.items);
            let Some(next) = page.next_page_uri else { return Ok(found) };
            // where the next page is, and never at another address
            let next = self.0.base.join(&next).map_err(|_| Failure::Unknown)?;
            url = first.clone();
            url.set_query(next.query());
        }
        // what was not looked through may hold the one that is looked for
        Err(Failure::Unknown)
    }

    /// The account. Asking proves its token.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn account(&self) -> Result<Account, Failure> {
        self.get(&self.url(&["Accounts", &format!("{}.json", self.0.account)])?).await
    }

    fn url(&self, path: &[&str]) -> Result<Url, Failure> {
        let mut url = self.0.base.clone();
        url.path_segments_mut().map_err(|()| Failure::unreached())?.pop_if_empty().push("2010-04-01").extend(path);
        Ok(url)
    }

    /// Below the account.
    pub(crate) fn account_url(&self, path: &[&str]) -> Result<Url, Failure> {
        self.url(&[&["Accounts", &self.0.account], path].concat())
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        url: &Url,
        fields: &[(&'static str, String)],
    ) -> Result<T, Failure> {
        let request = self.0.egress.post(url).map_err(|_| Failure::unreached())?;
        self.read(request.form(fields)).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<T, Failure> {
        self.read(self.0.egress.get(url).map_err(|_| Failure::unreached())?).await
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let request = request.basic_auth(&self.0.account, Some(self.0.token.expose()));
        let answer = egress::answer(request, LARGEST).await?;
        if !answer.status.is_success() {
            return Err(failure::of(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|_| Failure::Unknown)
    }
}
