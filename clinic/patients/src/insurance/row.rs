//! Policies as they lie in their table.

use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::PatientId;
use platform::{Result, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{CardPicture, Eligibility, Policy, PolicyFields, PolicyId};
use crate::names;

const TABLE: &str = "patients.policy";

/// What is sealed as one value.
#[derive(Serialize, Deserialize)]
struct Private {
    member_id: String,
    group_id: Option<String>,
    holder_name: Option<String>,
    holder_phone: Option<String>,
}

undisclosed!(Private, Row);

pub struct Row {
    pub id: Uuid,
    pub patient_id: Uuid,
    pub rank: i32,
    pub payer: String,
    pub plan: Option<String>,
    pub private: Vec<u8>,
    pub valid_from: Option<jiff_sqlx::Date>,
    pub valid_to: Option<jiff_sqlx::Date>,
    pub eligibility: Eligibility,
    pub verified_at: Option<jiff_sqlx::Timestamp>,
    pub verified_by: Option<Uuid>,
    pub cards: Json<Vec<CardPicture>>,
    pub deleted_at: Option<jiff_sqlx::Timestamp>,
    pub version: i32,
    pub created_at: jiff_sqlx::Timestamp,
    pub updated_at: jiff_sqlx::Timestamp,
}

impl Row {
    async fn open(self, tx: &mut TenantTx) -> Result<Policy> {
        let place = Place { table: TABLE, column: "private", row: self.id };
        let private: Private =
            serde_json::from_slice(&tx.open(place, &self.private).await?).map_err(Error::internal)?;
        let fields = PolicyFields {
            rank: Some(self.rank),
            payer: self.payer,
            plan: self.plan,
            member_id: private.member_id,
            group_id: private.group_id,
            holder_name: private.holder_name,
            holder_phone: private.holder_phone,
            valid_from: self.valid_from.map(|date| date.to_jiff()),
            valid_to: self.valid_to.map(|date| date.to_jiff()),
            cards: self.cards.0,
        };
        Ok(Policy {
            id: PolicyId(self.id),
            patient_id: PatientId(self.patient_id),
            fields,
            eligibility: self.eligibility,
            verified_at: self.verified_at.map(|at| at.to_jiff()),
            verified_by: self.verified_by,
            deleted_at: self.deleted_at.map(|at| at.to_jiff()),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// All policies of a patient that are not deleted, in their order.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_patient(tx: &mut TenantTx, patient: PatientId) -> Result<Vec<Policy>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, patient_id, rank, payer, plan, private, valid_from, valid_to,
                  eligibility as "eligibility: Eligibility", verified_at, verified_by,
                  cards as "cards: Json<Vec<CardPicture>>", deleted_at, version, created_at, updated_at
             from patients.policy where practice_id = $1 and patient_id = $2 and deleted_at is null order by rank"#,
        practice,
        patient.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut policies = Vec::with_capacity(rows.len());
    for row in rows {
        policies.push(row.open(tx).await?);
    }
    Ok(policies)
}

/// Those of these policies that there are, deleted or not.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Policy>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, patient_id, rank, payer, plan, private, valid_from, valid_to,
                  eligibility as "eligibility: Eligibility", verified_at, verified_by,
                  cards as "cards: Json<Vec<CardPicture>>", deleted_at, version, created_at, updated_at
             from patients.policy where practice_id = $1 and id = any($2)"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut policies = Vec::with_capacity(rows.len());
    for row in rows {
        policies.push(row.open(tx).await?);
    }
    Ok(policies)
}

/// The policy, deleted or not, locked until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: PolicyId) -> Result<Policy> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select id, patient_id, rank, payer, plan, private, valid_from, valid_to,
                  eligibility as "eligibility: Eligibility", verified_at, verified_by,
                  cards as "cards: Json<Vec<CardPicture>>", deleted_at, version, created_at, updated_at
             from patients.policy where practice_id = $1 and id = $2 for update"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    row.open(tx).await
}

/// The rank behind the policies that the patient has.
///
/// # Errors
/// 409 `policy.too_many`.
pub async fn next_rank(tx: &mut TenantTx, patient: PatientId) -> Result<i32> {
    let practice = tx.practice();
    let free = sqlx::query_scalar!(
        r#"select min(n) from generate_series(1, 9) n
            where n > coalesce((select max(rank) from patients.policy
                                 where practice_id = $1 and patient_id = $2 and deleted_at is null), 0)"#,
        practice,
        patient.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    free.ok_or_else(|| {
        Error::conflict("policy.too_many", "A patient has at most nine policies; delete old ones first.")
    })
}

/// Writes the policy, for the first time or again.
///
/// # Errors
/// 409 `policy.rank_taken`.
pub async fn save(tx: &mut TenantTx, policy: &Policy) -> Result<()> {
    let (practice, fields) = (tx.practice(), &policy.fields);
    let private = Private {
        member_id: fields.member_id.clone(),
        group_id: fields.group_id.clone(),
        holder_name: fields.holder_name.clone(),
        holder_phone: fields.holder_phone.clone(),
    };
    let place = Place { table: TABLE, column: "private", row: policy.id.uuid() };
    let private = tx.seal(place, &serde_json::to_vec(&private).map_err(Error::internal)?).await?;
    let blind = tx.blind(TABLE, "member_id", &names::compact(&fields.member_id)).await?;
    sqlx::query!(
        "insert into patients.policy (practice_id, id, patient_id, rank, payer, plan, private, member_id_blind, valid_from,
                valid_to, eligibility, verified_at, verified_by, cards, deleted_at, version, updated_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         on conflict (practice_id, id) do update
            set patient_id = excluded.patient_id, rank = excluded.rank, payer = excluded.payer, plan = excluded.plan, private = excluded.private,
                member_id_blind = excluded.member_id_blind, valid_from = excluded.valid_from,
                valid_to = excluded.valid_to, eligibility = excluded.eligibility, verified_at = excluded.verified_at,
                verified_by = excluded.verified_by, cards = excluded.cards, deleted_at = excluded.deleted_at,
                version = excluded.version, updated_at = excluded.updated_at",
        practice,
        policy.id.uuid(),
        policy.patient_id.uuid(),
        fields.rank.unwrap_or(1),
        fields.payer,
        fields.plan,
        private,
        blind,
        fields.valid_from.map(jiff_sqlx::Date::from) as Option<jiff_sqlx::Date>,
        fields.valid_to.map(jiff_sqlx::Date::from) as Option<jiff_sqlx::Date>,
        policy.eligibility as Eligibility,
        policy.verified_at.map(jiff_sqlx::Timestamp::from) as _,
        policy.verified_by,
        Json(&fields.cards) as _,
        policy.deleted_at.map(jiff_sqlx::Timestamp::from) as _,
        policy.version,
        jiff_sqlx::Timestamp::from(policy.updated_at) as _,
        jiff_sqlx::Timestamp::from(policy.created_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("policy_rank_key", || {
        Error::conflict("policy.rank_taken", "Another policy of this patient pays at that place.").at(
            "/rank",
            "taken",
            "Choose another place in the order.",
        )
    })?;
    Ok(())
}
