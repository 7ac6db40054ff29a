-- The clinic in full: its profile, where it works, in which rooms.

-- Profile ----------------------------------------------------------------------------------------------------

alter table platform.practice
    add column legal_name text check (length(legal_name) between 1 and 160),
    add column vat_number text check (length(vat_number) between 1 and 20),
    -- {line1, line2, city, region, postalCode, country}
    add column address jsonb,
    -- E.164
    add column phone text check (phone ~ '^\+[0-9]{5,15}$'),
    add column email text check (length(email) between 3 and 254),
    -- PNG as this server encoded it; public, as the sign-in page shows it before anybody is known
    add column logo bytea check (octet_length(logo) <= 1048576),
    add column logo_tag text check (length(logo_tag) = 32);
grant update (slug, legal_name, vat_number, address, phone, email, logo, logo_tag) on platform.practice to vantage_app;

-- Where it works ------------------------------------------------------------------------------------------------

create table practice.location (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null check (length(name) between 1 and 120),
    name_ar text check (length(name_ar) between 1 and 120),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    address jsonb,
    phone text check (phone ~ '^\+[0-9]{5,15}$'),
    -- null: the practice's
    time_zone text check (length(time_zone) between 1 and 64),
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id)
);
create unique index location_name_key on practice.location (practice_id, name_key) where archived_at is null;
create index location_by_name on practice.location (practice_id, name_key, id);
alter table practice.location enable row level security;
alter table practice.location force row level security;
create policy tenant on practice.location
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on practice.location to vantage_app;
create constraint trigger require_audit after insert or update on practice.location
    deferrable initially deferred for each row execute function sec.require_audit();

-- A room, or a chair in one: what an appointment takes up besides people.
create table practice.room (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    location_id uuid not null,
    name text not null check (length(name) between 1 and 120),
    name_ar text check (length(name_ar) between 1 and 120),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    kind text not null check (kind in ('room', 'chair')),
    colour text not null check (colour in ('slate', 'teal', 'blue', 'violet', 'green', 'amber', 'red', 'pink')),
    sort int not null default 0 check (sort between 0 and 9999),
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint room_in_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
create unique index room_name_key on practice.room (practice_id, location_id, name_key) where archived_at is null;
create index room_by_sort on practice.room (practice_id, sort, id);
create index room_by_name on practice.room (practice_id, name_key, id);
alter table practice.room enable row level security;
alter table practice.room force row level security;
create policy tenant on practice.room
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on practice.room to vantage_app;
create constraint trigger require_audit after insert or update on practice.room
    deferrable initially deferred for each row execute function sec.require_audit();
