//! Looking through the ledger: who did what, newest first. Names of fields are shown, values are not.

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::people;
use platform::permission::audit as may;
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Something that somebody did or saw.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActor,
    /// What was done: `create`, `read`, `update`, `delete`, `login`, `export`, `denied` …
    pub action: String,
    /// To what kind of thing.
    pub resource_type: String,
    /// To which one.
    #[schema(required)]
    pub resource_id: Option<Uuid>,
    /// Whose record it concerns.
    #[schema(required)]
    pub patient_id: Option<Uuid>,
    /// `ok`, `denied` or `error`.
    pub outcome: String,
    /// From which address.
    #[schema(required)]
    pub ip: Option<String>,
    /// With which program.
    #[schema(required)]
    pub user_agent: Option<String>,
    /// In which request.
    #[schema(required)]
    pub request_id: Option<Uuid>,
    /// Which fields were changed.
    pub fields: Vec<String>,
    /// Whether it is part of the practice's tree and can no longer be changed unnoticed.
    pub sealed: bool,
}

/// Who acted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `user`, `system`, `api_key`, `voice`, `webhook`, `patient` …
    pub kind: String,
    /// Which one.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// The name, if it is or was one of the practice's.
    #[schema(required)]
    pub name: Option<Phi<String>>,
}

/// A page of the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The newest first.
    pub items: Vec<AuditEntry>,
    /// For the next page; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// Which entries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryFilter {
    /// Id of who acted.
    #[garde(skip)]
    pub who: Option<Uuid>,
    /// What was done.
    #[garde(inner(length(max = 60)))]
    pub action: Option<String>,
    /// To what kind of thing.
    #[garde(inner(length(max = 60)))]
    pub resource: Option<String>,
    /// To which one.
    #[garde(skip)]
    pub resource_id: Option<Uuid>,
    /// Whose record it concerns.
    #[garde(skip)]
    pub patient: Option<Uuid>,
    /// How it ended.
    #[garde(skip)]
    pub outcome: Option<Outcome>,
    /// From when.
    #[garde(skip)]
    pub from: Option<Timestamp>,
    /// Until when, not included.
    #[garde(skip)]
    pub to: Option<Timestamp>,
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Ok,
    /// It was refused.
    Denied,
    /// It failed.
    Error,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Denied => "denied",
            Self::Error => "error",
        }
    }
}

impl EntryFilter {
    /// Refuses a period that ends before it begins.
    pub(crate) fn check(&self, pointer: &str) -> Result<()> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if to < from => Err(Error::invalid(vec![FieldError::new(
                pointer,
                "out_of_range",
                "The end comes after the beginning.",
            )])),
            _ => Ok(()),
        }
    }

    /// Whether it asks for nothing but a period.
    pub(crate) fn is_only_a_period(&self) -> bool {
        self.names().iter().all(|name| ["from", "to"].contains(name))
    }

    /// By which fields it filters, for the ledger.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let Self { who, action, resource, resource_id, patient, outcome, from, to } = self;
        let all = [
            ("who", who.is_some()),
            ("action", action.is_some()),
            ("resource", resource.is_some()),
            ("resourceId", resource_id.is_some()),
            ("patient", patient.is_some()),
            ("outcome", outcome.is_some()),
            ("from", from.is_some()),
            ("to", to.is_some()),
        ];
        all.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name).collect()
    }

    /// Adds the conditions to a query over `audit.entry e`.
    pub(crate) fn push(&self, query: &mut QueryBuilder<Postgres>) {
        let Self { who, action, resource, resource_id, patient, outcome, from, to } = self;
        if let Some(from) = from {
            query.push(" and e.at >= ").push_bind(jiff_sqlx::Timestamp::from(*from));
        }
        if let Some(to) = to {
            query.push(" and e.at < ").push_bind(jiff_sqlx::Timestamp::from(*to));
        }
        for (column, id) in [("actor_id", who), ("resource_id", resource_id), ("patient_id", patient)] {
            if let Some(id) = id {
                query.push(format_args!(" and e.{column} = ")).push_bind(*id);
            }
        }
        for (column, text) in [("action", action), ("resource_type", resource)] {
            if let Some(text) = text {
                query.push(format_args!(" and e.{column} = ")).push_bind(text.clone());
            }
        }
        if let Some(outcome) = outcome {
            // the few that are not ok have an index of their own
            let few = if *outcome == Outcome::Ok { "" } else { " and e.outcome <> 'ok'" };
            query.push(few).push(" and e.outcome = ").push_bind(outcome.word());
        }
    }
}

/// Which entries to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListEntries {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Id of who acted.
    #[garde(skip)]
    who: Option<Uuid>,
    /// What was done.
    #[garde(inner(length(max = 60)))]
    action: Option<String>,
    /// To what kind of thing.
    #[garde(inner(length(max = 60)))]
    resource: Option<String>,
    /// To which one.
    #[garde(skip)]
    resource_id: Option<Uuid>,
    /// Whose record it concerns. What was seen of a patient in lists is under `/audit/patients/{id}`.
    #[garde(skip)]
    patient: Option<Uuid>,
    /// How it ended.
    #[garde(skip)]
    #[param(inline)]
    outcome: Option<Outcome>,
    /// From when.
    #[garde(skip)]
    from: Option<Timestamp>,
    /// Until when, not included.
    #[garde(skip)]
    to: Option<Timestamp>,
}

/// The order of the ledger: by time, the newest first.
pub(crate) const SORTS: &[Sort] = &[Sort { name: "at", column: "e.at", kind: Kind::Instant }];

/// A row of the ledger.
#[derive(Debug, FromRow)]
pub(crate) struct Row {
    pub id: Uuid,
    pub at: jiff_sqlx::Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub resource_type: String,
    pub resource_id: Option<Uuid>,
    pub patient_id: Option<Uuid>,
    pub outcome: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<Uuid>,
    pub fields: Vec<String>,
    pub sealed: bool,
}

/// The columns of [`Row`], and the ledger they come from. Whether a row is sealed is looked up row by row: `exists` would
/// have PostgreSQL read all seals of the practice first.
pub(crate) const COLUMNS: &str =
    "select e.id, e.at, e.actor_kind, e.actor_id, e.action, e.resource_type, e.resource_id, e.patient_id,
        e.outcome, e.ip, e.user_agent, e.request_id,
        array(select change ->> 'field' from jsonb_array_elements(e.changes) change) as fields,
        coalesce((select true from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id), false) as sealed
   from audit.entry e where e.practice_id = ";

/// Who did and saw what, the newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(ListEntries), responses((status = 200, body = AuditPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListEntries>) -> Result<Json<AuditPage>> {
    let order = Order::parse(SORTS, Some("-at"), asked.cursor.as_deref(), asked.limit)?;
    let ListEntries { who: actor, action, resource, resource_id, patient, outcome, from, to, .. } = asked;
    let filter = EntryFilter { who: actor, action, resource, resource_id, patient, outcome, from, to };
    filter.check("?to")?;
    who.read(async move |tx| {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push_bind(tx.practice());
        filter.push(&mut query);
        order.push("e.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        page(tx, &order, rows).await
    })
    .await
    .map(Json)
}

/// Cuts rows to a page and puts names to the people in it.
pub(crate) async fn page(tx: &mut TenantTx, order: &Order, rows: Vec<Row>) -> Result<AuditPage> {
    let (rows, next_cursor) = order.cut(rows, |row, _| (row.at.to_jiff().to_string().into(), row.id))?;
    Ok(AuditPage { items: described(tx, rows).await?, next_cursor })
}

/// Rows as they are shown.
pub(crate) async fn described(tx: &mut TenantTx, rows: Vec<Row>) -> Result<Vec<AuditEntry>> {
    let names = people::names(tx, rows.iter().filter_map(|row| row.actor_id)).await?;
    let entry = |row: Row| {
        let name = row.actor_id.and_then(|id| names.get(&id).cloned());
        AuditEntry {
            id: row.id,
            at: row.at.to_jiff(),
            actor: AuditActor { kind: row.actor_kind, id: row.actor_id, name },
            action: row.action,
            resource_type: row.resource_type,
            resource_id: row.resource_id,
            patient_id: row.patient_id,
            outcome: row.outcome,
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id,
            fields: row.fields,
            sealed: row.sealed,
        }
    };
    Ok(rows.into_iter().map(entry).collect())
}
