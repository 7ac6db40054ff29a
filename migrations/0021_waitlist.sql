-- The waitlist: what patients wish for, time that becomes free again, who is offered it. And recalls: who should come again.

-- How time that becomes free is offered; without a row as the product suggests.
create table scheduling.waitlist_settings (
    practice_id uuid primary key references platform.practice,
    -- by itself, by staff, or not at all
    mode text not null check (mode in ('automatic', 'ask_me', 'off')),
    -- how many are asked at once, and for how many minutes
    wave_size int not null check (wave_size between 1 and 20),
    wave_minutes int not null check (wave_minutes between 5 and 1440),
    -- nothing is offered any more so long before
    last_minutes int not null check (last_minutes between 0 and 10080),
    version int not null,
    updated_at timestamptz not null
);
alter table scheduling.waitlist_settings enable row level security;
alter table scheduling.waitlist_settings force row level security;
create policy tenant on scheduling.waitlist_settings
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.waitlist_settings to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.waitlist_settings
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a patient waits for.
create table scheduling.wish (
    practice_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    service_id uuid not null,
    location_id uuid not null,
    -- anybody who does it, where it is empty
    provider_ids uuid[] not null,
    -- [{weekdays, from, to}], local times; any time, where it is empty
    windows jsonb not null,
    earliest date,
    latest date,
    -- how long before the patient must know
    notice_minutes int not null check (notice_minutes between 0 and 43200),
    urgent boolean not null,
    -- the note: sealed; null where nothing was said
    private bytea,
    -- an appointment that the patient gives up for an earlier one
    gives_up_id uuid,
    status text not null check (status in ('waiting', 'fulfilled', 'withdrawn')),
    -- what came of it
    booked_id uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint wish_dates check (latest >= earliest),
    constraint wish_fulfilled check ((status = 'fulfilled') = (booked_id is not null)),
    constraint wish_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint wish_for_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint wish_at_location foreign key (practice_id, location_id) references practice.location (practice_id, id),
    constraint wish_gives_up foreign key (practice_id, gives_up_id) references scheduling.appointment (practice_id, id),
    constraint wish_booked foreign key (practice_id, booked_id) references scheduling.appointment (practice_id, id)
);
create index wish_by_wait on scheduling.wish (practice_id, status, created_at, id);
create index wish_by_patient on scheduling.wish (practice_id, patient_id, created_at, id);
alter table scheduling.wish enable row level security;
alter table scheduling.wish force row level security;
create policy tenant on scheduling.wish
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.wish to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.wish
    deferrable initially deferred for each row execute function sec.require_audit();

-- Time that became free, as an appointment was cancelled or moved away.
create table scheduling.opening (
    practice_id uuid not null,
    id uuid not null,
    -- which change of which appointment: one opening each
    appointment_id uuid not null,
    appointment_version int not null,
    cause text not null check (cause in ('cancelled', 'moved')),
    -- whose time it was
    patient_id uuid not null,
    service_id uuid not null,
    location_id uuid not null,
    provider_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- with what was kept free around it
    free_from timestamptz not null,
    free_until timestamptz not null,
    -- the zone of the place
    time_zone text not null check (length(time_zone) between 1 and 64),
    status text not null check (status in ('open', 'filled', 'closed')),
    -- why it is offered no more
    closed_for text check (closed_for in ('taken', 'late', 'nobody', 'by_hand')),
    -- how often it was offered
    wave int not null default 0 check (wave >= 0),
    -- when to look after it
    next_at timestamptz not null,
    filled_by uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint opening_once unique (practice_id, appointment_id, appointment_version),
    constraint opening_length check (ends_at > starts_at and free_from <= starts_at and free_until >= ends_at),
    constraint opening_filled check ((status = 'filled') = (filled_by is not null)),
    constraint opening_closed check ((status = 'closed') = (closed_for is not null)),
    constraint opening_of_appointment foreign key (practice_id, appointment_id) references scheduling.appointment (practice_id, id),
    constraint opening_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint opening_for_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint opening_at_location foreign key (practice_id, location_id) references practice.location (practice_id, id),
    constraint opening_with_provider foreign key (practice_id, provider_id) references practice.provider (practice_id, user_id),
    constraint opening_filled_by foreign key (practice_id, filled_by) references scheduling.appointment (practice_id, id)
);
create index opening_by_start on scheduling.opening (practice_id, status, starts_at, id);
create index opening_by_creation on scheduling.opening (practice_id, created_at);
create index opening_due on scheduling.opening (next_at) where status = 'open';
alter table scheduling.opening enable row level security;
alter table scheduling.opening force row level security;
create policy tenant on scheduling.opening
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on scheduling.opening for select to vantage_dispatch using (true);
grant select, insert, update on scheduling.opening to vantage_app;
grant usage on schema scheduling to vantage_dispatch;
grant select on scheduling.opening to vantage_dispatch;
create constraint trigger require_audit after insert or update on scheduling.opening
    deferrable initially deferred for each row execute function sec.require_audit();

-- An opening that was offered to somebody who waits.
create table scheduling.offer (
    practice_id uuid not null,
    id uuid not null,
    opening_id uuid not null,
    wish_id uuid not null,
    patient_id uuid not null,
    wave int not null check (wave > 0),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null check (status in ('sent', 'accepted', 'declined', 'expired', 'taken', 'withdrawn')),
    expires_at timestamptz not null,
    answered_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint offer_once unique (practice_id, opening_id, wish_id),
    constraint offer_length check (ends_at > starts_at),
    constraint offer_of_opening foreign key (practice_id, opening_id) references scheduling.opening (practice_id, id),
    constraint offer_to_wish foreign key (practice_id, wish_id) references scheduling.wish (practice_id, id),
    constraint offer_to_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create index offer_by_wish on scheduling.offer (practice_id, wish_id) where status = 'sent';
alter table scheduling.offer enable row level security;
alter table scheduling.offer force row level security;
create policy tenant on scheduling.offer
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.offer to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.offer
    deferrable initially deferred for each row execute function sec.require_audit();

-- After which service patients are asked to come again, for what, and after how many months.
create table scheduling.recall_rule (
    practice_id uuid not null,
    service_id uuid not null,
    recall_service_id uuid not null,
    months int not null check (months between 1 and 120),
    active boolean not null,
    version int not null,
    updated_at timestamptz not null,
    primary key (practice_id, service_id),
    constraint recall_rule_of_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint recall_rule_for_service foreign key (practice_id, recall_service_id) references practice.service (practice_id, id)
);
alter table scheduling.recall_rule enable row level security;
alter table scheduling.recall_rule force row level security;
create policy tenant on scheduling.recall_rule
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.recall_rule to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.recall_rule
    deferrable initially deferred for each row execute function sec.require_audit();

-- A patient who should come again.
create table scheduling.recall (
    practice_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    -- what for
    service_id uuid not null,
    location_id uuid not null,
    -- the completed visit that it follows from: one recall each
    appointment_id uuid not null,
    -- local days: when it is due, and when it is to be looked at next
    due_on date not null,
    next_on date not null,
    status text not null check (status in ('due', 'contacted', 'booked', 'done', 'dismissed')),
    dismissed_for text check (dismissed_for in ('declined', 'elsewhere', 'not_needed', 'unreachable', 'other', 'undone', 'replaced')),
    booked_id uuid,
    attempts int not null default 0 check (attempts >= 0),
    last_attempt_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint recall_once unique (practice_id, appointment_id),
    constraint recall_booked check ((status in ('booked', 'done')) = (booked_id is not null)),
    constraint recall_dismissed check ((status = 'dismissed') = (dismissed_for is not null)),
    constraint recall_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint recall_for_service foreign key (practice_id, service_id) references practice.service (practice_id, id),
    constraint recall_at_location foreign key (practice_id, location_id) references practice.location (practice_id, id),
    constraint recall_of_appointment foreign key (practice_id, appointment_id) references scheduling.appointment (practice_id, id),
    constraint recall_booked_as foreign key (practice_id, booked_id) references scheduling.appointment (practice_id, id)
);
create index recall_open on scheduling.recall (practice_id, next_on, id) where status in ('due', 'contacted');
create index recall_by_day on scheduling.recall (practice_id, status, next_on, id);
create index recall_by_patient on scheduling.recall (practice_id, patient_id);
create index recall_by_booking on scheduling.recall (practice_id, booked_id) where booked_id is not null;
alter table scheduling.recall enable row level security;
alter table scheduling.recall force row level security;
create policy tenant on scheduling.recall
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on scheduling.recall to vantage_app;
create constraint trigger require_audit after insert or update on scheduling.recall
    deferrable initially deferred for each row execute function sec.require_audit();

-- That somebody tried to reach them.
create table scheduling.recall_attempt (
    practice_id uuid not null,
    id uuid not null,
    recall_id uuid not null,
    kind text not null check (kind in ('phone', 'sms', 'email', 'letter')),
    outcome text not null check (outcome in ('sent', 'no_answer', 'message_left', 'will_call_back', 'reached', 'declined')),
    -- the note: sealed; null where nothing was said
    private bytea,
    by_id uuid,
    at timestamptz not null,
    primary key (practice_id, id),
    constraint attempt_of_recall foreign key (practice_id, recall_id) references scheduling.recall (practice_id, id)
);
create index attempt_by_recall on scheduling.recall_attempt (practice_id, recall_id, at);
alter table scheduling.recall_attempt enable row level security;
alter table scheduling.recall_attempt force row level security;
create policy tenant on scheduling.recall_attempt
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on scheduling.recall_attempt to vantage_app;
create constraint trigger require_audit after insert on scheduling.recall_attempt
    deferrable initially deferred for each row execute function sec.require_audit();

-- Openings that must be looked after, those that have waited longest first. Those of a suspended practice wait.
set local role vantage_dispatch;
create function claim.due_openings(at timestamptz, wanted int) returns table (practice_id uuid, id uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select o.practice_id, o.id from scheduling.opening o join platform.practice p on p.practice_id = o.practice_id
     where o.status = 'open' and o.next_at <= at and p.status = 'active' order by o.next_at limit wanted $$;
revoke all on function claim.due_openings(timestamptz, int) from public;
grant execute on function claim.due_openings(timestamptz, int) to vantage_worker;
set local role vantage_owner;
