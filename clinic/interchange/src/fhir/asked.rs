//! What was asked for: the representation, and the parameters of a search (hl7.org/fhir/R4/search.html).

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use platform::app::App;
use platform::db::TenantTx;
use platform::error::Error;
use platform::{Result, undisclosed};

use super::answer::{Links, base};
use super::sealed;

/// A parameter that a resource can be searched by.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in the standard.
    pub name: &'static str,
    /// `string`, `token`, `date` or `reference`.
    pub kind: &'static str,
    /// What it means here.
    pub about: &'static str,
    /// Whether its values tell something about a person, so that no link of ours shows them.
    pub personal: bool,
    /// Its modifiers.
    pub modifiers: &'static [&'static str],
}

/// The id of a resource.
pub const ID: Parameter =
    Parameter { name: "_id", kind: "token", about: "The resource's id.", personal: false, modifiers: &[] };
/// When a resource was changed last.
pub const LAST_UPDATED: Parameter = Parameter {
    name: "_lastUpdated",
    kind: "date",
    about: "When it was changed last. Without a time zone, UTC is meant.",
    personal: false,
    modifiers: &[],
};

/// Entries of a page when nothing else is asked for, and the most.
const COUNT: u32 = 50;
const MOST: u32 = 200;
/// More is no search of anybody.
const MOST_PARAMETERS: usize = 40;
const LONGEST: usize = 2000;
const MOST_ALTERNATIVES: usize = 100;

/// That JSON is wanted, the only format here. Any handler whose answer is FHIR takes this.
#[derive(Debug)]
pub struct InJson;

impl FromRequestParts<App> for InJson {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let format = pairs.filter(|(name, _)| name == "_format").last().map(|(_, value)| value.into_owned());
        check_format(format.as_deref(), &parts.headers)?;
        Ok(Self)
    }
}

/// `_format` counts before `Accept` (hl7.org/fhir/R4/http.html#parameters).
fn check_format(format: Option<&str>, headers: &HeaderMap) -> Result<()> {
    let accepted: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .collect();
    let fits = match format.filter(|format| !format.is_empty()) {
        Some(format) => is_json(&format.replace(' ', "+")),
        None => accepted.is_empty() || accepted.into_iter().any(is_json),
    };
    if fits {
        return Ok(());
    }
    Err(Error::new(
        StatusCode::NOT_ACCEPTABLE,
        "format.not_acceptable",
        "Here is JSON of FHIR R4 only: accept application/fhir+json.",
    ))
}

fn is_json(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let kinds = [
        "*/*",
        "application/*",
        "application/fhir+json",
        "application/json",
        "application/json+fhir",
        "text/json",
        "json",
    ];
    let refused = |part: &str| match part.split_once('=') {
        Some(("fhirVersion", version)) => !["4.0", "4.0.1"].contains(&version.trim_matches('"')),
        Some(("q", weight)) => weight.parse() == Ok(0.0),
        _ => false,
    };
    kinds.contains(&kind.as_str()) && !parts.any(refused)
}

/// A search as it was sent: by `GET`, or by `POST` as a form.
#[derive(Clone)]
pub struct Search {
    given: Vec<(String, String)>,
    strict: bool,
}

/// A search whose parameters are known here.
pub struct Known {
    /// What to search by: the parameter, its modifier, and its value.
    pub by: Vec<(&'static Parameter, Option<&'static str>, String)>,
    /// Entries of a page.
    pub count: u32,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Names of what was left out of account.
    pub ignored: Vec<String>,
}

undisclosed!(Search, Known);

impl FromRequest<App> for Search {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let mut given = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        if parts.method == Method::POST {
            let body = axum::body::to_bytes(body, app.config.body_limit).await.map_err(|_| too_large())?;
            if !body.is_empty() && !is_form(&parts.headers) {
                return Err(Error::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "body.media_type",
                    "Send application/x-www-form-urlencoded.",
                ));
            }
            given.extend(pairs(&body));
        }
        let format = given.iter().rfind(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        check_format(format, &parts.headers)?;
        let prefer = parts.headers.remove("prefer");
        let strict = prefer.and_then(|value| value.to_str().map(str::to_owned).ok());
        let strict = strict.is_some_and(|prefer| prefer.split([',', ';']).any(|one| one.trim() == "handling=strict"));
        if given.len() > MOST_PARAMETERS || given.iter().any(|(_, value)| value.len() > LONGEST) {
            return Err(too_large());
        }
        Ok(Self { given, strict })
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "This is more than anybody searches by.")
}

/// 400 for a value that cannot be searched by.
pub fn unfit(name: &str, message: &str) -> Error {
    invalid().at(&format!("?{name}"), "invalid", message)
}

/// A cursor that is none, which lists refuse in their own words, as a fault of this search.
pub fn at_cursor(error: Error) -> Error {
    if error.status() != StatusCode::UNPROCESSABLE_ENTITY {
        return error;
    }
    unfit(sealed::CURSOR, "Use the link to the next page as it was given.")
}

fn invalid() -> Error {
    Error::new(StatusCode::BAD_REQUEST, "search.invalid", "This search cannot be done; see what is at fault.")
}

impl Search {
    /// Sorts what was sent by what a resource can be searched by, and opens what an earlier link sealed. What is not
    /// known is left out of account, and the answer says so; with `Prefer: handling=strict` it is refused
    /// (hl7.org/fhir/R4/search.html#errors). A modifier that is not known is refused always, as the standard demands.
    ///
    /// # Errors
    /// 400 with the parameter at fault.
    pub async fn known(self, tx: &mut TenantTx, parameters: &'static [Parameter]) -> Result<Known> {
        let mut known = Known { by: Vec::new(), count: COUNT, cursor: None, ignored: Vec::new() };
        for (given, value) in self.given.into_iter().filter(|(_, value)| !value.is_empty()) {
            let (name, modifier) = given.split_once(':').map_or((&*given, None), |(name, rest)| (name, Some(rest)));
            match name {
                "_format" | "_pretty" => continue,
                "_count" => {
                    let count = value.parse().ok().filter(|count| *count > 0);
                    known.count = MOST.min(count.ok_or_else(|| unfit("_count", "A page has at least one entry."))?);
                    continue;
                }
                sealed::CURSOR => {
                    known.cursor = Some(value);
                    continue;
                }
                _ => {}
            }
            let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
                known.ignored.push(given.chars().filter(|c| c.is_ascii_graphic()).take(60).collect());
                continue;
            };
            let unknown = || invalid().at(&format!("?{name}"), "modifier", "This modifier is not supported here.");
            let known_one = |wanted: &str| parameter.modifiers.iter().find(|known| **known == wanted).copied();
            let modifier = modifier.map(|wanted| known_one(wanted).ok_or_else(unknown)).transpose()?;
            let value = if parameter.personal { sealed::opened(tx, parameter.name, value).await? } else { value };
            known.by.push((parameter, modifier, value));
        }
        if self.strict && !known.ignored.is_empty() {
            let unsupported = |error: Error, name: &String| {
                error.at(&format!("?{name}"), "not_supported", "This parameter is not supported here.")
            };
            return Err(known.ignored.iter().fold(invalid(), unsupported));
        }
        Ok(known)
    }
}

impl Known {
    /// The address of this page and of the next one, at which anybody with the right finds the same: what was searched
    /// by, personal values sealed with the practice's key.
    pub async fn links(&self, tx: &mut TenantTx, app: &App, kind: &str, next: Option<String>) -> Result<Links> {
        let mut pairs = Vec::with_capacity(self.by.len() + 1);
        for (parameter, modifier, value) in &self.by {
            let name = modifier.map_or(parameter.name.to_owned(), |modifier| format!("{}:{modifier}", parameter.name));
            let value =
                if parameter.personal { sealed::closed(tx, parameter.name, value).await? } else { value.clone() };
            pairs.push((name, value));
        }
        pairs.push(("_count".to_owned(), self.count.to_string()));
        let at = |cursor: Option<&String>| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(&pairs).extend_pairs(cursor.map(|cursor| (sealed::CURSOR, cursor)));
            format!("{}/{kind}?{}", base(app), query.finish())
        };
        Ok(Links { this: at(self.cursor.as_ref()), next: next.as_ref().map(|next| at(Some(next))) })
    }

    /// Names of what was searched by, for the ledger.
    pub fn names(&self) -> Vec<&'static str> {
        self.by.iter().map(|(parameter, ..)| parameter.name).collect()
    }
}

/// The alternatives of a value, which commas separate; a backslash keeps one (hl7.org/fhir/R4/search.html#escaping).
///
/// # Errors
/// 400 for too many of them.
pub fn alternatives(name: &str, value: &str) -> Result<Vec<String>> {
    let mut found = vec![String::new()];
    let mut letters = value.chars();
    while let (Some(letter), Some(last)) = (letters.next(), found.last_mut()) {
        match letter {
            '\\' => last.extend(letters.next()),
            ',' => found.push(String::new()),
            letter => last.push(letter),
        }
    }
    if found.len() > MOST_ALTERNATIVES {
        return Err(unfit(name, "These are too many values."));
    }
    Ok(found.into_iter().map(|one| one.trim_end().to_owned()).filter(|one| !one.is_empty()).collect())
}

/// A page of what was found as a whole, by what is smaller for what comes earlier: what follows the cursor, and the next
/// cursor.
///
/// # Errors
/// 400 for a cursor that is none.
pub fn cut<T, K: FromStr + Ord + Display>(
    known: &Known,
    mut all: Vec<T>,
    key: impl Fn(&T) -> K,
) -> Result<(Vec<T>, Option<String>)> {
    if let Some(cursor) = &known.cursor {
        let after = cursor.parse::<K>().ok();
        let after = after.ok_or_else(|| unfit(sealed::CURSOR, "Use the link to the next page as it was given."))?;
        all.retain(|one| key(one) > after);
    }
    let more = all.len() > known.count as usize;
    all.truncate(known.count as usize);
    let next = all.last().filter(|_| more).map(|one| key(one).to_string());
    Ok((all, next))
}

/// Ids among the alternatives: bare, or as references to a kind of resource. What is no id names nothing.
///
/// # Errors
/// 400 for too many of them.
pub fn ids(name: &str, value: &str, kind: &str) -> Result<Vec<uuid::Uuid>> {
    let id = |one: String| {
        let (before, id) = one.rsplit_once('/').unwrap_or(("", &one));
        (before.is_empty() || before == kind || before.ends_with(&format!("/{kind}"))).then(|| id.parse().ok())?
    };
    Ok(alternatives(name, value)?.into_iter().filter_map(id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_unless_they_are_kept() {
        let all = |value: &str| alternatives("name", value).expect("values");
        assert_eq!(all("Sara,Ali"), ["Sara", "Ali"]);
        assert_eq!(all(r"Ali\, Sara,\\"), ["Ali, Sara", r"\"]);
        assert_eq!(all(","), [""; 0]);
        assert!(alternatives("name", &"a,".repeat(200)).is_err());
    }

    #[test]
    fn json_is_taken_in_any_of_its_names_and_nothing_else() {
        let takes = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            check_format(None, &headers).is_ok()
        };
        for accept in [
            "*/*",
            "application/fhir+json; fhirVersion=4.0",
            "application/xml, application/json;q=0.5",
            "text/html, */*;q=0.8",
        ] {
            assert!(takes(accept), "{accept}");
        }
        for accept in
            ["application/fhir+xml", "text/html", "application/fhir+json; fhirVersion=3.0", "application/json;q=0"]
        {
            assert!(!takes(accept), "{accept}");
        }
        let none = HeaderMap::new();
        assert!(
            check_format(Some("json"), &none).is_ok() && check_format(Some("application/fhir json"), &none).is_ok()
        );
        assert!(check_format(Some("xml"), &none).is_err());
    }

    #[test]
    fn references_are_ids_of_their_kind() {
        let id = uuid::Uuid::now_v7();
        let found = |value: String| ids("patient", &value, "Patient").expect("values");
        for value in [format!("{id}"), format!("Patient/{id}"), format!("https://server.example/fhir/Patient/{id}")] {
            assert_eq!(found(value.clone()), [id], "{value}");
        }
        assert!(found(format!("Group/{id},x")).is_empty());
    }
}
