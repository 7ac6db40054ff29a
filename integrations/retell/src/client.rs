//! The API itself, over HTTP.

use std::time::Duration;

use platform::egress::{self, Answer, Egress, RequestBuilder, Url};
use platform::phi::Phi;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::failure::{self, Failure, Reason};
use crate::provider::{
    Agent, CallPage, CallQuery, Found, LONGEST_PAGE, NewPhoneCall, NewWebCall, OUR_ID, Provider, Variables, WebCall,
};

/// Largest answer in bytes: an hour's call with the instant of each word has some 2,000,000.
const LARGEST: usize = 8_388_608;
/// Dialling takes its time; Retell's own libraries wait for two minutes.
const DIALLED_WITHIN: Duration = Duration::from_secs(60);
/// Long lists take theirs.
const LISTED_WITHIN: Duration = Duration::from_secs(30);
/// Agents of a page, and pages that are looked through.
const AGENTS: usize = 1000;
const MOST_PAGES: usize = 20;

/// Where and as whom to ask.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The way out, which must lead to `base`.
    pub egress: Egress,
    /// The API's address: `https://api.retellai.com`.
    pub base: Url,
    /// `key_…`
    pub key: Phi<String>,
}

/// Retell.
#[derive(Clone, Debug)]
pub struct Client(Connection);

#[derive(Deserialize)]
struct Opened {
    access_token: String,
    #[serde(flatten)]
    call: Map<String, Value>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    pagination_key: Option<String>,
}

impl Client {
    /// Over this connection.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self(connection)
    }

    fn url(&self, path: &[&str], query: &[(&str, String)]) -> Result<Url, Failure> {
        let mut url = self.0.base.clone();
        url.path_segments_mut().map_err(|()| Failure::unreached())?.pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn get(&self, path: &[&str], query: &[(&str, String)]) -> Result<RequestBuilder, Failure> {
        let request = self.0.egress.get(&self.url(path, query)?).map_err(|_| Failure::unreached())?;
        Ok(request.bearer_auth(self.0.key.expose()))
    }

    fn post(&self, path: &[&str], body: &Value) -> Result<RequestBuilder, Failure> {
        let request = self.0.egress.post(&self.url(path, &[])?).map_err(|_| Failure::unreached())?;
        Ok(request.bearer_auth(self.0.key.expose()).json(body))
    }

    /// A page of agents behind the last one of the page before.
    async fn agents_behind(&self, last: Option<&Agent>) -> Result<Vec<Value>, Failure> {
        let mut query = vec![("limit", AGENTS.to_string()), ("is_latest", "true".to_owned())];
        if let Some(last) = last {
            query.push(("pagination_key", last.id.clone()));
            query.push(("pagination_key_version", last.version.to_string()));
        }
        read(self.get(&["list-agents"], &query)?).await
    }
}

impl Provider for Client {
    fn agents(&self) -> Found<'_, Vec<Agent>> {
        Box::pin(async move {
            let mut all: Vec<Agent> = Vec::new();
            for _ in 0..MOST_PAGES {
                let page = self.agents_behind(all.last()).await?;
                let before = all.len();
                all.extend(page.iter().filter_map(agent));
                // a page of nothing that can be read leads nowhere
                if page.len() < AGENTS || all.len() == before {
                    break;
                }
            }
            newest(&mut all);
            Ok(all)
        })
    }

    fn dial<'a>(&'a self, new: &'a NewPhoneCall) -> Found<'a, Call> {
        Box::pin(async move {
            let mut body = json!({
                "from_number": new.from,
                "to_number": new.to.expose(),
                "metadata": { OUR_ID: new.our_id },
            });
            body["retell_llm_dynamic_variables"] = variables(&new.variables);
            if let Some(agent) = &new.agent {
                body["override_agent_id"] = agent.as_str().into();
            }
            begin(self.post(&["v2", "create-phone-call"], &body)?).await
        })
    }

    fn open_web<'a>(&'a self, new: &'a NewWebCall) -> Found<'a, WebCall> {
        Box::pin(async move {
            let body = json!({
                "agent_id": new.agent,
                "metadata": { OUR_ID: new.our_id },
                "retell_llm_dynamic_variables": variables(&new.variables),
            });
            let opened: Opened = begin(self.post(&["v2", "create-web-call"], &body)?).await?;
            let call = Call::read(&Value::Object(opened.call)).map_err(|_| Failure::Unknown)?;
            Ok(WebCall { call, access_token: Phi::new(opened.access_token) })
        })
    }

    fn get<'a>(&'a self, id: &'a str) -> Found<'a, Call> {
        Box::pin(async move { read(self.get(&["v2", "get-call", id], &[])?).await })
    }

    fn list<'a>(&'a self, wanted: &'a CallQuery) -> Found<'a, CallPage> {
        Box::pin(async move {
            let request = self.post(&["v3", "list-calls"], &query(wanted))?.timeout(LISTED_WITHIN);
            let page: Page = read(request).await?;
            Ok(CallPage {
                calls: page.items.iter().filter_map(|call| Call::read(call).ok()).collect(),
                next: page.pagination_key.filter(|key| page.has_more && !key.is_empty()),
            })
        })
    }

    fn stop<'a>(&'a self, id: &'a str) -> Found<'a, ()> {
        Box::pin(async move {
            match taken(self.post(&["v2", "stop-call", id], &json!({}))?, failure::of).await {
                Ok(_) => Ok(()),
                Err(Failure::Refused(refusal)) if is_over(refusal.reason) => Ok(()),
                Err(failure) => Err(failure),
            }
        })
    }
}

/// A call that is over, or gone, cannot be ended; Retell tells neither from the other.
fn is_over(reason: Reason) -> bool {
    matches!(reason, Reason::Missing | Reason::Invalid)
}

fn variables(variables: &Variables) -> Value {
    variables.0.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
}

fn query(wanted: &CallQuery) -> Value {
    let mut filter = Map::new();
    if let Some(since) = wanted.since {
        let since = json!({ "type": "number", "op": "ge", "value": since.as_millisecond() });
        filter.insert("start_timestamp".to_owned(), since);
    }
    if let Some(id) = &wanted.our_id {
        let ours = json!([{ "key": OUR_ID, "type": "string", "op": "eq", "value": id }]);
        filter.insert("metadata".to_owned(), ours);
    }
    let mut body = json!({
        "filter_criteria": filter,
        "sort_order": "ascending",
        "limit": wanted.limit.clamp(1, LONGEST_PAGE),
    });
    if let Some(after) = &wanted.after {
        body["pagination_key"] = after.as_str().into();
    }
    body
}

fn agent(agent: &Value) -> Option<Agent> {
    let text = |name: &str| crate::call::text(&agent[name]);
    Some(Agent {
        id: text("agent_id").filter(|id| id.len() <= 200)?,
        name: text("agent_name"),
        version: agent["version"].as_i64().unwrap_or(0),
        published: agent["is_published"] == true,
        language: text("language"),
    })
}

/// Older answers have each version of an agent.
fn newest(agents: &mut Vec<Agent>) {
    agents.sort_by(|a, b| a.id.cmp(&b.id).then(b.version.cmp(&a.version)));
    agents.dedup_by(|later, first| later.id == first.id);
}

async fn begin<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    parse(&taken(request.timeout(DIALLED_WITHIN), failure::of_beginning).await?)
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    parse(&taken(request, failure::of).await?)
}

async fn taken(request: RequestBuilder, failure: fn(&Answer) -> Failure) -> Result<Answer, Failure> {
    let answer = egress::answer(request, LARGEST).await?;
    if answer.status.is_success() { Ok(answer) } else { Err(failure(&answer)) }
}

fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| Failure::Unknown)
}
