-- Messaging: e-mail and text messages between the practice and its patients, and what became of each.

create schema messaging;
grant usage on schema messaging to vantage_app;

-- When messages go out and what they cost; without a row as the product suggests.
create table messaging.settings (
    practice_id uuid primary key references platform.practice,
    -- minutes of the day between which nothing goes out by itself; the same minute twice for no quiet at all
    quiet_from int not null check (quiet_from between 0 and 1439),
    quiet_until int not null check (quiet_until between 0 and 1439),
    -- messages that one patient gets a day by themselves
    daily_cap int not null check (daily_cap between 1 and 100),
    -- what a part of a text message costs, in minor units of the practice's currency
    part_price_minor bigint not null check (part_price_minor between 0 and 100000),
    version int not null,
    updated_at timestamptz not null
);
alter table messaging.settings enable row level security;
alter table messaging.settings force row level security;
create policy tenant on messaging.settings
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on messaging.settings to vantage_app;
create constraint trigger require_audit after insert or update on messaging.settings
    deferrable initially deferred for each row execute function sec.require_audit();

-- By whom a practice sends on each channel; without a row they are kept here, to be looked at.
create table messaging.channel (
    practice_id uuid not null references platform.practice,
    channel text not null check (channel in ('email', 'sms')),
    provider text not null check (provider in ('sandbox', 'installation', 'smtp', 'sendgrid', 'twilio')),
    -- sender, server, account, number: what is no secret
    settings jsonb not null,
    -- the password, key or token: sealed
    secret bytea,
    secret_last_four text,
    -- the unguessable end of the address to which the provider tells
    hook_token text not null collate "C" check (length(hook_token) between 22 and 80),
    tested_at timestamptz,
    test_outcome text check (length(test_outcome) between 1 and 60),
    version int not null,
    updated_at timestamptz not null,
    primary key (practice_id, channel)
);
alter table messaging.channel enable row level security;
alter table messaging.channel force row level security;
create policy tenant on messaging.channel
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on messaging.channel to vantage_app;
create constraint trigger require_audit after insert or update on messaging.channel
    deferrable initially deferred for each row execute function sec.require_audit();

-- Texts that the practice has written or changed. Those of the product are in the program, under ids of their own.
create table messaging.template (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null check (length(name) between 1 and 80),
    channel text not null check (channel in ('email', 'sms')),
    purpose text not null check (purpose in ('transactional', 'marketing')),
    -- the newest of its texts
    number int not null check (number > 0),
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id)
);
alter table messaging.template enable row level security;
alter table messaging.template force row level security;
create policy tenant on messaging.template
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on messaging.template to vantage_app;
create constraint trigger require_audit after insert or update on messaging.template
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a template said in each of its versions, which no one changes.
create table messaging.template_text (
    practice_id uuid not null,
    template_id uuid not null,
    number int not null check (number > 0),
    -- {subjectEn, textEn, subjectAr, textAr}
    texts jsonb not null,
    by_id uuid,
    at timestamptz not null,
    primary key (practice_id, template_id, number),
    constraint template_text_of foreign key (practice_id, template_id) references messaging.template (practice_id, id)
);
alter table messaging.template_text enable row level security;
alter table messaging.template_text force row level security;
create policy tenant on messaging.template_text
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on messaging.template_text to vantage_app;
create constraint trigger require_audit after insert on messaging.template_text
    deferrable initially deferred for each row execute function sec.require_audit();

-- A message, and what became of it.
create table messaging.message (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    channel text not null check (channel in ('email', 'sms')),
    direction text not null check (direction in ('out', 'in')),
    purpose text not null check (purpose in ('transactional', 'marketing')),
    -- who wanted it: a person, a run of a workflow with its step, a rule, a message that it answers
    source text not null check (source in ('person', 'workflow', 'rule', 'answer')),
    source_id uuid,
    patient_id uuid,
    -- the visit that it is about
    appointment_id uuid,
    -- the beginning of the visit that it speaks of
    appointment_start timestamptz,
    rule_id uuid,
    template_id uuid,
    template_number int,
    language text not null check (language in ('en', 'ar')),
    -- address, subject, text, who it comes from: sealed
    content bytea not null,
    -- what stands for the other side's address, to find it again; null where there was none
    address_blind text collate "C",
    state text not null check (state in ('queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'bounced', 'opened',
                                         'replied', 'suppressed', 'cancelled', 'received')),
    -- why it waits, was held back or failed
    reason text check (length(reason) between 1 and 60),
    provider text check (length(provider) between 1 and 20),
    provider_id text collate "C" check (length(provider_id) between 1 and 200),
    attempts int not null default 0,
    -- tries of which nobody knows what came
    doubts int not null default 0 check (doubts between 0 and 2),
    idempotency_key uuid not null,
    -- right after the patient's own act, or a person's, who knows what time it is
    at_any_hour boolean not null,
    test boolean not null,
    not_before timestamptz not null,
    next_at timestamptz not null,
    lease uuid,
    lease_until timestamptz,
    parts int check (parts between 0 and 1000),
    price_minor bigint,
    -- the message that this one answers or repeats
    answers_id uuid,
    retry_of_id uuid,
    sent_at timestamptz,
    delivered_at timestamptz,
    opened_at timestamptz,
    ended_at timestamptz,
    read_at timestamptz,
    created_by uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint message_once unique (practice_id, idempotency_key),
    constraint message_direction check ((direction = 'in') = (state = 'received')),
    constraint message_lease check ((lease is null) = (lease_until is null)),
    constraint message_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint message_about foreign key (practice_id, appointment_id) references scheduling.appointment (practice_id, id)
);
create index message_newest on messaging.message (practice_id, created_at, id);
create index message_by_state on messaging.message (practice_id, state, created_at, id);
create index message_by_patient on messaging.message (practice_id, patient_id, created_at, id);
create index message_by_address on messaging.message (practice_id, channel, address_blind, created_at);
create index message_by_provider on messaging.message (practice_id, provider, provider_id) where provider_id is not null;
create index message_by_appointment on messaging.message (practice_id, appointment_id) where state = 'queued' and appointment_id is not null;
create index message_unread on messaging.message (practice_id, created_at) where direction = 'in' and read_at is null;
create index message_due on messaging.message (next_at) where state in ('queued', 'sending');
alter table messaging.message enable row level security;
alter table messaging.message force row level security;
create policy tenant on messaging.message
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on messaging.message for select to vantage_dispatch using (true);
grant select, insert, update on messaging.message to vantage_app;
grant usage on schema messaging to vantage_dispatch;
grant select on messaging.message to vantage_dispatch;
create constraint trigger require_audit after insert or update of state, reason, content, patient_id, not_before, provider_id, read_at on messaging.message
    deferrable initially deferred for each row execute function sec.require_audit();

-- A file that goes along with an e-mail.
create table messaging.attachment (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- none until it is sent
    message_id uuid,
    place int,
    -- name, sealed
    name bytea not null,
    media_type text not null check (length(media_type) between 3 and 100),
    size int not null check (size between 1 and 10485760),
    -- sealed
    bytes bytea not null,
    created_by uuid,
    created_at timestamptz not null,
    primary key (practice_id, id),
    constraint attachment_of foreign key (practice_id, message_id) references messaging.message (practice_id, id)
);
create index attachment_by_message on messaging.attachment (practice_id, message_id, place);
alter table messaging.attachment enable row level security;
alter table messaging.attachment force row level security;
create policy tenant on messaging.attachment
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on messaging.attachment to vantage_app;
create constraint trigger require_audit after insert or delete or update on messaging.attachment
    deferrable initially deferred for each row execute function sec.require_audit();

-- Addresses to which nothing goes any more.
create table messaging.suppression (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    channel text not null check (channel in ('email', 'sms')),
    address_blind text not null collate "C",
    -- sealed
    address bytea not null,
    reason text not null check (reason in ('bounce', 'complaint', 'unsubscribe', 'stop', 'by_hand')),
    patient_id uuid,
    created_at timestamptz not null,
    primary key (practice_id, id),
    constraint suppression_once unique (practice_id, channel, address_blind),
    constraint suppression_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create index suppression_newest on messaging.suppression (practice_id, created_at, id);
alter table messaging.suppression enable row level security;
alter table messaging.suppression force row level security;
create policy tenant on messaging.suppression
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on messaging.suppression to vantage_app;
create constraint trigger require_audit after insert or delete or update on messaging.suppression
    deferrable initially deferred for each row execute function sec.require_audit();

-- What providers told, as it came, each once.
create table messaging.inbox (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    provider text not null check (provider in ('sendgrid', 'twilio')),
    dedupe_key text not null collate "C" check (length(dedupe_key) between 1 and 300),
    -- sealed
    body bytea not null,
    state text not null check (state in ('received', 'applied', 'ignored')),
    reason text check (length(reason) between 1 and 60),
    received_at timestamptz not null,
    primary key (practice_id, id),
    constraint inbox_once unique (practice_id, provider, dedupe_key)
);
create index inbox_by_age on messaging.inbox (practice_id, received_at, id);
alter table messaging.inbox enable row level security;
alter table messaging.inbox force row level security;
create policy tenant on messaging.inbox
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on messaging.inbox to vantage_app;
create constraint trigger require_audit after insert or delete or update on messaging.inbox
    deferrable initially deferred for each row execute function sec.require_audit();

-- Reminders: so long before a visit, by this text.
create table messaging.rule (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null check (length(name) between 1 and 80),
    channel text not null check (channel in ('email', 'sms')),
    template_id uuid not null,
    -- before the visit begins
    offset_minutes int not null check (offset_minutes between 15 and 86400),
    -- all, where they are empty
    service_ids uuid[] not null,
    location_ids uuid[] not null,
    skip_confirmed boolean not null,
    enabled boolean not null,
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id)
);
alter table messaging.rule enable row level security;
alter table messaging.rule force row level security;
create policy tenant on messaging.rule
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on messaging.rule for select to vantage_dispatch using (true);
grant select, insert, update on messaging.rule to vantage_app;
grant select on messaging.rule to vantage_dispatch;
create constraint trigger require_audit after insert or update on messaging.rule
    deferrable initially deferred for each row execute function sec.require_audit();

-- Messages that are due, or whose sender has died, those that have waited longest first and of each practice only some, so
-- that one practice's flood delays nobody else. Those of a suspended practice wait.
set local role vantage_dispatch;
create function claim.due_messages(at timestamptz, wanted int, each int) returns table (practice_id uuid, id uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select d.practice_id, d.id
      from (select m.practice_id, m.id, m.next_at,
                   row_number() over (partition by m.practice_id order by m.next_at, m.id) as place
              from messaging.message m join platform.practice p on p.practice_id = m.practice_id
             where m.state in ('queued', 'sending') and m.next_at <= at and p.status = 'active') d
     where d.place <= each order by d.place, d.next_at limit wanted $$;
revoke all on function claim.due_messages(timestamptz, int, int) from public;
grant execute on function claim.due_messages(timestamptz, int, int) to vantage_worker;

-- Practices that have rules to look after.
create function claim.practices_with_rules() returns table (practice_id uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select distinct r.practice_id from messaging.rule r join platform.practice p on p.practice_id = r.practice_id
     where r.enabled and r.archived_at is null and p.status = 'active' $$;
revoke all on function claim.practices_with_rules() from public;
grant execute on function claim.practices_with_rules() to vantage_worker;
set local role vantage_owner;
