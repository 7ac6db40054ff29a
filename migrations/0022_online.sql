-- Booking online: what a practice lets everybody book by themselves, and the door that strangers come in by.

create table scheduling.online (
    practice_id uuid primary key references platform.practice,
    enabled boolean not null,
    -- who and where; null for everybody and everywhere
    providers uuid[],
    locations uuid[],
    -- whether patients may say with whom
    choose_provider boolean not null,
    -- appointments to come that one patient may have booked online
    most_open int not null check (most_open between 1 and 20),
    -- what is asked for besides name, date of birth and number
    email text not null check (email in ('no', 'optional', 'required')),
    reason text not null check (reason in ('no', 'optional', 'required')),
    -- websites that may show the page within theirs
    origins text[] not null,
    version int not null,
    updated_at timestamptz not null
);
alter table scheduling.online enable row level security;
alter table scheduling.online force row level security;
create policy tenant on scheduling.online
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.online to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.online
    deferrable initially deferred for each row execute function sec.require_audit();

-- Services that can be booked online, each at an address of its own.
create table scheduling.online_service (
    practice_id uuid not null,
    service_id uuid not null,
    position int not null check (position between 1 and 60),
    slug text collate "C" not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
    text_en text check (length(text_en) between 1 and 500),
    text_ar text check (length(text_ar) between 1 and 500),
    -- whether somebody may book it whom the practice does not know yet
    new_patients boolean not null,
    deposit boolean not null,
    primary key (practice_id, service_id),
    constraint online_service_slug unique (practice_id, slug),
    constraint online_service_of foreign key (practice_id, service_id) references practice.service (practice_id, id)
);
alter table scheduling.online_service enable row level security;
alter table scheduling.online_service force row level security;
create policy tenant on scheduling.online_service
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on scheduling.online_service to vantage_app;
create constraint trigger require_audit after insert or delete on scheduling.online_service
    deferrable initially deferred for each row execute function sec.require_audit();

-- A visitor's hold: only who has its key may book it; what stands for their network, which holds only so many.
alter table scheduling.hold add column key_hash bytea, add column network text collate "C",
    add constraint hold_of_visitor check (num_nulls(key_hash, network) in (0, 2));

-- How an appointment came.
alter table scheduling.appointment add column source text not null default 'staff' check (source in ('staff', 'online'));
create index appointment_online on scheduling.appointment (practice_id, patient_id, starts_at) where source = 'online';

-- The door for somebody who is not signed in: it opens only where booking online is switched on, in a practice that is
-- active. What is closed answers like what does not exist.
create function sec.enter_as_visitor(practice uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- row-level security is forced for the owner of this function too: it sees the practice that it asks about
    perform set_config('app.practice_id', practice::text, true);
    perform from scheduling.online o join platform.practice p on p.practice_id = o.practice_id
      where o.practice_id = practice and o.enabled and p.status = 'active';
    if not found then
        raise exception 'nothing can be booked online here' using errcode = 'VT404';
    end if;
end $$;
revoke all on function sec.enter_as_visitor(uuid) from public;
grant execute on function sec.enter_as_visitor(uuid) to vantage_app;

alter table audit.entry drop constraint entry_actor_kind_check;
alter table audit.entry add constraint entry_actor_kind_check
    check (
        actor_kind in ('user', 'system', 'api_key', 'voice', 'webhook', 'patient', 'calendar_feed', 'break_glass',
                       'platform', 'visitor'));
