-- Patients that come from files.

grant usage on schema patients to vantage_dispatch;

-- A file that somebody gave: how it is read, how far it is. It goes with its rows after some days.
create table patients.import (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    format text not null check (format in ('csv', 'xlsx', 'fhir')),
    -- names of files and columns: sealed with the practice's key, as what stands there may be anything
    about bytea not null,
    -- within what ids of other systems are unique
    source text collate "C" not null check (length(source) between 1 and 120),
    -- which column of the file is which one of a patient, by place; what is to be done with duplicates, how dates are read
    columns jsonb not null,
    options jsonb not null,
    rows int not null default 0,
    state text collate "C" not null check (state in ('open', 'checked', 'entered', 'undone')),
    -- what a job is at, or was at when it stopped
    task text collate "C" check (task in ('check', 'run', 'undo')),
    job_id uuid,
    created_by uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (practice_id, id)
);
create index import_by_creation on patients.import (practice_id, created_at, id);
create index import_by_age on patients.import (expires_at);
alter table patients.import enable row level security;
alter table patients.import force row level security;
create policy tenant on patients.import
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy sweep on patients.import to vantage_dispatch using (true);
grant select, insert, update, delete on patients.import to vantage_app;
grant select, delete on patients.import to vantage_dispatch;
create constraint trigger require_audit after insert or update on patients.import
    deferrable initially deferred for each row execute function sec.require_audit();

-- A row of a table, or a patient of FHIR with what belongs to it; and what became of it.
create table patients.import_row (
    practice_id uuid not null references platform.practice,
    import_id uuid not null,
    number int not null check (number > 0),
    -- as it was given: sealed with the practice's key
    body bytea not null,
    outcome text collate "C" not null default 'waiting'
        check (outcome in ('waiting', 'fault', 'create', 'update', 'skip', 'created', 'updated', 'skipped', 'undone', 'kept')),
    -- [{column, field, code, severity}], and who the row is like: never a value
    report jsonb not null default '[]',
    like_patient uuid,
    like_row int,
    like_rule text,
    -- whom it was entered as, at which version, and what the patient was before, sealed
    patient_id uuid,
    patient_version int,
    before bytea,
    primary key (practice_id, import_id, number),
    constraint row_of_import foreign key (practice_id, import_id) references patients.import (practice_id, id) on delete cascade
);
create index row_by_outcome on patients.import_row (practice_id, import_id, outcome, number);
alter table patients.import_row enable row level security;
alter table patients.import_row force row level security;
create policy tenant on patients.import_row
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.import_row to vantage_app;

-- Where a patient came from: what stands for the id in the source, so that the same row is not entered twice.
create table patients.origin (
    practice_id uuid not null,
    source text collate "C" not null,
    key text collate "C" not null,
    patient_id uuid not null,
    primary key (practice_id, source, key),
    constraint origin_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create index origin_by_patient on patients.origin (practice_id, patient_id);
alter table patients.origin enable row level security;
alter table patients.origin force row level security;
create policy tenant on patients.origin
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.origin to vantage_app;
create constraint trigger require_audit after insert or update on patients.origin
    deferrable initially deferred for each row execute function sec.require_audit();

-- What has been there for its days goes, with its rows.
set local role vantage_dispatch;
create function claim.sweep_imports(at timestamptz) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (delete from patients.import i where i.expires_at <= at returning 1) select count(*) from gone $$;
revoke all on function claim.sweep_imports(timestamptz) from public;
grant execute on function claim.sweep_imports(timestamptz) to vantage_worker;
set local role vantage_owner;
