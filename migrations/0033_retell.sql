-- Retell: how a practice is connected, which agent speaks for which call workflow, what Retell told and what its agents asked.

-- How the practice is connected; without a row it is not.
create table voice.retell (
    practice_id uuid primary key references platform.practice,
    -- Retell itself, or what stands in for it here
    provider text not null check (provider in ('retell', 'sandbox')),
    enabled boolean not null,
    -- the address of the API, one of those that the installation allows; null for the first of them
    base_url text check (length(base_url) between 1 and 200),
    -- asks there, and proves what comes from there: sealed
    api_key bytea not null,
    api_key_last_four text not null,
    -- the unguessable end of the addresses to which webhooks, functions and calls go
    webhook_token text not null collate "C" check (length(webhook_token) between 22 and 80),
    -- the number that is shown to whoever is called
    from_number text check (from_number ~ '^\+[0-9]{6,15}$'),
    -- calls that began before were compared with what was told of them
    compared_until timestamptz,
    -- when the connection was last tried, and what came of it
    tested_at timestamptz,
    test_outcome text check (length(test_outcome) between 1 and 40),
    version int not null,
    updated_at timestamptz not null
);
alter table voice.retell enable row level security;
alter table voice.retell force row level security;
create policy tenant on voice.retell
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.retell to vantage_app;
create constraint trigger require_audit after insert or update of provider, enabled, base_url, api_key, api_key_last_four,
    webhook_token, from_number, tested_at, test_outcome, version on voice.retell
    deferrable initially deferred for each row execute function sec.require_audit();

-- Which agent speaks for which call workflow.
create table voice.retell_agent (
    practice_id uuid not null,
    call_workflow_id uuid not null,
    agent_id text not null collate "C" check (length(agent_id) between 1 and 200),
    agent_name text check (length(agent_name) between 1 and 200),
    primary key (practice_id, call_workflow_id),
    -- so that a call that comes in is of one workflow
    constraint retell_agent_once unique (practice_id, agent_id),
    constraint retell_agent_of_call_workflow foreign key (practice_id, call_workflow_id) references voice.call_workflow (practice_id, id)
);
alter table voice.retell_agent enable row level security;
alter table voice.retell_agent force row level security;
create policy tenant on voice.retell_agent
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on voice.retell_agent to vantage_app;
create constraint trigger require_audit after insert or delete on voice.retell_agent
    deferrable initially deferred for each row execute function sec.require_audit();

-- What Retell told, as it came.
create table voice.retell_message (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- what is the same when it comes again
    key text not null collate "C" check (length(key) between 1 and 300),
    event text not null collate "C" check (length(event) between 1 and 60),
    -- the call as Retell names it
    external_id text not null collate "C" check (length(external_id) between 1 and 200),
    -- sealed
    body bytea not null,
    state text not null check (state in ('received', 'applied', 'ignored')),
    -- why it was ignored
    reason text check (length(reason) between 1 and 60),
    received_at timestamptz not null,
    primary key (practice_id, id),
    constraint retell_message_once unique (practice_id, key)
);
create index retell_message_by_call on voice.retell_message (practice_id, external_id, id);
create index retell_message_by_time on voice.retell_message (practice_id, received_at, id);
alter table voice.retell_message enable row level security;
alter table voice.retell_message force row level security;
create policy tenant on voice.retell_message
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete, update (state, reason) on voice.retell_message to vantage_app;
create constraint trigger require_audit after insert or delete or update on voice.retell_message
    deferrable initially deferred for each row execute function sec.require_audit();

-- A call that Retell is to make, or was asked to make: noted before it is asked, so that nobody is called twice.
create table voice.retell_order (
    practice_id uuid not null,
    call_id uuid not null,
    state text not null check (state in ('waiting', 'asked', 'made', 'given_up')),
    -- since when nobody knows what came of asking
    asked_at timestamptz,
    attempts int not null default 0,
    -- what the agent knows, by name: sealed
    variables bytea not null,
    -- with what a browser comes in: sealed
    access_token bytea,
    primary key (practice_id, call_id),
    constraint retell_order_of_call foreign key (practice_id, call_id) references voice.call (practice_id, id)
);
alter table voice.retell_order enable row level security;
alter table voice.retell_order force row level security;
create policy tenant on voice.retell_order
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.retell_order to vantage_app;
create constraint trigger require_audit after insert or update on voice.retell_order
    deferrable initially deferred for each row execute function sec.require_audit();

-- As whom somebody was recognised during a call.
create table voice.retell_known (
    practice_id uuid not null,
    call_id uuid not null,
    -- what the agent has instead of the patient
    reference text not null collate "C" check (length(reference) between 8 and 40),
    patient_id uuid not null,
    primary key (practice_id, call_id, reference),
    constraint retell_known_once unique (practice_id, call_id, patient_id),
    constraint retell_known_of_call foreign key (practice_id, call_id) references voice.call (practice_id, id),
    constraint retell_known_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
alter table voice.retell_known enable row level security;
alter table voice.retell_known force row level security;
create policy tenant on voice.retell_known
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on voice.retell_known to vantage_app;
create constraint trigger require_audit after insert on voice.retell_known
    deferrable initially deferred for each row execute function sec.require_audit();

-- What was done for an agent: the same asked again during a call has the same answer.
create table voice.retell_done (
    practice_id uuid not null,
    call_id uuid not null,
    -- of function and arguments, in hexadecimal
    key text not null collate "C" check (length(key) = 64),
    function text not null collate "C" check (length(function) between 1 and 60),
    -- sealed
    answer bytea not null,
    primary key (practice_id, call_id, key),
    constraint retell_done_of_call foreign key (practice_id, call_id) references voice.call (practice_id, id)
);
alter table voice.retell_done enable row level security;
alter table voice.retell_done force row level security;
create policy tenant on voice.retell_done
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on voice.retell_done to vantage_app;
create constraint trigger require_audit after insert on voice.retell_done
    deferrable initially deferred for each row execute function sec.require_audit();

-- The calls of what stands in for Retell.
create table voice.retell_sandbox (
    practice_id uuid not null references platform.practice,
    external_id text not null collate "C" check (length(external_id) between 1 and 200),
    -- our id of it, as metadata
    our_id text not null collate "C" check (length(our_id) between 1 and 80),
    agent_id text not null collate "C",
    is_web boolean not null,
    -- the numbers and what the agent knows: sealed
    private bytea not null,
    -- how much of it was played
    step int not null check (step between 0 and 3),
    began_at timestamptz not null,
    primary key (practice_id, external_id)
);
create index retell_sandbox_by_time on voice.retell_sandbox (practice_id, began_at, external_id);
alter table voice.retell_sandbox enable row level security;
alter table voice.retell_sandbox force row level security;
create policy tenant on voice.retell_sandbox
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on voice.retell_sandbox to vantage_app;
create constraint trigger require_audit after insert or update on voice.retell_sandbox
    deferrable initially deferred for each row execute function sec.require_audit();
