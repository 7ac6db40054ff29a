-- Cal.com: what a practice connects, which of its services are which event types there, and every booking that both have.

-- How the practice is connected; without a row it is not.
create table scheduling.calcom (
    practice_id uuid primary key references platform.practice,
    -- Cal.com itself, or what stands in for it here
    provider text not null check (provider in ('calcom', 'sandbox')),
    enabled boolean not null,
    -- the address of the API, one of those that the installation allows; null for the first of them
    base_url text check (length(base_url) between 1 and 200),
    -- sealed
    api_key bytea,
    api_key_last_four text,
    -- the unguessable end of the address to which webhooks go
    webhook_token text not null collate "C" check (length(webhook_token) between 22 and 80),
    -- sealed; shown once
    webhook_secret bytea not null,
    webhook_secret_last_four text not null,
    -- the version that is asked for, by group of operations; null for the one that the product was made for
    slots_version text check (length(slots_version) between 1 and 20),
    bookings_version text check (length(bookings_version) between 1 and 20),
    event_types_version text check (length(event_types_version) between 1 and 20),
    -- when the connection was last tried, and what came of it
    tested_at timestamptz,
    test_outcome text check (length(test_outcome) between 1 and 40),
    version int not null,
    updated_at timestamptz not null
);
alter table scheduling.calcom enable row level security;
alter table scheduling.calcom force row level security;
create policy tenant on scheduling.calcom
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.calcom to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.calcom
    deferrable initially deferred for each row execute function sec.require_audit();

-- Which service is which event type; with somebody, theirs, else everybody's.
create table scheduling.calcom_mapping (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    service_id uuid not null,
    provider_id uuid,
    -- where a visit is that is booked there
    location_id uuid not null,
    event_type_id bigint not null check (event_type_id > 0),
    slug text not null check (length(slug) between 1 and 200),
    title text not null check (length(title) between 1 and 200),
    length_minutes int not null check (length_minutes between 1 and 1440),
    primary key (practice_id, id),
    constraint calcom_mapping_event_type unique (practice_id, event_type_id),
    constraint calcom_mapping_visit_type unique nulls not distinct (practice_id, service_id, provider_id),
    constraint calcom_mapping_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint calcom_mapping_provider foreign key (practice_id, provider_id) references practice.provider (practice_id, user_id),
    constraint calcom_mapping_location foreign key (practice_id, location_id) references practice.location (practice_id, id)
);
alter table scheduling.calcom_mapping enable row level security;
alter table scheduling.calcom_mapping force row level security;
create policy tenant on scheduling.calcom_mapping
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on scheduling.calcom_mapping to vantage_app;
create constraint trigger require_audit after insert or delete on scheduling.calcom_mapping
    deferrable initially deferred for each row execute function sec.require_audit();

-- A booking that both know: what is known of it there, what was asked of it, and how it stands.
create table scheduling.calcom_booking (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- none yet for one that was made there and found no place here
    appointment_id uuid,
    patient_id uuid,
    state text not null check (state in ('pending', 'synced', 'needs_attention', 'cancelled', 'ours_only')),
    -- why it needs attention, or what the last try failed with
    error_code text check (length(error_code) between 1 and 40),
    -- made there, not here
    from_there boolean not null,
    -- somebody decided that it shall stand here alone
    keep_ours boolean not null,
    -- what is known of it there
    there text not null check (there in ('none', 'booked', 'cancelled')),
    uid text collate "C" check (length(uid) between 1 and 200),
    event_type_id bigint,
    there_start timestamptz,
    there_end timestamptz,
    -- when what the latest webhook told had happened
    heard_at timestamptz,
    -- a call whose outcome is not known
    asked text check (asked in ('create', 'reschedule', 'cancel')),
    asked_start timestamptz,
    attempts int not null,
    -- nobody asks there again before
    quiet_until timestamptz,
    -- the job that works on it
    job_id uuid,
    job_until timestamptz,
    version int not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint calcom_booking_appointment_key unique (practice_id, appointment_id),
    constraint calcom_booking_asked check ((asked is null) or (asked = 'cancel') or (asked_start is not null)),
    constraint calcom_booking_there check (there <> 'booked' or num_nulls(uid, event_type_id, there_start) = 0),
    constraint calcom_booking_appointment foreign key (practice_id, appointment_id) references scheduling.appointment (practice_id, id),
    constraint calcom_booking_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create index calcom_booking_by_state on scheduling.calcom_booking (practice_id, state, updated_at, id);
alter table scheduling.calcom_booking enable row level security;
alter table scheduling.calcom_booking force row level security;
create policy tenant on scheduling.calcom_booking
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on scheduling.calcom_booking to vantage_app;
create constraint trigger require_audit after insert or delete or update of appointment_id, patient_id, state, error_code,
    from_there, keep_ours, there, uid, event_type_id, there_start, there_end, heard_at on scheduling.calcom_booking
    deferrable initially deferred for each row execute function sec.require_audit();

-- Everything that a booking was ever named there: moving it gives it another name.
create table scheduling.calcom_uid (
    practice_id uuid not null references platform.practice,
    uid text not null collate "C" check (length(uid) between 1 and 200),
    booking_id uuid not null,
    -- another one has taken its place
    ended boolean not null,
    primary key (practice_id, uid),
    constraint calcom_uid_booking foreign key (practice_id, booking_id) references scheduling.calcom_booking (practice_id, id)
);
create index calcom_uid_by_booking on scheduling.calcom_uid (practice_id, booking_id);
alter table scheduling.calcom_uid enable row level security;
alter table scheduling.calcom_uid force row level security;
create policy tenant on scheduling.calcom_uid
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.calcom_uid to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.calcom_uid
    deferrable initially deferred for each row execute function sec.require_audit();

-- A slot that is kept there while it is held here.
create table scheduling.calcom_reservation (
    practice_id uuid not null references platform.practice,
    -- the hold, which may be over
    hold_id uuid not null,
    event_type_id bigint not null,
    starts_at timestamptz not null,
    uid text not null collate "C" check (length(uid) between 1 and 200),
    until timestamptz not null,
    primary key (practice_id, hold_id)
);
create index calcom_reservation_by_slot on scheduling.calcom_reservation (practice_id, event_type_id, starts_at);
alter table scheduling.calcom_reservation enable row level security;
alter table scheduling.calcom_reservation force row level security;
create policy tenant on scheduling.calcom_reservation
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on scheduling.calcom_reservation to vantage_app;
create constraint trigger require_audit after insert or delete on scheduling.calcom_reservation
    deferrable initially deferred for each row execute function sec.require_audit();

-- What webhooks said, as it came.
create table scheduling.calcom_message (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    trigger text not null collate "C" check (length(trigger) between 1 and 80),
    uid text not null collate "C" check (length(uid) <= 200),
    -- when it happened there
    at timestamptz not null,
    -- sealed
    body bytea not null,
    state text not null check (state in ('received', 'applied', 'ignored', 'conflict')),
    -- why it was ignored, or what was against it
    reason text check (length(reason) between 1 and 60),
    received_at timestamptz not null,
    primary key (practice_id, id),
    constraint calcom_message_once unique (practice_id, trigger, uid, at)
);
create index calcom_message_by_time on scheduling.calcom_message (practice_id, received_at, id);
alter table scheduling.calcom_message enable row level security;
alter table scheduling.calcom_message force row level security;
create policy tenant on scheduling.calcom_message
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update (state, reason) on scheduling.calcom_message to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.calcom_message
    deferrable initially deferred for each row execute function sec.require_audit();

-- The bookings of what stands in for Cal.com.
create table scheduling.calcom_sandbox (
    practice_id uuid not null references platform.practice,
    uid text not null collate "C" check (length(uid) between 1 and 200),
    event_type_id bigint not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null check (status in ('accepted', 'cancelled')),
    from_uid text collate "C",
    to_uid text collate "C",
    our_id text collate "C" check (length(our_id) between 1 and 80),
    primary key (practice_id, uid)
);
create index calcom_sandbox_by_start on scheduling.calcom_sandbox (practice_id, event_type_id, starts_at);
alter table scheduling.calcom_sandbox enable row level security;
alter table scheduling.calcom_sandbox force row level security;
create policy tenant on scheduling.calcom_sandbox
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.calcom_sandbox to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.calcom_sandbox
    deferrable initially deferred for each row execute function sec.require_audit();
