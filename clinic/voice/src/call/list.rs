//! Lists of calls: those under way, those that somebody still has to look at, those of a case or of a patient.

use std::collections::{BTreeSet, HashMap};

use garde::Validate;
use jiff::Timestamp;
use patients::PatientName;
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::calls as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::row::{COLUMNS, Row};
use super::{Call, Direction, Review, State};
use crate::{CallWorkflowId, CaseId};

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Which calls.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListCalls {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Of this call workflow.
    #[garde(skip)]
    call_workflow_id: Option<CallWorkflowId>,
    /// Of this case.
    #[garde(skip)]
    case_id: Option<CaseId>,
    /// With this patient, and those who were merged into them.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// How they stand.
    #[garde(skip)]
    state: Option<State>,
    /// All that are not over.
    #[garde(skip)]
    #[serde(default)]
    under_way: bool,
    /// Whether somebody still has to look at them.
    #[garde(skip)]
    review: Option<Review>,
    /// Who called whom.
    #[garde(skip)]
    direction: Option<Direction>,
    /// Asked for at this instant or later.
    #[garde(skip)]
    from: Option<Timestamp>,
    /// Before this instant.
    #[garde(skip)]
    until: Option<Timestamp>,
}

/// A call in a list, with whom it was.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallItem {
    /// The call.
    #[serde(flatten)]
    pub call: Call,
    /// Whom it was with; null where that is not known.
    #[schema(required)]
    pub patient: Option<PatientName>,
}

undisclosed!(CallItem);

/// A page of calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CallPage {
    items: Vec<CallItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const NEWEST: &[Sort] = &[Sort { name: "createdAt", column: "c.created_at", kind: Kind::Instant }];

/// Calls, the newest first.
#[utoipa::path(get, path = "/api/v1/calls", tag = "voice", params(ListCalls), responses((status = 200, body = CallPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListCalls>) -> Result<Json<CallPage>> {
    let order = Order::parse(NEWEST, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from voice.call c where c.practice_id = ").push_bind(tx.practice());
        let mut filter: Vec<&'static str> = Vec::new();
        for (name, column, id) in [
            ("callWorkflowId", "call_workflow_id", asked.call_workflow_id.map(CallWorkflowId::uuid)),
            ("caseId", "case_id", asked.case_id.map(CaseId::uuid)),
        ] {
            if let Some(id) = id {
                query.push(format_args!(" and c.{column} = ")).push_bind(id);
                filter.push(name);
            }
        }
        if let Some(patient) = asked.patient_id {
            let all = patients::merged_into(tx, patient).await?;
            query.push(" and c.patient_id = any(").push_bind(all).push(")");
            filter.push("patientId");
        }
        if let Some(state) = asked.state {
            query.push(" and c.state = ").push_bind(state);
            filter.push("state");
        }
        if asked.under_way {
            query.push(" and c.state <> 'ended'");
            filter.push("underWay");
        }
        if let Some(review) = asked.review {
            query.push(" and c.review = ").push_bind(review);
            filter.push("review");
        }
        if let Some(direction) = asked.direction {
            query.push(" and c.direction = ").push_bind(direction);
            filter.push("direction");
        }
        for (name, compare, at) in [("from", ">=", asked.from), ("until", "<", asked.until)] {
            if let Some(at) = at {
                query.push(format_args!(" and c.created_at {compare} ")).push_bind(jiff_sqlx::Timestamp::from(at));
                filter.push(name);
            }
        }
        order.push("c.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let calls: Vec<Call> = rows.iter().map(Row::call).collect();
        let (calls, next_cursor) = order.cut(calls, |call, _| (call.created_at.to_string().into(), call.id.uuid()))?;
        let ids: Vec<Uuid> = calls.iter().map(|call| call.id.uuid()).collect();
        let patients: BTreeSet<PatientId> = calls.iter().filter_map(|call| call.patient_id).collect();
        let patients: Vec<PatientId> = patients.into_iter().collect();
        tx.record_read(Look::list("call", &ids, &filter).of_patients(&patients)).await?;
        let people: Vec<Uuid> = patients.iter().map(|id| id.uuid()).collect();
        let people: HashMap<PatientId, PatientName> =
            patients::items_of(tx, &people).await?.into_iter().map(|item| (item.id, item.into())).collect();
        let item = |call: Call| {
            let patient = call.patient_id.and_then(|id| people.get(&id).cloned());
            CallItem { call, patient }
        };
        Ok(Json(CallPage { items: calls.into_iter().map(item).collect(), next_cursor }))
    })
    .await
}
