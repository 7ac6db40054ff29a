-- Who belongs to a patient: another patient of the practice, or somebody else.

create table patients.relative (
    practice_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    -- what they are to the patient
    relationship text not null check (relationship in ('mother', 'father', 'parent', 'spouse', 'child', 'sibling',
        'grandparent', 'grandchild', 'guardian', 'ward', 'relative', 'friend', 'other')),
    -- the other patient, where they are one
    related_id uuid,
    -- name, phone, e-mail and note: sealed with the practice's key
    private bytea not null,
    -- decides for the patient
    guardian boolean not null,
    -- is called in an emergency
    emergency boolean not null,
    deleted_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint relative_other_check check (related_id <> patient_id),
    constraint relative_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint relative_is_patient foreign key (practice_id, related_id) references patients.patient (practice_id, id)
);
-- two patients are related once, with whichever of them it was entered
create unique index relative_pair_key on patients.relative
    (practice_id, (least(patient_id, related_id)), (greatest(patient_id, related_id))) where deleted_at is null and related_id is not null;
create index relative_by_patient on patients.relative (practice_id, patient_id) where deleted_at is null;
create index relative_by_other on patients.relative (practice_id, related_id) where deleted_at is null;
alter table patients.relative enable row level security;
alter table patients.relative force row level security;
create policy tenant on patients.relative
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.relative to vantage_app;
create constraint trigger require_audit after insert or update on patients.relative
    deferrable initially deferred for each row execute function sec.require_audit();

-- a child is found by the number of its mother
alter table patients.term drop constraint term_kind_check;
alter table patients.term add constraint term_kind_check check (kind in ('name', 'sound', 'phone', 'email', 'kin'));
