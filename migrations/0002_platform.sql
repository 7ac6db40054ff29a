-- What every area stands on: the practice as tenant, its context, the ledger, events, jobs, keys, limits.

-- Who is asking -------------------------------------------------------------------------------------------

create schema sec;
grant usage on schema sec to vantage_app, vantage_auth, vantage_worker, vantage_platform, vantage_dispatch;

-- The practice of this transaction; null outside of one. After a commit the setting reads '' and not null,
-- hence nullif. Every policy goes through here, so that a signed context can take its place.
create function sec.practice_id() returns uuid
    language sql stable parallel safe
    as $$ select nullif(current_setting('app.practice_id', true), '')::uuid $$;

-- The tenants. A practice sees its own row; the address (slug) is public by nature and therefore unique over all.
create table platform.practice (
    practice_id uuid primary key,
    slug text collate "C" not null constraint practice_slug_key unique
        constraint practice_slug_check check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$' and slug !~ '--'),
    name text not null constraint practice_name_check check (length(name) between 1 and 120),
    status text not null default 'active' check (status in ('active', 'suspended')),
    language text not null check (language in ('en', 'ar')),
    country text not null check (country ~ '^[A-Z]{2}$'),
    time_zone text not null check (length(time_zone) between 1 and 64),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
alter table platform.practice enable row level security;
alter table platform.practice force row level security;
create policy tenant on platform.practice to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
-- Before a practice is known (sign-in by slug) and across all of them (administration): metadata, no patients.
create policy registry on platform.practice to vantage_auth, vantage_platform, vantage_owner using (true) with check (true);
grant select on platform.practice to vantage_app, vantage_auth, vantage_platform;
grant update (name, language, country, time_zone, currency, version, updated_at) on platform.practice to vantage_app;
grant update (status, updated_at) on platform.practice to vantage_platform;

-- Why somebody reached across practices: every platform transaction leaves a line here.
create table platform.access (
    id uuid primary key,
    at timestamptz not null default now(),
    reason text not null check (length(reason) between 3 and 500)
);
grant insert, select on platform.access to vantage_platform;

-- The ledger ------------------------------------------------------------------------------------------------

create schema audit;
grant usage on schema audit to vantage_app;

create table audit.entry (
    practice_id uuid not null references platform.practice,
    at timestamptz not null default now(),
    id uuid not null,
    xid xid8 not null default pg_current_xact_id(),
    request_id uuid,
    actor_kind text not null check (actor_kind in ('user', 'system', 'voice', 'webhook', 'patient', 'break_glass')),
    actor_id uuid,
    action text not null check (length(action) between 1 and 60),
    resource_type text not null check (length(resource_type) between 1 and 60),
    resource_id uuid,
    patient_id uuid,
    outcome text not null default 'ok' check (outcome in ('ok', 'denied', 'error')),
    ip text,
    user_agent text,
    -- names of things, never values
    detail jsonb not null default '{}',
    -- [{field, before, after}]: names in the clear, values sealed with the practice's key
    changes jsonb not null default '[]',
    primary key (practice_id, at, id)
) partition by range (at);
create index entry_by_resource on audit.entry (practice_id, resource_type, resource_id, at);
alter table audit.entry enable row level security;
alter table audit.entry force row level security;
create policy tenant on audit.entry
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant insert, select on audit.entry to vantage_app;

create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit ledger is append-only' using errcode = 'VT002';
end $$;
create trigger append_only before update or delete on audit.entry
    for each row execute function audit.refuse_change();
create trigger no_truncate before truncate on audit.entry
    for each statement execute function audit.refuse_change();

-- A child table is not protected by its parent's policy, so each month gets its own, and no grants at all.
create function audit.add_partition(partition text, bounds text) returns void language plpgsql as $$
begin
    execute format('create table audit.%I partition of audit.entry %s', partition, bounds);
    execute format('alter table audit.%I enable row level security', partition);
    execute format('alter table audit.%I force row level security', partition);
    execute format('create policy tenant on audit.%I using (practice_id = (select sec.practice_id()))'
                   ' with check (practice_id = (select sec.practice_id()))', partition);
    execute format('create trigger no_truncate before truncate on audit.%I'
                   ' for each statement execute function audit.refuse_change()', partition);
end $$;

-- Keeps two years of months ahead. Rows of a month without a table would land in entry_other and never be lost.
create function audit.extend_partitions() returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    month timestamptz := date_trunc('month', now() at time zone 'UTC') at time zone 'UTC';
    child text;
begin
    for i in 0..24 loop
        child := 'entry_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        if to_regclass('audit.' || child) is null then
            perform audit.add_partition(child, format('for values from (%L) to (%L)', month, (month at time zone 'UTC' + interval '1 month') at time zone 'UTC'));
        end if;
        month := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    end loop;
end $$;
revoke all on function audit.extend_partitions(), audit.add_partition(text, text) from public;
grant usage on schema audit to vantage_worker;
grant execute on function audit.extend_partitions() to vantage_worker;
select audit.extend_partitions();
select audit.add_partition('entry_other', 'default');

-- Hung on every table whose changes must be accounted for: no entry of this transaction, no commit.
create function sec.require_audit() returns trigger language plpgsql as $$
begin
    if not exists (
        select from audit.entry e
         where e.practice_id = coalesce(new.practice_id, old.practice_id)
           and e.at = transaction_timestamp() and e.xid = pg_current_xact_id()
    ) then
        raise exception 'a change of %.% has no audit entry', tg_table_schema, tg_table_name using errcode = 'VT001';
    end if;
    return null;
end $$;

create constraint trigger require_audit after update on platform.practice
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a person reads on a record (notes, calls, field changes) --------------------------------------------

create schema timeline;
grant usage on schema timeline to vantage_app;
create table timeline.entry (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    patient_id uuid not null,
    at timestamptz not null,
    kind text not null check (length(kind) between 1 and 60),
    resource_type text not null,
    resource_id uuid not null,
    actor_kind text not null,
    actor_id uuid,
    -- sealed with the practice's key: what is shown may be sensitive
    body bytea not null,
    primary key (practice_id, id)
);
create index entry_by_patient on timeline.entry (practice_id, patient_id, at desc, id desc);
alter table timeline.entry enable row level security;
alter table timeline.entry force row level security;
create policy tenant on timeline.entry
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant insert, select on timeline.entry to vantage_app;
create constraint trigger require_audit after insert on timeline.entry
    deferrable initially deferred for each row execute function sec.require_audit();

-- Events: in order per aggregate (a lane), at least once ----------------------------------------------------

create schema outbox;
grant usage on schema outbox to vantage_app, vantage_dispatch;

create table outbox.lane (
    practice_id uuid not null references platform.practice,
    lane text collate "C" not null,
    next_seq bigint not null default 1,
    pending int not null default 0 check (pending >= 0),
    -- not to be claimed before; a lease pushes it ahead, so an abandoned lane comes back by itself
    ready_at timestamptz not null default now(),
    -- fencing token: whoever finishes must still hold it
    lease uuid,
    attempts int not null default 0,
    primary key (practice_id, lane)
);
create index lane_ready on outbox.lane (practice_id, ready_at) where pending > 0;
alter table outbox.lane enable row level security;
alter table outbox.lane force row level security;
create policy tenant on outbox.lane to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on outbox.lane to vantage_dispatch using (true) with check (true);
grant select, insert, update on outbox.lane to vantage_app;
grant select, update on outbox.lane to vantage_dispatch;

create table outbox.event (
    practice_id uuid not null,
    id uuid not null,
    lane text collate "C" not null,
    seq bigint not null,
    at timestamptz not null default now(),
    name text not null check (length(name) between 1 and 80),
    subject_type text not null,
    subject_id uuid not null,
    version int,
    -- ids and names of fields, never values
    payload jsonb not null default '{}',
    state text not null default 'pending' check (state in ('pending', 'dispatched', 'dead')),
    error text,
    primary key (practice_id, id),
    constraint event_in_lane foreign key (practice_id, lane) references outbox.lane (practice_id, lane)
);
create index event_pending on outbox.event (practice_id, lane, seq) where state = 'pending';
create index event_by_age on outbox.event (at) where state = 'dispatched';
alter table outbox.event enable row level security;
alter table outbox.event force row level security;
create policy tenant on outbox.event to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on outbox.event to vantage_dispatch using (true) with check (true);
grant select, insert, update (state, error) on outbox.event to vantage_app;
grant select, delete on outbox.event to vantage_dispatch;

-- Jobs: work that outlives a request --------------------------------------------------------------------------

create schema jobs;
grant usage on schema jobs to vantage_app, vantage_dispatch;
create table jobs.job (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    kind text collate "C" not null check (length(kind) between 1 and 80),
    -- sealed with the practice's key: what a job works on may be sensitive
    payload bytea not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    run_at timestamptz not null default now(),
    lease uuid,
    attempts int not null default 0,
    max_attempts int not null default 8 check (max_attempts between 1 and 50),
    progress_done bigint not null default 0,
    progress_total bigint,
    cancel_requested boolean not null default false,
    error text,
    unique_key text collate "C",
    created_by uuid,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (practice_id, id)
);
create index job_ready on jobs.job (practice_id, run_at) where state in ('queued', 'running');
create index job_by_age on jobs.job (finished_at) where finished_at is not null;
create unique index job_once on jobs.job (practice_id, kind, unique_key) where unique_key is not null and state in ('queued', 'running');
alter table jobs.job enable row level security;
alter table jobs.job force row level security;
create policy tenant on jobs.job to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on jobs.job to vantage_dispatch using (true) with check (true);
grant select, insert, update on jobs.job to vantage_app;
grant select, update, delete on jobs.job to vantage_dispatch;

-- Recurring platform work; one process of many takes each turn.
create table jobs.schedule (
    name text primary key,
    next_at timestamptz not null default now(),
    last_at timestamptz,
    last_error text
);
grant select, insert, update on jobs.schedule to vantage_dispatch;

-- Answers already given under an idempotency key ---------------------------------------------------------------

create schema api;
grant usage on schema api to vantage_app, vantage_dispatch;
create table api.idempotency_key (
    practice_id uuid not null references platform.practice,
    user_id uuid not null,
    key uuid not null,
    request_hash bytea not null,
    status int,
    -- sealed with the practice's key
    answer bytea,
    created_at timestamptz not null default now(),
    primary key (practice_id, user_id, key)
);
create index idempotency_key_by_age on api.idempotency_key (created_at);
alter table api.idempotency_key enable row level security;
alter table api.idempotency_key force row level security;
create policy tenant on api.idempotency_key to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on api.idempotency_key to vantage_dispatch using (true) with check (true);
grant select, insert, update (status, answer) on api.idempotency_key to vantage_app;
grant select, delete on api.idempotency_key to vantage_dispatch;

-- The practice's data keys, each wrapped by the installation's root key ------------------------------------------

create table sec.data_key (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    root_key text not null,
    wrapped bytea not null,
    created_at timestamptz not null default now(),
    primary key (practice_id, id)
);
alter table sec.data_key enable row level security;
alter table sec.data_key force row level security;
create policy tenant on sec.data_key
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update (root_key, wrapped) on sec.data_key to vantage_app;

-- Token buckets that hold over several processes. Losing them in a crash only means full buckets. ---------------

create unlogged table sec.bucket (
    key text collate "C" primary key,
    tokens double precision not null,
    at timestamptz not null
);
create index bucket_by_age on sec.bucket (at);
grant select, delete on sec.bucket to vantage_dispatch;

-- Takes one token; answers 0, or the seconds until there is one again.
create function sec.take_token(bucket text, burst int, per_second double precision) returns double precision
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    left_over double precision;
begin
    insert into sec.bucket as b (key, tokens, at) values (bucket, burst - 1, clock_timestamp())
    on conflict (key) do update
       set tokens = least(burst, b.tokens + extract(epoch from clock_timestamp() - b.at) * per_second) - 1,
           at = clock_timestamp()
     where least(burst, b.tokens + extract(epoch from clock_timestamp() - b.at) * per_second) >= 1
    returning tokens into left_over;
    if found then
        return 0;
    end if;
    select (1 - b.tokens) / per_second - extract(epoch from clock_timestamp() - b.at) into left_over
      from sec.bucket b where b.key = bucket;
    return greatest(coalesce(left_over, 1), 0.1);
end $$;
revoke all on function sec.take_token(text, int, double precision) from public;
grant execute on function sec.take_token(text, int, double precision) to vantage_app, vantage_auth;

-- What workers may ask for: ids of what is due, never contents -------------------------------------------------------

create schema claim authorization vantage_dispatch;
grant usage on schema claim to vantage_worker;
-- Becomes the role that owns the claims, whose policies above let it see ids of every practice.
set local role vantage_dispatch;

-- Up to wanted lanes, fair: every practice with something due is asked in turn for at most each of them.
create function claim.lanes(wanted int, each int, lease_seconds int)
    returns table (practice_id uuid, lane text, lease uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive waiting as (
        (select l.practice_id as id from outbox.lane l where l.pending > 0 order by l.practice_id limit 1)
        union all
        select (select l.practice_id from outbox.lane l where l.pending > 0 and l.practice_id > w.id order by l.practice_id limit 1)
          from waiting w where w.id is not null
    ), turn as (
        select id from waiting where id is not null order by random()
    ), due as (
        -- practice by practice until there are enough, so that no more is locked than is taken
        select d.practice_id, d.lane from turn w cross join lateral (
            select l.practice_id, l.lane from outbox.lane l
             where l.practice_id = w.id and l.pending > 0 and l.ready_at <= now()
             order by l.ready_at limit each for update skip locked
        ) d limit wanted
    )
    update outbox.lane l set lease = gen_random_uuid(), ready_at = now() + make_interval(secs => lease_seconds)
      from due where l.practice_id = due.practice_id and l.lane = due.lane
    returning l.practice_id, l.lane, l.lease
$$;

create function claim.jobs(wanted int, each int, lease_seconds int)
    returns table (practice_id uuid, id uuid, lease uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive waiting as (
        (select j.practice_id as id from jobs.job j where j.state in ('queued', 'running') order by j.practice_id limit 1)
        union all
        select (select j.practice_id from jobs.job j where j.state in ('queued', 'running') and j.practice_id > w.id order by j.practice_id limit 1)
          from waiting w where w.id is not null
    ), turn as (
        select id from waiting where id is not null order by random()
    ), due as (
        select d.practice_id, d.id from turn w cross join lateral (
            select j.practice_id, j.id from jobs.job j
             where j.practice_id = w.id and j.state in ('queued', 'running') and j.run_at <= now()
             order by j.run_at limit each for update skip locked
        ) d limit wanted
    ), taken as (
        -- one whose process died in its last try, or after it was told to stop, is over
        update jobs.job j
           set state = case when j.cancel_requested then 'cancelled' when j.attempts >= j.max_attempts then 'failed' else 'running' end,
               finished_at = case when j.cancel_requested or j.attempts >= j.max_attempts then now() end,
               error = case when j.attempts >= j.max_attempts then coalesce(j.error, 'job.abandoned') else j.error end,
               attempts = case when j.cancel_requested or j.attempts >= j.max_attempts then j.attempts else j.attempts + 1 end,
               lease = gen_random_uuid(), run_at = now() + make_interval(secs => lease_seconds)
          from due where j.practice_id = due.practice_id and j.id = due.id
        returning j.practice_id, j.id, j.lease, j.state
    )
    select practice_id, id, lease from taken where state = 'running'
$$;

-- True for exactly one of the processes that ask while a turn is due.
create function claim.turn(schedule text, every_seconds int) returns boolean
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into jobs.schedule as s (name, next_at, last_at) values (schedule, now() + make_interval(secs => every_seconds), now())
    on conflict (name) do update set next_at = now() + make_interval(secs => every_seconds), last_at = now()
     where s.next_at <= now()
    returning true
$$;

-- How much waits and for how long: for health and metrics.
create function claim.backlog() returns table (events bigint, oldest_event_seconds double precision, jobs bigint, dead_events bigint)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select (select coalesce(sum(pending), 0) from outbox.lane where pending > 0),
           (select coalesce(extract(epoch from now() - min(at)), 0) from outbox.event where state = 'pending'),
           (select count(*) from jobs.job where state = 'queued' and run_at <= now()),
           (select count(*) from outbox.event where state = 'dead')
$$;

-- Forgets what has served its time: answers after 48 hours, dispatched events after 35 days, jobs after 30.
create function claim.sweep() returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from api.idempotency_key where created_at < now() - interval '48 hours';
    delete from outbox.event where state = 'dispatched' and at < now() - interval '35 days';
    delete from jobs.job where finished_at < now() - interval '30 days';
    delete from sec.bucket where at < now() - interval '1 day';
$$;
revoke all on all functions in schema claim from public;
grant execute on all functions in schema claim to vantage_worker;
set local role vantage_owner;
create index event_dead on outbox.event (practice_id, at) where state = 'dead';
