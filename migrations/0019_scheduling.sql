-- Scheduling: who comes when, to whom and where; nobody and nothing is in two places at once.

-- equality beside ranges in one exclusion constraint; a trusted extension, which comes with PostgreSQL
create extension btree_gist with schema public;

create schema scheduling;
grant usage on schema scheduling to vantage_app;

-- How the practice gives appointments; without a row as the product suggests.
create table scheduling.settings (
    practice_id uuid primary key references platform.practice,
    -- minutes from one beginning that is offered to the next
    slot_minutes int not null check (slot_minutes between 5 and 120),
    -- patients book at least so long before, and at most so many days ahead
    notice_minutes int not null check (notice_minutes between 0 and 43200),
    horizon_days int not null check (horizon_days between 1 and 730),
    -- and cancel or move at least so long before, so many times
    cancel_cutoff_minutes int not null check (cancel_cutoff_minutes between 0 and 43200),
    move_cutoff_minutes int not null check (move_cutoff_minutes between 0 and 43200),
    most_moves int not null check (most_moves between 0 and 99),
    -- how long a slot is kept for somebody who is deciding
    hold_minutes int not null check (hold_minutes between 1 and 60),
    -- [{key, by, nameEn, nameAr, archived}]: why appointments are cancelled
    reasons jsonb not null,
    version int not null,
    updated_at timestamptz not null
);
alter table scheduling.settings enable row level security;
alter table scheduling.settings force row level security;
create policy tenant on scheduling.settings
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.settings to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.settings
    deferrable initially deferred for each row execute function sec.require_audit();

create table scheduling.appointment (
    practice_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    service_id uuid not null,
    location_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- the zone of the place, as it was when it was booked
    time_zone text not null check (length(time_zone) between 1 and 64),
    status text not null check (status in
        ('scheduled', 'confirmed', 'arrived', 'in_chair', 'completed', 'cancelled', 'no_show')),
    confirmed_at timestamptz,
    arrived_at timestamptz,
    seated_at timestamptz,
    completed_at timestamptz,
    checked_out_at timestamptz,
    no_show_at timestamptz,
    cancelled_at timestamptz,
    cancelled_by text check (cancelled_by in ('patient', 'provider', 'clinic')),
    cancel_reason text collate "C" check (length(cancel_reason) between 1 and 60),
    -- why the patient comes, notes, why it was booked over another, what was said when it was cancelled: sealed; null
    -- where nothing was said
    private bytea,
    -- instead of the service's
    colour text check (colour in ('slate', 'teal', 'blue', 'violet', 'green', 'amber', 'red', 'pink')),
    deposit boolean not null,
    moves int not null default 0 check (moves >= 0),
    series_id uuid,
    series_number int,
    series_length int,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint appointment_length check (ends_at > starts_at and ends_at <= starts_at + interval '12 hours'),
    constraint appointment_cancelled check ((status = 'cancelled') = (cancelled_at is not null)),
    constraint appointment_series check (num_nulls(series_id, series_number, series_length) in (0, 3)),
    constraint appointment_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint appointment_for_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint appointment_at_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
create index appointment_by_start on scheduling.appointment (practice_id, starts_at, id);
create index appointment_by_patient on scheduling.appointment (practice_id, patient_id, starts_at, id);
create index appointment_by_series on scheduling.appointment (practice_id, series_id) where series_id is not null;
alter table scheduling.appointment enable row level security;
alter table scheduling.appointment force row level security;
create policy tenant on scheduling.appointment
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.appointment to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.appointment
    deferrable initially deferred for each row execute function sec.require_audit();

-- A slot that is kept for somebody who is deciding.
create table scheduling.hold (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    service_id uuid not null,
    location_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (practice_id, id),
    constraint hold_length check (ends_at > starts_at and ends_at <= starts_at + interval '12 hours'),
    constraint hold_for_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint hold_at_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
create index hold_by_end on scheduling.hold (practice_id, expires_at);
alter table scheduling.hold enable row level security;
alter table scheduling.hold force row level security;
create policy tenant on scheduling.hold
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on scheduling.hold to vantage_app;
create constraint trigger require_audit after insert or delete on scheduling.hold
    deferrable initially deferred for each row execute function sec.require_audit();

-- What an appointment or a hold takes up: people, rooms, the patient.
create table scheduling.booked (
    practice_id uuid not null,
    -- the appointment, or the hold
    holder_id uuid not null,
    appointment_id uuid,
    hold_id uuid,
    kind text not null check (kind in ('provider', 'room', 'patient')),
    resource_id uuid not null,
    provider_id uuid generated always as (case when kind = 'provider' then resource_id end) stored,
    room_id uuid generated always as (case when kind = 'room' then resource_id end) stored,
    patient_id uuid generated always as (case when kind = 'patient' then resource_id end) stored,
    -- the first provider and the first room are the main ones
    position int not null check (position between 1 and 9),
    -- with what is kept free before and after it, which for the patient is nothing
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    during tstzrange not null generated always as (tstzrange(starts_at, ends_at)) stored,
    -- whether it takes up time: what is cancelled does not
    active boolean not null,
    -- deliberately over another one
    over_another boolean not null,
    -- of a hold
    expires_at timestamptz,
    primary key (practice_id, holder_id, kind, resource_id),
    constraint booked_holder check (num_nulls(appointment_id, hold_id) = 1 and holder_id = coalesce(appointment_id, hold_id)
        and (hold_id is null) = (expires_at is null)),
    constraint booked_patient_check check (kind <> 'patient' or not over_another),
    constraint booked_by_appointment foreign key (practice_id, appointment_id) references scheduling.appointment (practice_id, id),
    constraint booked_by_hold foreign key (practice_id, hold_id) references scheduling.hold (practice_id, id) on delete cascade,
    constraint booked_provider foreign key (practice_id, provider_id) references practice.provider (practice_id, user_id),
    constraint booked_room foreign key (practice_id, room_id) references practice.room (practice_id, id),
    constraint booked_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint booked_once exclude using gist (practice_id with =, resource_id with =, during with &&)
        where (active and not over_another)
);
create index booked_by_resource on scheduling.booked (practice_id, resource_id, starts_at);
alter table scheduling.booked enable row level security;
alter table scheduling.booked force row level security;
create policy tenant on scheduling.booked
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on scheduling.booked to vantage_app;
create constraint trigger require_audit after insert or update or delete on scheduling.booked
    deferrable initially deferred for each row execute function sec.require_audit();

-- When a patient was here last and comes next, kept with each change of their appointments: what lists are filtered by.
alter table patients.patient add column last_visit_at timestamptz, add column next_visit_at timestamptz;
