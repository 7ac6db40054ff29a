//! The engine's own actions: setting a variable, formatting a text, finding records.

use futures::future::BoxFuture;
use platform::db::TenantTx;
use platform::error::Result;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::block::{Action, Blocks, Call, Field, FindQuery, Kind, Run, missing};
use crate::registry::registry;

/// Sets `vars.NAME` to a value.
pub const SET: &str = "variable.set";
/// Makes a text of variables.
pub const FORMAT: &str = "text.format";
/// Finds records of a kind.
pub const FIND: &str = "records.find";
/// The most records that are found at once.
pub const MOST_FOUND: i64 = 1000;
/// Records that are looked up at once.
const PAGE: i64 = 200;

/// The engine's own blocks.
pub fn blocks() -> Blocks {
    Blocks { actions: vec![&SET_VARIABLE, &FORMAT_TEXT, &FIND_RECORDS], ..Blocks::default() }
}

static SET_VARIABLE: Action = Action {
    name: SET,
    permission: "workflows.write",
    fields: &[
        Field::new("name", Kind::Text, r#""greeting""#).required(),
        Field::new("value", Kind::LongText, r#""Good morning""#).required(),
    ],
    gives: &[],
    run: Run::Inside(|_, call| Box::pin(async move { Ok(json!({ "value": call.input.get("value") })) })),
};

static FORMAT_TEXT: Action = Action {
    name: FORMAT,
    permission: "workflows.write",
    fields: &[Field::new("text", Kind::LongText, r#""Dear {{ patient.givenName }}""#).required()],
    gives: &[Field::new("text", Kind::LongText, r#""Dear Lina""#)],
    run: Run::Inside(|_, call| Box::pin(async move { Ok(json!({ "text": call.input.get("text") })) })),
};

static FIND_RECORDS: Action = Action {
    name: FIND,
    permission: "workflows.write",
    fields: &[
        Field::new("subject", Kind::Text, r#""appointment""#).required(),
        Field::new("filter", Kind::Object, "{}"),
        Field::new("limit", Kind::Number, "100"),
    ],
    gives: &[
        Field::new("items", Kind::List, "[]"),
        Field::new("count", Kind::Number, "3"),
        Field::new("more", Kind::Boolean, "false"),
    ],
    run: Run::Inside(find),
};

fn find<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let subject =
            call.text("subject").and_then(|name| registry().subjects.get(name)).ok_or_else(|| missing("subject"))?;
        let find = subject.find.ok_or_else(|| missing("subject"))?;
        let limit = call.input.get("limit").and_then(Value::as_i64).unwrap_or(100).clamp(1, MOST_FOUND);
        let filter = call.input.get("filter").cloned().unwrap_or(Value::Null);
        let mut ids: Vec<Uuid> = Vec::new();
        let most = usize::try_from(limit).unwrap_or(0);
        // one more than wanted, to be able to say that there are more
        while ids.len() <= most {
            let wanted = PAGE.min(limit + 1 - i64::try_from(ids.len()).unwrap_or(limit));
            let query = FindQuery { filter: filter.clone(), after: ids.last().copied(), limit: wanted };
            let page = find(tx, query).await?;
            let was_full = i64::try_from(page.len()).is_ok_and(|found| found >= wanted);
            ids.extend(page);
            if !was_full {
                break;
            }
        }
        let more = ids.len() > most;
        ids.truncate(most);
        let mut loaded = (subject.load)(tx, &ids).await?;
        let items: Vec<Value> = ids.iter().filter_map(|id| loaded.remove(id)).collect();
        Ok(json!({ "count": items.len(), "items": items, "more": more }))
    })
}

/// Of finding records: the fields of what it found.
pub fn found_fields(action: &str, input: &Value) -> &'static [Field] {
    let subject = input.get("subject").and_then(Value::as_str).filter(|_| action == FIND);
    subject.and_then(|name| registry().subjects.get(name)).map_or(&[], |subject| subject.fields)
}
