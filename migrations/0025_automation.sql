-- Automation: workflows and their versions, runs and the history of their steps, what they wait for.

create schema automation;
grant usage on schema automation to vantage_app, vantage_dispatch;

-- What counts for all workflows of a practice; without a row as the product suggests.
create table automation.settings (
    practice_id uuid primary key references platform.practice,
    -- local times between which nobody is to be disturbed; none, where both are empty
    quiet_from time,
    quiet_until time,
    -- how long the history of ended runs is kept
    history_days int not null default 90 check (history_days between 1 and 3650),
    -- goes up with whatever changes which workflows are published, so that processes know what they may remember
    revision bigint not null default 0,
    version int not null default 0,
    updated_at timestamptz not null,
    constraint settings_quiet check ((quiet_from is null) = (quiet_until is null))
);
alter table automation.settings enable row level security;
alter table automation.settings force row level security;
create policy tenant on automation.settings
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on automation.settings to vantage_app;
create constraint trigger require_audit after insert or update on automation.settings
    deferrable initially deferred for each row execute function sec.require_audit();

create table automation.workflow (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null check (length(name) between 1 and 120),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    description text check (length(description) <= 2000),
    status text not null check (status in ('draft', 'published', 'paused')),
    -- what is being worked on
    draft jsonb not null,
    -- the version that runs begin with, and the highest one that there is
    published int,
    latest int not null default 0 check (latest >= 0),
    published_at timestamptz,
    published_by uuid,
    created_by uuid,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- its runs keep their history
    deleted_at timestamptz,
    primary key (practice_id, id),
    constraint workflow_published check (status = 'draft' or published is not null)
);
create index workflow_by_name on automation.workflow (practice_id, name_key, id) where deleted_at is null;
alter table automation.workflow enable row level security;
alter table automation.workflow force row level security;
create policy tenant on automation.workflow
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on automation.workflow to vantage_app;
create constraint trigger require_audit after insert or update on automation.workflow
    deferrable initially deferred for each row execute function sec.require_audit();

-- What was published or tested, as it was: never changed.
create table automation.version (
    practice_id uuid not null,
    workflow_id uuid not null,
    number int not null check (number > 0),
    definition jsonb not null,
    published_by uuid,
    -- null: a draft that was only tested
    published_at timestamptz,
    created_at timestamptz not null,
    primary key (practice_id, workflow_id, number),
    constraint version_of_workflow foreign key (practice_id, workflow_id) references automation.workflow (practice_id, id)
);
alter table automation.version enable row level security;
alter table automation.version force row level security;
create policy tenant on automation.version
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on automation.version to vantage_app;
create constraint trigger require_audit after insert on automation.version
    deferrable initially deferred for each row execute function sec.require_audit();

-- The address that a program calls to begin a workflow.
create table automation.webhook (
    practice_id uuid not null,
    workflow_id uuid not null,
    -- SHA-256 of the end of the address
    token_hash bytea not null,
    -- what signs the bodies, and the address itself: sealed
    secret bytea not null,
    address bytea not null,
    rotated_at timestamptz not null,
    primary key (practice_id, workflow_id),
    constraint webhook_of_workflow foreign key (practice_id, workflow_id) references automation.workflow (practice_id, id)
);
alter table automation.webhook enable row level security;
alter table automation.webhook force row level security;
create policy tenant on automation.webhook
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on automation.webhook to vantage_app;
create constraint trigger require_audit after insert or update on automation.webhook
    deferrable initially deferred for each row execute function sec.require_audit();

-- One time that a workflow is carried out.
create table automation.run (
    practice_id uuid not null,
    id uuid not null,
    workflow_id uuid not null,
    version int not null,
    -- what began it: one run of a workflow for each
    cause text collate "C" not null check (length(cause) between 1 and 200),
    subject_type text,
    subject_id uuid,
    patient_id uuid,
    state text not null check (state in ('running', 'waiting', 'done', 'failed', 'cancelled', 'stopped')),
    -- begun by a person to see what happens
    test boolean not null,
    -- the workflows whose actions led here, the first one first
    chain uuid[] not null,
    -- variables and place: sealed with the practice's key
    data bytea not null,
    -- when to look after it; a lease pushes it ahead, so an abandoned run comes back by itself. Null when it has ended
    due_at timestamptz,
    -- until when it waits, for people
    wakes_at timestamptz,
    -- fencing token: whoever goes on with it must still hold it
    lease uuid,
    -- tries of the step where it stands
    attempts int not null default 0,
    -- that what it waits for has happened
    signalled_at timestamptz,
    started_at timestamptz not null,
    ended_at timestamptz,
    error_code text,
    error_message text,
    error_step text,
    created_by uuid,
    primary key (practice_id, id),
    constraint run_once unique (practice_id, workflow_id, cause),
    constraint run_ended check ((state in ('running', 'waiting')) = (ended_at is null)),
    constraint run_of_version foreign key (practice_id, workflow_id, version)
        references automation.version (practice_id, workflow_id, number)
);
create index run_due on automation.run (practice_id, due_at) where due_at is not null;
create index run_by_workflow on automation.run (practice_id, workflow_id, id);
create index run_by_subject on automation.run (practice_id, subject_id, id) where subject_id is not null;
create index run_open on automation.run (practice_id, state, id) where state <> 'done';
alter table automation.run enable row level security;
alter table automation.run force row level security;
create policy tenant on automation.run
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on automation.run to vantage_dispatch using (true) with check (true);
grant select, insert, update, delete on automation.run to vantage_app;
grant select, update on automation.run to vantage_dispatch;

-- What each step of a run did.
create table automation.step (
    practice_id uuid not null,
    run_id uuid not null,
    seq int not null,
    step_id text not null,
    -- places of the loops around it, the outermost first
    iteration int[] not null,
    kind text not null,
    state text not null check (state in ('started', 'waiting', 'done', 'failed', 'cancelled')),
    attempts int not null,
    started_at timestamptz not null,
    duration_us bigint not null,
    error_code text,
    error_message text,
    -- the path of a branch that was taken
    path text,
    -- input and output: sealed with the practice's key
    data bytea not null,
    primary key (practice_id, run_id, seq),
    constraint step_of_run foreign key (practice_id, run_id) references automation.run (practice_id, id) on delete cascade
);
alter table automation.step enable row level security;
alter table automation.step force row level security;
create policy tenant on automation.step
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on automation.step to vantage_app;

-- What makes a waiting run look again before its time: something that happens to its record or its patient.
create table automation.wait (
    practice_id uuid not null,
    run_id uuid not null,
    -- the event that is waited for; null where a date of the record is
    event text,
    subject_id uuid,
    patient_id uuid,
    primary key (practice_id, run_id),
    constraint wait_of_run foreign key (practice_id, run_id) references automation.run (practice_id, id) on delete cascade
);
create index wait_by_subject on automation.wait (practice_id, subject_id);
create index wait_by_event on automation.wait (practice_id, event, patient_id) where event is not null;
alter table automation.wait enable row level security;
alter table automation.wait force row level security;
create policy tenant on automation.wait
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on automation.wait to vantage_app;

-- How far the time of a workflow has been looked at, that begins by dates of records or by a schedule.
create table automation.cursor (
    practice_id uuid not null,
    workflow_id uuid not null,
    -- everything before it has begun
    upto timestamptz not null,
    due_at timestamptz not null,
    primary key (practice_id, workflow_id),
    constraint cursor_of_workflow foreign key (practice_id, workflow_id) references automation.workflow (practice_id, id)
);
create index cursor_due on automation.cursor (due_at);
alter table automation.cursor enable row level security;
alter table automation.cursor force row level security;
create policy tenant on automation.cursor
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on automation.cursor for select to vantage_dispatch using (true);
grant select, insert, update, delete on automation.cursor to vantage_app;
grant select on automation.cursor to vantage_dispatch;

-- What a draft would have done, had it been published.
create table automation.rehearsal (
    practice_id uuid not null,
    id uuid not null,
    workflow_id uuid not null,
    definition jsonb not null,
    state text not null check (state in ('running', 'done', 'cancelled')),
    since timestamptz not null,
    until timestamptz not null,
    events int not null default 0,
    matched int not null default 0,
    job_id uuid,
    created_by uuid,
    created_at timestamptz not null,
    primary key (practice_id, id),
    constraint rehearsal_of_workflow foreign key (practice_id, workflow_id) references automation.workflow (practice_id, id)
);
create index rehearsal_by_age on automation.rehearsal (practice_id, created_at);
alter table automation.rehearsal enable row level security;
alter table automation.rehearsal force row level security;
create policy tenant on automation.rehearsal
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on automation.rehearsal to vantage_app;

create table automation.rehearsal_item (
    practice_id uuid not null,
    rehearsal_id uuid not null,
    seq int not null,
    at timestamptz not null,
    subject_type text,
    subject_id uuid,
    patient_id uuid,
    -- what would have been done: sealed with the practice's key
    data bytea not null,
    primary key (practice_id, rehearsal_id, seq),
    constraint item_of_rehearsal foreign key (practice_id, rehearsal_id)
        references automation.rehearsal (practice_id, id) on delete cascade
);
alter table automation.rehearsal_item enable row level security;
alter table automation.rehearsal_item force row level security;
create policy tenant on automation.rehearsal_item
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, delete on automation.rehearsal_item to vantage_app;

-- Workflows act in the ledger under their own name.
alter table audit.entry drop constraint entry_actor_kind_check;
alter table audit.entry add constraint entry_actor_kind_check
    check (
        actor_kind in ('user', 'system', 'api_key', 'voice', 'webhook', 'patient', 'calendar_feed', 'break_glass',
                       'platform', 'visitor', 'workflow'));

set local role vantage_dispatch;

-- Up to wanted runs that are due, fair: every practice with one is asked in turn for at most each of them. Those of a
-- suspended practice wait.
create function claim.runs(now timestamptz, wanted int, each int, lease_seconds int)
    returns table (practice_id uuid, id uuid, lease uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive waiting as (
        (select r.practice_id as id from automation.run r where r.due_at is not null order by r.practice_id limit 1)
        union all
        select (select r.practice_id from automation.run r where r.due_at is not null and r.practice_id > w.id order by r.practice_id limit 1)
          from waiting w where w.id is not null
    ), turn as (
        select w.id from waiting w join platform.practice p on p.practice_id = w.id and p.status = 'active' order by random()
    ), due as (
        select d.practice_id, d.id from turn w cross join lateral (
            select r.practice_id, r.id from automation.run r
             where r.practice_id = w.id and r.due_at <= now
             order by r.due_at limit each for update skip locked
        ) d limit wanted
    )
    update automation.run r set lease = gen_random_uuid(), due_at = now + make_interval(secs => lease_seconds)
      from due where r.practice_id = due.practice_id and r.id = due.id
    returning r.practice_id, r.id, r.lease
$$;

-- Workflows whose dates or schedules must be looked at.
create function claim.timed_workflows(now timestamptz, wanted int) returns table (practice_id uuid, workflow_id uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select c.practice_id, c.workflow_id from automation.cursor c join platform.practice p on p.practice_id = c.practice_id
     where c.due_at <= now and p.status = 'active' order by c.due_at limit wanted $$;

revoke all on function claim.runs(timestamptz, int, int, int) from public;
revoke all on function claim.timed_workflows(timestamptz, int) from public;
grant execute on function claim.runs(timestamptz, int, int, int) to vantage_worker;
grant execute on function claim.timed_workflows(timestamptz, int) to vantage_worker;
set local role vantage_owner;
