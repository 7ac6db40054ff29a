-- Who pays for a patient.

create table patients.policy (
    practice_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    -- in which order they pay; 1 is the first
    rank int not null check (rank between 1 and 9),
    payer text not null check (length(payer) between 1 and 120),
    plan text check (length(plan) between 1 and 120),
    -- member id, group, holder and holder's phone: sealed with the practice's key
    private bytea not null,
    -- to find equal member ids without reading them
    member_id_blind text collate "C" not null,
    valid_from date,
    valid_to date,
    eligibility text not null check (eligibility in ('active', 'inactive', 'pending', 'unknown')),
    verified_at timestamptz,
    verified_by uuid,
    -- [{name, type, bytes}] of the pictures of the card
    cards jsonb not null,
    deleted_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint policy_validity_check check (valid_to >= valid_from),
    constraint policy_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create unique index policy_rank_key on patients.policy (practice_id, patient_id, rank) where deleted_at is null;
create index policy_by_member on patients.policy (practice_id, member_id_blind) where deleted_at is null;
-- those that nobody has verified for longest come first
create index policy_by_verification on patients.policy
    (practice_id, (coalesce(verified_at, '1970-01-01 00:00:00+00'::timestamptz)), id) where deleted_at is null;
alter table patients.policy enable row level security;
alter table patients.policy force row level security;
create policy tenant on patients.policy
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.policy to vantage_app;
create constraint trigger require_audit after insert or update on patients.policy
    deferrable initially deferred for each row execute function sec.require_audit();
