-- What a practice keeps about its patients besides what every practice keeps.

create table patients.field (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- its name in the API, in filters and in files; made from the first name, and the same for ever
    key text collate "C" not null check (key ~ '^[a-z][a-zA-Z0-9]{0,39}$'),
    name text not null check (length(name) between 1 and 80),
    name_ar text check (length(name_ar) between 1 and 80),
    kind text not null check (kind in ('text', 'number', 'date', 'dateTime', 'select', 'multiSelect', 'boolean', 'phone', 'email')),
    -- [{key, name, nameAr, archived}] of select and multiSelect
    options jsonb not null,
    required boolean not null,
    initial jsonb,
    -- a column of lists from the beginning
    listed boolean not null,
    -- sealed with the practice's key, in no list and no filter
    sensitive boolean not null,
    rank int not null,
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint field_key_key unique (practice_id, key),
    constraint field_listed_check check (not (listed and sensitive))
);
alter table patients.field enable row level security;
alter table patients.field force row level security;
create policy tenant on patients.field
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on patients.field to vantage_app;
create constraint trigger require_audit after insert or update on patients.field
    deferrable initially deferred for each row execute function sec.require_audit();

-- values of the fields that are not sensitive, by key; the others are sealed with the rest of `private`
alter table patients.patient add column custom jsonb not null default '{}';
