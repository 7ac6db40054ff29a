-- Patients who were entered twice: found, told apart, put together, and taken apart again.

-- into whom somebody was merged; such a patient is deleted, and its history is shown with the other one's
alter table patients.patient add column merged_into uuid;
alter table patients.patient add constraint patient_merged_into foreign key (practice_id, merged_into) references patients.patient (practice_id, id);
alter table patients.patient add constraint patient_merged_check check (merged_into is null or (deleted_at is not null and merged_into <> id));
create index patient_by_merge on patients.patient (practice_id, merged_into) where merged_into is not null;

-- two who are likely one, found when either was entered or changed
create table patients.duplicate (
    practice_id uuid not null,
    -- pairs found at one instant have an order as well
    id uuid not null,
    one_id uuid not null,
    other_id uuid not null,
    rule text not null check (rule in ('nationalId', 'nameAndBirthDate', 'nameAndPhone', 'nameAndEmail')),
    found_at timestamptz not null,
    -- somebody has looked: they are two
    dismissed_at timestamptz,
    dismissed_by uuid,
    primary key (practice_id, one_id, other_id),
    constraint duplicate_order_check check (one_id < other_id),
    constraint duplicate_one foreign key (practice_id, one_id) references patients.patient (practice_id, id),
    constraint duplicate_other foreign key (practice_id, other_id) references patients.patient (practice_id, id)
);
create index duplicate_by_other on patients.duplicate (practice_id, other_id);
create index duplicate_by_time on patients.duplicate (practice_id, found_at, id) where dismissed_at is null;
alter table patients.duplicate enable row level security;
alter table patients.duplicate force row level security;
create policy tenant on patients.duplicate
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on patients.duplicate to vantage_app;
create constraint trigger require_audit after insert or update or delete on patients.duplicate
    deferrable initially deferred for each row execute function sec.require_audit();

create table patients.merge (
    practice_id uuid not null,
    id uuid not null,
    kept_id uuid not null,
    merged_id uuid not null,
    -- what the kept one was before and after, and the places of the policies that went over; sealed
    before bytea not null,
    merged_at timestamptz not null,
    merged_by uuid,
    undone_at timestamptz,
    version int not null default 1,
    primary key (practice_id, id),
    constraint merge_kept foreign key (practice_id, kept_id) references patients.patient (practice_id, id),
    constraint merge_merged foreign key (practice_id, merged_id) references patients.patient (practice_id, id)
);
create index merge_by_kept on patients.merge (practice_id, kept_id) where undone_at is null;
create unique index merge_of_patient_key on patients.merge (practice_id, merged_id) where undone_at is null;
alter table patients.merge enable row level security;
alter table patients.merge force row level security;
create policy tenant on patients.merge
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.merge to vantage_app;
create constraint trigger require_audit after insert or update on patients.merge
    deferrable initially deferred for each row execute function sec.require_audit();
