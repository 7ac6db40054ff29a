//! What is to be done: what is due first, first.

use garde::Validate;
use jiff::civil::Date;
use platform::error::{Error, FieldError};
use platform::extract::Query;
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::{PatientId, RoleId, UserId};
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::{Role, tasks as may};
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use utoipa::{IntoParams, ToSchema};

use crate::assignee::{self, Assignee};
use crate::due;
use crate::row::{self, Row};
use crate::shown::{self, Eyes, TaskItem};

/// The route of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list))
}

/// Those that are listed together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TaskState {
    /// What is to be done.
    #[default]
    Open,
    /// What is done.
    Done,
    /// Both.
    All,
}

impl TaskState {
    fn condition(self) -> &'static str {
        match self {
            Self::Open => " and t.status = 'open'",
            Self::Done => " and t.status = 'done'",
            Self::All => "",
        }
    }
}

/// Which tasks.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTasks {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `due`, `createdAt`, or of what is done `doneAt`; with a hyphen in front for descending. What is due at the same time
    /// is sorted by age.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// What is to be done, what is done, or both.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    status: TaskState,
    /// Only one's own and one's role's.
    #[garde(skip)]
    #[serde(default)]
    mine: bool,
    /// Only this member's.
    #[garde(skip)]
    assignee_id: Option<UserId>,
    /// Only this role's.
    #[garde(skip)]
    role: Option<Role>,
    /// Only those of this role of the practice's own.
    #[garde(skip)]
    role_id: Option<RoleId>,
    /// Only nobody's, also those of whoever cannot come in any more.
    #[garde(skip)]
    #[serde(default)]
    unassigned: bool,
    /// Only those that concern this patient.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// Only what is open and too late.
    #[garde(skip)]
    #[serde(default)]
    overdue: bool,
    /// Only what is due until this day, by the practice's clocks.
    #[garde(skip)]
    due_until: Option<Date>,
}

/// A page of tasks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TaskPage {
    items: Vec<TaskItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

undisclosed!(TaskPage);

/// Ids follow the order of entering, so they put what is due at the same time in order of age.
const SORTS: &[Sort] = &[
    Sort { name: "due", column: "t.due_key", kind: Kind::Local },
    Sort { name: "createdAt", column: "t.created_at", kind: Kind::Instant },
    Sort { name: "doneAt", column: "t.done_at", kind: Kind::Instant },
];

/// What is to be done. Which tasks are on the page is written to the ledger.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", params(ListTasks), responses((status = 200, body = TaskPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListTasks>) -> Result<Json<TaskPage>> {
    let order = asked.order()?;
    let eyes = Eyes::of(&who);
    eyes.may_name(asked.patient_id)?;
    who.read_recorded(async move |tx| {
        let mut query = row::select(tx);
        query.push(" and t.deleted_at is null").push(asked.status.condition());
        if asked.mine {
            query.push(" and ");
            assignee::push_mine(&tx.caller().actor.clone(), &mut query);
        }
        if asked.names_somebody() {
            let assignable = assignee::assignable(tx).await?;
            for assignee in asked.assignees() {
                push_of(assignee, assignable.has(assignee), &mut query);
            }
            if asked.unassigned {
                query.push(" and ");
                assignable.push_nobodys(&mut query);
            }
        }
        if let Some(id) = asked.patient_id {
            let all = patients::merged_into(tx, id).await?;
            query.push(" and t.patient_id = any(").push_bind(all).push(")");
        }
        if asked.overdue {
            query.push(" and t.status = 'open' and ");
            row::push_late(due::local_now(tx).await?, &mut query);
        }
        if let Some(day) = asked.due_until {
            query.push(" and ");
            row::push_until(day, &mut query);
        }
        order.push("t.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, sort| (row.sort_value(sort), row.id()))?;
        let mut tasks = Vec::with_capacity(rows.len());
        for row in rows {
            tasks.push(row.open(tx).await?);
        }
        let items = shown::looked_at(tx, tasks, eyes, &asked.filtered_by()).await?;
        Ok(Json(TaskPage { items, next_cursor }))
    })
    .await
}

/// Adds that a task `t` was given to somebody; what was given to whoever cannot come in any more is nobody's.
fn push_of(assignee: Assignee, stands: bool, query: &mut QueryBuilder<Postgres>) {
    if !stands {
        query.push(" and false");
        return;
    }
    match assignee {
        Assignee::Person { id } => query.push(" and t.user_id = ").push_bind(id.uuid()),
        Assignee::Role { role } => query.push(" and t.role = ").push_bind(role.name()),
        Assignee::OwnRole { id } => query.push(" and t.role_id = ").push_bind(id.uuid()),
    };
}

impl ListTasks {
    /// # Errors
    /// 422 also for sorting what is open by when it was done.
    fn order(&self) -> Result<Order> {
        let by_done = self.sort.as_deref().is_some_and(|sort| sort.trim_start_matches('-') == "doneAt");
        if by_done && self.status != TaskState::Done {
            let text = "Only what is done can be sorted by when it was: add status=done.";
            return Err(Error::invalid(vec![FieldError::new("?sort", "invalid", text)]));
        }
        Order::parse(SORTS, self.sort.as_deref(), self.cursor.as_deref(), self.limit)
    }

    fn assignees(&self) -> impl Iterator<Item = Assignee> {
        let person = self.assignee_id.map(|id| Assignee::Person { id });
        let role = self.role.map(|role| Assignee::Role { role });
        [person, role, self.role_id.map(|id| Assignee::OwnRole { id })].into_iter().flatten()
    }

    fn names_somebody(&self) -> bool {
        self.unassigned || self.assignees().next().is_some()
    }

    /// By which fields, for the ledger.
    fn filtered_by(&self) -> Vec<&'static str> {
        let fields = [
            ("mine", self.mine),
            ("assignee", self.names_somebody()),
            ("patient", self.patient_id.is_some()),
            ("overdue", self.overdue),
            ("dueUntil", self.due_until.is_some()),
        ];
        ["status"].into_iter().chain(fields.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name)).collect()
    }
}
