-- Voice: what the practice calls about, whom, and the calls themselves.

create schema voice;
grant usage on schema voice to vantage_app;

-- A purpose of calls, with what is kept of each case of it.
create table voice.call_workflow (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- its name in folders, files and the API; never changes
    slug text not null collate "C" check (slug ~ '^[a-z][a-z0-9_]{0,59}$'),
    name text not null check (length(name) between 1 and 80),
    name_ar text check (length(name_ar) between 1 and 80),
    enabled boolean not null,
    -- the fields of a case now
    schema_version int not null check (schema_version > 0),
    -- its conversation, when there is one: a row of voice.flow, which refers to this table and is never deleted
    flow_id uuid,
    -- what its files were when they were looked at last, and what was wrong with them: [{file, line, column, code, message}]
    flow_seen text collate "C" check (length(flow_seen) = 64),
    flow_faults jsonb not null default '[]',
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint call_workflow_slug_key unique (practice_id, slug)
);
alter table voice.call_workflow enable row level security;
alter table voice.call_workflow force row level security;
create policy tenant on voice.call_workflow
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.call_workflow to vantage_app;
create constraint trigger require_audit after insert or update on voice.call_workflow
    deferrable initially deferred for each row execute function sec.require_audit();

-- The fields of a case, as they were defined at some time; never changed.
create table voice.schema_version (
    practice_id uuid not null,
    call_workflow_id uuid not null,
    number int not null check (number > 0),
    fields jsonb not null,
    created_by uuid,
    created_at timestamptz not null,
    primary key (practice_id, call_workflow_id, number),
    constraint schema_of_call_workflow foreign key (practice_id, call_workflow_id) references voice.call_workflow (practice_id, id)
);
alter table voice.schema_version enable row level security;
alter table voice.schema_version force row level security;
create policy tenant on voice.schema_version
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on voice.schema_version to vantage_app;
create constraint trigger require_audit after insert on voice.schema_version
    deferrable initially deferred for each row execute function sec.require_audit();

-- A conversation as its files were when they were loaded; never changed, as calls refer to it.
create table voice.flow (
    practice_id uuid not null,
    id uuid not null,
    call_workflow_id uuid not null,
    number int not null check (number > 0),
    -- of the files, in hexadecimal: the same files are the same version
    hash text not null collate "C" check (length(hash) = 64),
    -- the files: name and text
    files jsonb not null,
    loaded_at timestamptz not null,
    primary key (practice_id, id),
    constraint flow_once unique (practice_id, call_workflow_id, hash),
    constraint flow_number_key unique (practice_id, call_workflow_id, number),
    constraint flow_of_call_workflow foreign key (practice_id, call_workflow_id) references voice.call_workflow (practice_id, id)
);
alter table voice.flow enable row level security;
alter table voice.flow force row level security;
create policy tenant on voice.flow
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on voice.flow to vantage_app;
create constraint trigger require_audit after insert on voice.flow
    deferrable initially deferred for each row execute function sec.require_audit();

-- Somebody in a call workflow.
create table voice.case (
    practice_id uuid not null,
    id uuid not null,
    call_workflow_id uuid not null,
    -- who it is, where that is known
    patient_id uuid,
    -- the fields by which it was last written
    schema_version int not null,
    -- values by key, but for the sensitive ones
    fields jsonb not null,
    -- the sensitive ones: sealed, and their keys
    private bytea,
    private_keys text[] not null default '{}',
    call_status text not null check (call_status in
        ('not_started', 'queued', 'in_call', 'completed', 'not_reached', 'failed')),
    calls int not null default 0,
    last_call_at timestamptz,
    -- where it came from, if from a file
    import_id uuid,
    created_by uuid,
    deleted_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint case_of_call_workflow foreign key (practice_id, call_workflow_id) references voice.call_workflow (practice_id, id),
    constraint case_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint case_private check ((private is null) = (private_keys = '{}'))
);
create index case_by_time on voice.case (practice_id, call_workflow_id, created_at, id) where deleted_at is null;
create index case_by_status on voice.case (practice_id, call_workflow_id, call_status, created_at, id) where deleted_at is null;
create index case_by_patient on voice.case (practice_id, patient_id) where patient_id is not null;
alter table voice.case enable row level security;
alter table voice.case force row level security;
create policy tenant on voice.case
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.case to vantage_app;
create constraint trigger require_audit after insert or update on voice.case
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a case is found by while somebody types, each to be compared from its beginning: words of its lines, folded, and
-- its numbers from their last digit on.
create table voice.case_term (
    practice_id uuid not null,
    call_workflow_id uuid not null,
    kind text collate "C" not null check (kind in ('word', 'number')),
    term text collate "C" not null check (length(term) between 1 and 200),
    case_id uuid not null,
    primary key (practice_id, call_workflow_id, kind, term, case_id),
    constraint term_of_case foreign key (practice_id, case_id) references voice.case (practice_id, id)
);
create index case_term_by_case on voice.case_term (practice_id, case_id, kind, term);
alter table voice.case_term enable row level security;
alter table voice.case_term force row level security;
create policy tenant on voice.case_term
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on voice.case_term to vantage_app;
create constraint trigger require_audit after insert or delete on voice.case_term
    deferrable initially deferred for each row execute function sec.require_audit();

-- A file with cases that somebody gave: how it is read, how far it is. It goes with its rows after some days.
create table voice.case_import (
    practice_id uuid not null,
    id uuid not null,
    call_workflow_id uuid not null,
    -- headings, and how it was read: sealed, as what stands there may be anything
    about bytea not null,
    -- which field each column is, by place
    columns jsonb not null,
    -- in which order day and month are written
    dates text collate "C" not null check (dates in ('dmy', 'mdy')),
    rows int not null,
    state text collate "C" not null check (state in ('checked', 'running', 'entered')),
    job_id uuid,
    created_by uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (practice_id, id),
    constraint import_of_call_workflow foreign key (practice_id, call_workflow_id) references voice.call_workflow (practice_id, id)
);
create index case_import_by_age on voice.case_import (expires_at);
alter table voice.case_import enable row level security;
alter table voice.case_import force row level security;
create policy tenant on voice.case_import
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy sweep on voice.case_import to vantage_dispatch using (true);
grant select, insert, update on voice.case_import to vantage_app;
grant usage on schema voice to vantage_dispatch;
grant select, delete on voice.case_import to vantage_dispatch;
create constraint trigger require_audit after insert or update on voice.case_import
    deferrable initially deferred for each row execute function sec.require_audit();

-- A row of it, and what became of it.
create table voice.case_import_row (
    practice_id uuid not null references platform.practice,
    import_id uuid not null,
    number int not null check (number > 0),
    -- as it was given: sealed with the practice's key
    body bytea not null,
    outcome text collate "C" not null check (outcome in ('fault', 'create', 'duplicate', 'created')),
    -- [{field, code, message}]: never a value
    report jsonb not null,
    -- as which case it was entered, or of which it is a duplicate
    case_id uuid,
    primary key (practice_id, import_id, number),
    constraint row_of_case_import foreign key (practice_id, import_id)
        references voice.case_import (practice_id, id) on delete cascade
);
create index case_import_row_by_outcome on voice.case_import_row (practice_id, import_id, outcome, number);
alter table voice.case_import_row enable row level security;
alter table voice.case_import_row force row level security;
create policy tenant on voice.case_import_row
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.case_import_row to vantage_app;

-- What has been there for its days goes, with its rows.
set local role vantage_dispatch;
create or replace function claim.sweep_imports(at timestamptz) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (delete from patients.import i where i.expires_at <= at returning 1),
         cases as (delete from voice.case_import i where i.expires_at <= at returning 1)
    select (select count(*) from gone) + (select count(*) from cases) $$;
set local role vantage_owner;

-- A conversation, whoever carries it: asked for, waiting for its time, under way, over.
create table voice.call (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- whatever is asked for twice under one key is one call
    request_key uuid,
    call_workflow_id uuid,
    case_id uuid,
    patient_id uuid,
    direction text not null check (direction in ('outbound', 'inbound')),
    -- our own runtime, or Retell
    runtime text not null check (runtime in ('native', 'retell')),
    transport text not null check (transport in ('phone', 'web', 'text')),
    state text not null check (state in ('queued', 'dialing', 'live', 'ended')),
    -- a word of the flow: completed, voicemail_left
    outcome text check (length(outcome) between 1 and 60),
    -- why it ended
    ended_by text check (ended_by in ('agent', 'caller', 'staff', 'limit', 'no_answer', 'busy', 'refused', 'cancelled',
                                      'failed', 'interrupted')),
    error_code text check (length(error_code) between 1 and 60),
    flow_id uuid,
    schema_version int,
    -- the other side's number: sealed, and what stands for it so that nobody is called twice at once
    number bytea,
    number_key text collate "C",
    -- which try of the case this is, and when it may begin
    attempt int not null default 1 check (attempt > 0),
    due_at timestamptz,
    -- who asked for it: a person, a workflow's run
    requested_by text not null check (requested_by in ('person', 'workflow', 'retry', 'caller', 'program')),
    requested_id uuid,
    -- how whoever carries it calls it
    external_id text collate "C" check (length(external_id) between 1 and 200),
    started_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    talk_ms int not null default 0 check (talk_ms >= 0),
    hold_ms int not null default 0 check (hold_ms >= 0),
    turns int not null default 0 check (turns >= 0),
    -- millionths of a dollar, and what they were for
    cost_micros bigint not null default 0 check (cost_micros >= 0),
    costs jsonb not null default '{}',
    -- milliseconds from the end of what was said until the answer could be heard
    latency_p50 int,
    latency_p99 int,
    -- summary and what else it found out: sealed
    private bytea,
    -- whether somebody still has to look at it
    review text not null check (review in ('none', 'open', 'done')),
    reviewed_at timestamptz,
    reviewed_by uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint call_request_key unique (practice_id, request_key),
    constraint call_external_key unique (practice_id, runtime, external_id),
    constraint call_of_call_workflow foreign key (practice_id, call_workflow_id) references voice.call_workflow (practice_id, id),
    constraint call_of_case foreign key (practice_id, case_id) references voice.case (practice_id, id),
    constraint call_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint call_of_flow foreign key (practice_id, flow_id) references voice.flow (practice_id, id),
    constraint call_ended check ((state = 'ended') = (ended_at is not null))
);
-- one call at a time per number, and per case
create unique index call_of_number on voice.call (practice_id, number_key) where state in ('dialing', 'live');
create unique index call_of_case_at_once on voice.call (practice_id, case_id) where state <> 'ended';
create index call_under_way on voice.call (practice_id, state, due_at) where state <> 'ended';
create index call_by_time on voice.call (practice_id, created_at, id);
create index call_by_workflow on voice.call (practice_id, call_workflow_id, created_at, id);
create index call_by_case on voice.call (practice_id, case_id, created_at) where case_id is not null;
create index call_by_patient on voice.call (practice_id, patient_id, created_at) where patient_id is not null;
create index call_to_review on voice.call (practice_id, ended_at, id) where review = 'open';
alter table voice.call enable row level security;
alter table voice.call force row level security;
create policy tenant on voice.call
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.call to vantage_app;
create constraint trigger require_audit after insert or update of state, case_id, patient_id, review, private on voice.call
    deferrable initially deferred for each row execute function sec.require_audit();

-- A line of what was said and done, in order.
create table voice.turn (
    practice_id uuid not null,
    call_id uuid not null,
    seq int not null check (seq >= 0),
    who text not null check (who in ('agent', 'caller', 'staff', 'tool', 'key', 'note')),
    -- where in the flow that was
    node text check (length(node) between 1 and 60),
    -- milliseconds since the beginning of the call
    at_ms int not null check (at_ms >= 0),
    ended_ms int check (ended_ms >= at_ms),
    -- what was said as it was, and with what is sensitive left out: sealed
    private bytea not null,
    -- cut off by the other side
    interrupted boolean not null default false,
    -- milliseconds of each part, of the answer that this line is
    latency jsonb,
    primary key (practice_id, call_id, seq),
    constraint turn_of_call foreign key (practice_id, call_id) references voice.call (practice_id, id)
);
alter table voice.turn enable row level security;
alter table voice.turn force row level security;
create policy tenant on voice.turn
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on voice.turn to vantage_app;
create constraint trigger require_audit after insert on voice.turn
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a call found out about a field, which somebody accepts into the record or not.
create table voice.finding (
    practice_id uuid not null,
    call_id uuid not null,
    -- a field of the case, or of the patient
    target text not null check (target in ('case', 'patient')),
    key text not null collate "C" check (length(key) between 1 and 60),
    -- value, and the words that it was heard in: sealed
    private bytea not null,
    -- the line it was heard in
    turn int,
    state text not null check (state in ('open', 'accepted', 'dismissed')),
    decided_at timestamptz,
    decided_by uuid,
    primary key (practice_id, call_id, target, key),
    constraint finding_of_call foreign key (practice_id, call_id) references voice.call (practice_id, id)
);
alter table voice.finding enable row level security;
alter table voice.finding force row level security;
create policy tenant on voice.finding
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.finding to vantage_app;
create constraint trigger require_audit after insert or update on voice.finding
    deferrable initially deferred for each row execute function sec.require_audit();
