-- Lists of patients that somebody wants to see again.

create table patients.view (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- whose it is; nobody else changes it
    owner_id uuid not null,
    name text not null check (length(name) between 1 and 60),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    -- for everybody who may see patients
    shared boolean not null,
    -- its place among its owner's
    rank int not null,
    -- the condition: sealed with the practice's key, as it may have names in it
    filter bytea,
    sort text not null,
    -- names of columns; empty for the usual ones
    columns jsonb not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint view_name_key unique (practice_id, owner_id, name_key)
);
alter table patients.view enable row level security;
alter table patients.view force row level security;
create policy tenant on patients.view
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on patients.view to vantage_app;
create constraint trigger require_audit after insert or update or delete on patients.view
    deferrable initially deferred for each row execute function sec.require_audit();
