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

-- Who works there -------------------------------------------------------------------------------------------------

-- Whether somebody is a member of the practice of this transaction. The tenants' role cannot look at memberships.
create function auth.is_member(person uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (
        select from auth.membership m
         where m.practice_id = sec.practice_id() and m.user_id = person and m.status in ('active', 'suspended'))
$$;
revoke all on function auth.is_member(uuid) from public;
grant execute on function auth.is_member(uuid) to vantage_app;

-- What the calendar and patients need to know of somebody who sees patients. The name is the person's own.
create table practice.provider (
    practice_id uuid not null references platform.practice,
    user_id uuid not null,
    title text check (length(title) between 1 and 60),
    title_ar text check (length(title_ar) between 1 and 60),
    specialty text check (length(specialty) between 1 and 120),
    licence_number text check (length(licence_number) between 1 and 60),
    colour text not null check (colour in ('slate', 'teal', 'blue', 'violet', 'green', 'amber', 'red', 'pink')),
    bookable boolean not null,
    -- false: those in practice.provider_service
    all_services boolean not null,
    version int not null default 1,
    updated_at timestamptz not null,
    primary key (practice_id, user_id)
);
alter table practice.provider enable row level security;
alter table practice.provider force row level security;
create policy tenant on practice.provider
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on practice.provider to vantage_app;
create constraint trigger require_audit after insert or update on practice.provider
    deferrable initially deferred for each row execute function sec.require_audit();

create table practice.provider_location (
    practice_id uuid not null,
    user_id uuid not null,
    location_id uuid not null,
    primary key (practice_id, user_id, location_id),
    foreign key (practice_id, user_id) references practice.provider (practice_id, user_id),
    constraint provider_at_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
alter table practice.provider_location enable row level security;
alter table practice.provider_location force row level security;
create policy tenant on practice.provider_location
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on practice.provider_location to vantage_app;
create constraint trigger require_audit after insert or delete on practice.provider_location
    deferrable initially deferred for each row execute function sec.require_audit();

create table practice.provider_service (
    practice_id uuid not null,
    user_id uuid not null,
    service_id uuid not null,
    primary key (practice_id, user_id, service_id),
    foreign key (practice_id, user_id) references practice.provider (practice_id, user_id),
    constraint provider_does_service foreign key (practice_id, service_id) references practice.service (practice_id, id)
);
alter table practice.provider_service enable row level security;
alter table practice.provider_service force row level security;
create policy tenant on practice.provider_service
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on practice.provider_service to vantage_app;
create constraint trigger require_audit after insert or delete on practice.provider_service
    deferrable initially deferred for each row execute function sec.require_audit();

-- When it works -----------------------------------------------------------------------------------------------------

-- Weekly hours of the practice (owner_id is its own), a location or a person. Without a week they are inherited.
create table practice.hours (
    practice_id uuid not null references platform.practice,
    owner_id uuid not null,
    owner_kind text not null check (owner_kind in ('practice', 'location', 'provider')),
    location_id uuid generated always as (case when owner_kind = 'location' then owner_id end) stored,
    -- [{weekday, intervals: [{from, to}]}], local times
    week jsonb,
    version int not null,
    updated_at timestamptz not null,
    primary key (practice_id, owner_id),
    constraint hours_of_practice check (owner_kind <> 'practice' or owner_id = practice_id),
    constraint hours_of_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
alter table practice.hours enable row level security;
alter table practice.hours force row level security;
create policy tenant on practice.hours
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on practice.hours to vantage_app;
create constraint trigger require_audit after insert or update on practice.hours
    deferrable initially deferred for each row execute function sec.require_audit();

-- What differs from the week: somebody is away or ill, a place is closed, or open in addition. Local times of the
-- owner's zone.
create table practice.absence (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    owner_id uuid not null,
    owner_kind text not null check (owner_kind in ('practice', 'location', 'provider')),
    location_id uuid generated always as (case when owner_kind = 'location' then owner_id end) stored,
    kind text not null check (kind in ('vacation', 'sick', 'closed', 'extra')),
    from_at timestamp not null,
    to_at timestamp not null,
    note text check (length(note) between 1 and 500),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    -- the list looks back no further than this for what may still last
    constraint absence_length check (to_at > from_at and to_at <= from_at + interval '400 days'),
    constraint absence_of_practice check (owner_kind <> 'practice' or owner_id = practice_id),
    constraint absence_of_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
create index absence_by_time on practice.absence (practice_id, from_at, id);
create index absence_by_owner on practice.absence (practice_id, owner_id, from_at, id);
alter table practice.absence enable row level security;
alter table practice.absence force row level security;
create policy tenant on practice.absence
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on practice.absence to vantage_app;
create constraint trigger require_audit after insert or update or delete on practice.absence
    deferrable initially deferred for each row execute function sec.require_audit();

-- Days on which the whole practice is closed, once or every year of one of two calendars.
create table practice.closing_day (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- the first of them
    date date not null,
    name text not null check (length(name) between 1 and 120),
    name_ar text check (length(name_ar) between 1 and 120),
    repeats text not null check (repeats in ('none', 'gregorian', 'hijri')),
    -- a holiday of the product's list, which knows the rule
    holiday text collate "C" check (length(holiday) between 1 and 60),
    -- [{from, to}]: single ones that are on another day than the rule says, or not at all
    moves jsonb not null default '[]',
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id)
);
create unique index closing_day_holiday_key on practice.closing_day (practice_id, holiday) where holiday is not null;
alter table practice.closing_day enable row level security;
alter table practice.closing_day force row level security;
create policy tenant on practice.closing_day
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on practice.closing_day to vantage_app;
create constraint trigger require_audit after insert or update or delete on practice.closing_day
    deferrable initially deferred for each row execute function sec.require_audit();

-- First steps -------------------------------------------------------------------------------------------------------

-- Whether anybody else works here or was asked to.
create function auth.has_company() returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select (select count(*) from auth.membership m
             where m.practice_id = sec.practice_id() and m.status in ('active', 'suspended')) > 1
        or exists (select from auth.invite i
                    where i.practice_id = sec.practice_id() and i.status = 'open' and i.expires_at > now())
$$;
revoke all on function auth.has_company() from public;
grant execute on function auth.has_company() to vantage_app;

-- What a new practice has skipped, seen and finished; what it has done shows by itself.
create table practice.onboarding (
    practice_id uuid not null references platform.practice,
    -- empty for the whole
    step text collate "C" not null check (step in ('', 'profile', 'hours', 'service', 'staff', 'security')),
    what text collate "C" not null check (what in ('skipped', 'seen', 'finished')),
    at timestamptz not null,
    primary key (practice_id, step, what)
);
alter table practice.onboarding enable row level security;
alter table practice.onboarding force row level security;
create policy tenant on practice.onboarding
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on practice.onboarding to vantage_app;
create constraint trigger require_audit after insert on practice.onboarding
    deferrable initially deferred for each row execute function sec.require_audit();
