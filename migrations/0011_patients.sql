-- Patients: the record, and what they are found by.

create schema patients;
grant usage on schema patients to vantage_app;

-- The number that a practice's next patient gets. Numbers are never given twice.
create table patients.counter (
    practice_id uuid primary key references platform.practice,
    next_number bigint not null check (next_number > 0)
);
alter table patients.counter enable row level security;
alter table patients.counter force row level security;
create policy tenant on patients.counter
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.counter to vantage_app;
create constraint trigger require_audit after insert or update on patients.counter
    deferrable initially deferred for each row execute function sec.require_audit();

create table patients.patient (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    number bigint not null check (number > 0),
    given_name text not null check (length(given_name) between 1 and 80),
    family_name text check (length(family_name) between 1 and 80),
    -- the same name in the other script
    given_name_other text check (length(given_name_other) between 1 and 80),
    family_name_other text check (length(family_name_other) between 1 and 80),
    -- what names are sorted by: folded, family first; written by the server
    name_key text collate "C" not null,
    birth_date date check (birth_date >= '1850-01-01'),
    sex text not null check (sex in ('male', 'female', 'other', 'unknown')),
    -- [{number, kind, preferred}], [{address, kind, preferred}]; the preferred ones again for lists
    phones jsonb not null,
    emails jsonb not null,
    phone text check (phone ~ '^\+[0-9]{5,15}$'),
    email text,
    address jsonb,
    contact_method text check (contact_method in ('call', 'sms', 'whatsapp', 'email')),
    language text check (language ~ '^[a-z]{2,3}$'),
    -- [{kind, text, severity}]
    alerts jsonb not null,
    -- {sms, email, calls: {granted, at, source}}
    consents jsonb not null,
    lead_source text check (length(lead_source) between 1 and 80),
    status text not null check (status in ('lead', 'active', 'inactive', 'deceased')),
    -- national id, nationality, medical history, notes: sealed with the practice's key
    private bytea,
    -- to find equal ones without reading them
    national_id_blind text collate "C",
    nationality_blind text collate "C",
    deleted_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint patient_number_key unique (practice_id, number)
);
create index patient_by_name on patients.patient (practice_id, name_key, id) where deleted_at is null;
create index patient_by_update on patients.patient (practice_id, updated_at, id) where deleted_at is null;
create index patient_by_creation on patients.patient (practice_id, created_at, id) where deleted_at is null;
-- lists show people without a date of birth last, and go on from there
create index patient_by_birth on patients.patient (practice_id, (coalesce(birth_date, '9999-12-31'::date)), id) where deleted_at is null;
create index patient_by_national_id on patients.patient (practice_id, national_id_blind) where national_id_blind is not null;
alter table patients.patient enable row level security;
alter table patients.patient force row level security;
create policy tenant on patients.patient
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.patient to vantage_app;
create constraint trigger require_audit after insert or update on patients.patient
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a patient is found by while somebody types, each to be compared from its beginning: words of the names, how
-- they sound, phone numbers from their last digit on, e-mail addresses. A plain "C" text, because under row-level
-- security only such a column can use an index.
create table patients.term (
    practice_id uuid not null,
    kind text collate "C" not null check (kind in ('name', 'sound', 'phone', 'email')),
    term text collate "C" not null check (length(term) between 1 and 254),
    patient_id uuid not null,
    primary key (practice_id, kind, term, patient_id),
    constraint term_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create index term_by_patient on patients.term (practice_id, patient_id, kind, term);
alter table patients.term enable row level security;
alter table patients.term force row level security;
create policy tenant on patients.term
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on patients.term to vantage_app;
create constraint trigger require_audit after insert or delete on patients.term
    deferrable initially deferred for each row execute function sec.require_audit();

-- Words that the practice puts on patients.
create table patients.tag (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null check (length(name) between 1 and 40),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    colour text not null check (colour in ('slate', 'teal', 'blue', 'violet', 'green', 'amber', 'red', 'pink')),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint tag_name_key unique (practice_id, name_key)
);
alter table patients.tag enable row level security;
alter table patients.tag force row level security;
create policy tenant on patients.tag
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on patients.tag to vantage_app;
create constraint trigger require_audit after insert or update or delete on patients.tag
    deferrable initially deferred for each row execute function sec.require_audit();

create table patients.patient_tag (
    practice_id uuid not null,
    patient_id uuid not null,
    tag_id uuid not null,
    primary key (practice_id, patient_id, tag_id),
    constraint tag_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint patient_has_tag foreign key (practice_id, tag_id) references patients.tag (practice_id, id) on delete cascade
);
create index patient_by_tag on patients.patient_tag (practice_id, tag_id, patient_id);
alter table patients.patient_tag enable row level security;
alter table patients.patient_tag force row level security;
create policy tenant on patients.patient_tag
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on patients.patient_tag to vantage_app;
create constraint trigger require_audit after insert or delete on patients.patient_tag
    deferrable initially deferred for each row execute function sec.require_audit();
