//! Every operation of the OpenAPI document, whoever wrote it: who may call it, what it refuses, and that another
//! practice's things look like things that do not exist. A new operation is covered the moment it is routed.

use platform::permission::{Role, UNDER_GRANT};
use platform::testing::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::links::by_link;
use crate::product;
use crate::things::things;

pub struct Operation {
    pub method: Method,
    pub path: String,
    pub permission: String,
    /// Schema of the body, when it takes one.
    pub body: Option<Value>,
}

fn document() -> Value {
    serde_json::from_str(&server::routes::document().expect("a document")).expect("json")
}

/// What practices call. The operations of the platform's administrators are apart in everything, and so are those of
/// patients who came by a link.
pub fn operations() -> Vec<Operation> {
    let apart = |operation: &Operation| operation.is_of_administrators() || operation.is_of_patients();
    all_operations().into_iter().filter(|operation| !apart(operation)).collect()
}

pub fn all_operations() -> Vec<Operation> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            all.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                permission: operation["x-permission"]
                    .as_str()
                    .expect("every operation states its permission")
                    .to_owned(),
                body: operation["requestBody"]["content"]["application/json"].get("schema").cloned(),
            });
        }
    }
    let ids = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|item| item.as_object().expect("operations").values());
    let ids: std::collections::BTreeSet<_> = ids.map(|operation| operation["operationId"].to_string()).collect();
    assert_eq!(ids.len(), all.len(), "two operations share an id");
    assert!(all.len() >= 12, "the document lost operations");
    all
}

/// The least that a schema takes: what reaches the handler behind the validation.
fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("a name");
        return sample(document, &document["components"]["schemas"][name]);
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let field = |name: &Value| {
        let name = name.as_str().expect("a name");
        let property = &schema["properties"][name];
        let word = property["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let named = word.map_or(&Value::Null, |word| &document["components"]["schemas"][word]);
        let value = match (name, property["type"].as_str(), named["enum"][0].as_str()) {
            (_, _, Some(word)) => json!(word),
            _ if named["properties"].is_object() => sample(document, named),
            (_, Some("integer"), _) => json!(1),
            (_, Some("boolean"), _) => json!(true),
            (_, Some("array"), _) => json!([]),
            ("password", ..) => json!("a long test password"),
            ("reason", Some("string"), _) => json!("as they asked"),
            _ if property["format"] == "date" => json!("2031-01-01"),
            _ => json!("x"),
        };
        (name.to_owned(), value)
    };
    Value::Object(required.iter().map(field).collect())
}

impl Operation {
    pub async fn call(&self, person: &Person, id: Uuid, body: Option<Value>) -> Answer {
        let path = self.path.replace("{id}", &id.to_string()).replace("{number}", "1");
        let request = person.request(self.method.clone(), &path);
        let request = request.header("idempotency-key", Uuid::now_v7().to_string());
        Person::send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    fn is_of_administrators(&self) -> bool {
        self.path.starts_with("/api/v1/admin/")
    }

    pub fn is_of_patients(&self) -> bool {
        self.permission.starts_with("patient_link.")
    }

    /// What speaks FHIR has that standard's rules for parameters, which its own tests try.
    fn is_fhir(&self) -> bool {
        self.path.starts_with("/fhir/")
    }

    fn is_socket(&self) -> bool {
        self.path == "/api/v1/live" || self.path.ends_with("/talk") || self.path.ends_with("/listen")
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

#[tokio::test]
async fn each_role_may_what_the_table_says_and_nothing_else() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let mut told = Vec::new();
    for role in Role::ALL {
        let person = server.colleague_of(&owner, role.name()).await;
        for operation in operations().iter().filter(|o| o.permission != "anybody" && !o.path.contains("/logout")) {
            let answer = operation.call(&person, Uuid::now_v7(), operation.body.as_ref().map(|_| json!({}))).await;
            let refused = answer.status == 403;
            assert_ne!(answer.status, 401, "{} as {}", operation.name(), role.name());
            assert_eq!(
                refused,
                !role.may(&operation.permission),
                "{} as {}: {}",
                operation.name(),
                role.name(),
                answer.body
            );
            if refused {
                assert_eq!(answer.code(), "auth.forbidden");
                told.push(operation.permission.clone());
            }
        }
    }
    let mut conn = server.database.conn().await;
    let denied: i64 = sqlx::query_scalar("select count(*) from audit.entry where outcome = 'denied'")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(usize::try_from(denied).expect("a count"), told.len(), "every refusal is in the ledger");
}

#[tokio::test]
async fn administrators_and_practices_are_strangers_to_each_other() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let administrator = server.administrator("noura").await;
    for operation in all_operations().iter().filter(|o| o.permission != "anybody" && !o.is_of_patients()) {
        assert_eq!(operation.permission == "vantage_admin", operation.is_of_administrators(), "{}", operation.name());
        let (stranger, refusal) = if operation.is_of_administrators() {
            (&owner, (401, "auth.required"))
        } else {
            (&administrator, (403, "support_access.required"))
        };
        let answer = operation.call(stranger, owner.practice(), operation.body.as_ref().map(|_| json!({}))).await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal, "{}", operation.name());
    }
}

#[tokio::test]
async fn under_an_access_support_reads_what_is_listed_and_the_ledger_has_all_of_it() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let administrator = server.administrator("noura").await;
    let access = server.support_access(&administrator, owner.practice()).await;
    let (mut looked, mut refused) = (0, 0);
    for operation in operations().iter().filter(|o| o.permission != "anybody") {
        let request = administrator
            .request(operation.method.clone(), &operation.path.replace("{id}", &Uuid::now_v7().to_string()));
        let request = request.header("x-vantage-grant", access.to_string());
        let answer = Person::send(if operation.body.is_some() { request.json(&json!({})) } else { request }).await;
        let readable = operation.method == Method::GET && !operation.is_fhir();
        let may = readable && UNDER_GRANT.contains(&operation.permission.as_str());
        if may {
            assert!(
                answer.status == 200 || answer.status == 404 || answer.status == 422,
                "{}: {}",
                operation.name(),
                answer.body
            );
            looked += 1;
        } else {
            assert_eq!((answer.status.as_u16(), answer.code()), (403, "auth.forbidden"), "{}", operation.name());
            refused += 1;
        }
    }
    let entries: (i64, i64) = sqlx::query_as(
        "select count(distinct request_id) filter (where outcome = 'ok' and action = 'read'),
                count(*) filter (where outcome = 'denied') from audit.entry where practice_id = $1 and actor_kind = 'break_glass'",
    )
    .bind(owner.practice())
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("counts");
    assert_eq!(entries, (looked, refused));
    assert!(looked >= 5 && refused >= 20, "{looked} {refused}");
}

#[tokio::test]
async fn nobody_comes_in_without_a_session() {
    let server = product().await;
    let mut forger = server.stranger();
    for operation in all_operations().iter().filter(|o| o.permission != "anybody") {
        for token in [None, Some("rubbish"), Some("eyJhbGciOiJub25lIn0.e30.")] {
            forger.token = token.map(str::to_owned);
            let answer = operation.call(&forger, Uuid::now_v7(), operation.body.as_ref().map(|_| json!({}))).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.required"), "{}", operation.name());
        }
    }
}

#[tokio::test]
async fn the_neighbours_things_and_things_that_do_not_exist_answer_the_same() {
    let server = product().await;
    let document = document();
    let mut practices = Vec::new();
    let mut swept = 0;
    // sockets are tried with calls
    for operation in operations().iter().filter(|o| o.path.contains("{id}") && !o.is_socket()) {
        // a practice has only so many roles and keys, so others go on after a while
        if swept % 30 == 0 {
            let owner = async |side: &str| server.owner_of(&format!("{side}-{swept}")).await;
            practices = vec![owner("alpha").await, owner("beta").await];
        }
        let [alpha, beta] = practices.as_slice() else { panic!("two practices") };
        // fresh ones each time, as the operation before may have changed them
        let (own, foreign) = (things(&server, alpha).await, things(&server, beta).await);
        let of = |things: &[(&str, Uuid)]| {
            let found = things.iter().find(|(prefix, _)| operation.path.starts_with(prefix));
            found.unwrap_or_else(|| panic!("{} needs a thing to be tried with", operation.name())).1
        };
        let mut body = operation.body.as_ref().map(|schema| sample(&document, schema));
        if let Some(other) = body.as_mut().and_then(|body| body.get_mut("other")) {
            *other = alpha.post("/api/v1/patients", &json!({ "givenName": "Sarah" })).await.expect(201)["id"].clone();
        }
        if let Some(rule) =
            body.as_mut().and_then(|body| body.get_mut("rule")).filter(|rule| rule.get("templateId").is_some())
        {
            let template = own.iter().find(|(prefix, _)| *prefix == "/api/v1/message-templates/").expect("a template");
            (rule["templateId"], rule["channel"], rule["offsetMinutes"]) =
                (json!(template.1), json!("email"), json!(60));
        }
        if let Some(patient) = body.as_mut().and_then(|body| body.get_mut("patientId")) {
            *patient = alpha.post("/api/v1/patients", &json!({ "givenName": "Sarah" })).await.expect(201)["id"].clone();
        }
        if let Some(cancelled) = body.as_mut().filter(|body| body.get("by").is_some()) {
            cancelled["reason"] = json!("patient_ill");
        }
        if let Some(relative) = body.as_mut().filter(|body| body.get("relationship").is_some()) {
            relative["name"] = json!("Huda");
        }
        let mine = operation.call(alpha, of(&own), body.clone()).await;
        assert!(mine.status.is_success(), "{} on one's own: {}", operation.name(), mine.body);
        let mut theirs = operation.call(alpha, of(&foreign), body.clone()).await;
        let mut nobodys = operation.call(alpha, Uuid::now_v7(), body).await;
        for answer in [&mut theirs, &mut nobodys] {
            answer.body["requestId"] = Value::Null;
        }
        assert_eq!(theirs.status, 404, "{}", operation.name());
        assert_eq!((theirs.status, &theirs.body), (nobodys.status, &nobodys.body), "{}", operation.name());
        swept += 1;
    }
    assert!(swept >= 6);
}

#[tokio::test]
async fn bodies_and_parameters_are_taken_strictly() {
    let server = product().await;
    let (owner, administrator) = (server.owner_of("alpha").await, server.administrator("noura").await);
    let things = things(&server, &owner).await;
    let [to_visit, to_offer] = by_link(&server, &owner).await;
    // what others tell is believed by its signature, before anything of it is read
    let strict = |o: &&Operation| {
        !o.is_socket() && !o.is_fhir() && !o.path.contains("/logout") && !o.path.starts_with("/hooks/")
    };
    for operation in all_operations().iter().filter(strict) {
        let id =
            things.iter().find(|(prefix, _)| operation.path.starts_with(prefix)).map_or(Uuid::nil(), |(_, id)| *id);
        let person = match operation.permission.as_str() {
            "vantage_admin" => &administrator,
            "patient_link.appointment" => &to_visit,
            "patient_link.offer" => &to_offer,
            _ => &owner,
        };
        let path = operation.path.replace("{id}", &id.to_string());
        let unknown = Person::send(person.request(operation.method.clone(), &format!("{path}?nonsense=1"))).await;
        if operation.body.is_none() {
            assert_eq!((unknown.status.as_u16(), unknown.code()), (422, "validation.failed"), "{}", operation.name());
            continue;
        }
        let send = async |content_type: &str, body: Vec<u8>| {
            let request =
                person.request(operation.method.clone(), &path).header("idempotency-key", Uuid::now_v7().to_string());
            let answer = Person::send(request.header("content-type", content_type).body(body)).await;
            (answer.status.as_u16(), answer.code().to_owned(), answer.faults())
        };
        let named = |status: u16, code: &str| (status, code.to_owned(), Vec::new());
        let json = "application/json";
        assert_eq!(send("text/plain", b"{}".to_vec()).await, named(415, "body.media_type"), "{}", operation.name());
        assert_eq!(send(json, b"{".to_vec()).await, named(400, "body.malformed"), "{}", operation.name());
        assert_eq!(send(json, vec![b' '; 1_048_577]).await, named(413, "body.too_large"), "{}", operation.name());
        // the one operation that names a practice goes over to it
        let foreign = if operation.path.ends_with("/auth/switch") { "tenantId" } else { "practiceId" };
        let (status, code, faults) = send(json, format!(r#"{{"{foreign}":"x"}}"#).into_bytes()).await;
        assert_eq!(
            (status, code.as_str(), faults.first().map(String::as_str)),
            (422, "validation.failed", Some(format!("/{foreign} unknown_field").as_str())),
            "{}",
            operation.name()
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_with_a_request_id() {
    let server = product().await;
    let stranger = server.stranger();
    for (method, path, status, code) in [
        (Method::GET, "/api/v1/nothing", 404, "not_found"),
        (Method::DELETE, "/api/v1/services", 405, "method_not_allowed"),
        (Method::POST, "/not-an-api", 404, "not_found"),
    ] {
        let answer = Person::send(stranger.request(method, path)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.headers["x-request-id"], answer.body["requestId"].as_str().expect("an id"));
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn writes_from_other_sites_are_refused() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let answer = Person::send(owner.request(Method::POST, "/api/v1/auth/logout").header(name, value)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "origin.refused"), "{name}");
    }
    let answer =
        Person::send(owner.request(Method::POST, "/api/v1/auth/logout").header("sec-fetch-site", "same-origin")).await;
    assert_eq!(answer.status, 204);
}
