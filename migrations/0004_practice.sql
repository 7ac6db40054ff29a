-- The clinic itself: what it offers.

create schema practice;
grant usage on schema practice to vantage_app;

-- Something done for a patient: how long it takes and what it costs.
create table practice.service (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name_en text not null check (length(name_en) between 1 and 120),
    name_ar text check (length(name_ar) between 1 and 120),
    -- what names are compared and sorted by; under row-level security only such a plain column can use an index
    name_key text collate "C" not null generated always as (lower(name_en)) stored,
    code text collate "C" check (length(code) between 1 and 40),
    category text check (length(category) between 1 and 60),
    duration_minutes int not null constraint service_duration_check check (duration_minutes between 5 and 720),
    buffer_before_minutes int not null default 0 check (buffer_before_minutes between 0 and 240),
    buffer_after_minutes int not null default 0 check (buffer_after_minutes between 0 and 240),
    price_minor bigint not null constraint service_price_check check (price_minor between 0 and 100000000000),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    vat_category text not null check (vat_category in ('standard', 'zero', 'exempt')),
    colour text not null check (colour in ('slate', 'teal', 'blue', 'violet', 'green', 'amber', 'red', 'pink')),
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id)
);
-- An archived name or code may be used again.
create unique index service_name_key on practice.service (practice_id, name_key) where archived_at is null;
create unique index service_code_key on practice.service (practice_id, code) where archived_at is null;
create index service_by_name on practice.service (practice_id, name_key, id);
alter table practice.service enable row level security;
alter table practice.service force row level security;
create policy tenant on practice.service
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on practice.service to vantage_app;
create constraint trigger require_audit after insert or update on practice.service
    deferrable initially deferred for each row execute function sec.require_audit();
