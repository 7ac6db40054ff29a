-- Webhooks: where a practice's other programs want to be told what happened, and every telling of it.

create schema webhooks;
grant usage on schema webhooks to vantage_app, vantage_dispatch;

-- Where to tell.
create table webhooks.endpoint (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    url text not null check (length(url) between 1 and 2000),
    description text check (length(description) between 1 and 120),
    -- names of events, `area.*` for all of an area, `*` for all
    events text[] not null check (cardinality(events) between 1 and 200),
    active boolean not null,
    -- why and since when it is not: by hand, as it answered that it is gone, as it failed for days
    disabled_reason text check (disabled_reason in ('by_hand', 'gone', 'failing')),
    disabled_at timestamptz,
    -- sealed; null when it was deleted
    secret bytea,
    secret_last_four text,
    -- the one before, which signs besides for a while
    old_secret bytea,
    old_secret_until timestamptz,
    -- since when every try has failed
    failing_since timestamptz,
    -- it asked to be left alone until then
    quiet_until timestamptz,
    -- what is left of one that was deleted goes with the last of its deliveries
    deleted_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint endpoint_disabled check (active = (disabled_reason is null) and active = (disabled_at is null)),
    constraint endpoint_secret check ((secret is null) = (deleted_at is not null)),
    constraint endpoint_old_secret check ((old_secret is null) = (old_secret_until is null))
);
alter table webhooks.endpoint enable row level security;
alter table webhooks.endpoint force row level security;
create policy tenant on webhooks.endpoint
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on webhooks.endpoint to vantage_dispatch using (true);
grant select, insert, update on webhooks.endpoint to vantage_app;
grant select (practice_id, id, active, failing_since, quiet_until, deleted_at), delete on webhooks.endpoint to vantage_dispatch;
create constraint trigger require_audit after insert or update of url, description, events, active, secret, old_secret, deleted_at
    on webhooks.endpoint deferrable initially deferred for each row execute function sec.require_audit();

-- What one endpoint is told of one thing, in the order in which it happened.
create table webhooks.lane (
    practice_id uuid not null,
    endpoint_id uuid not null,
    lane text not null collate "C" check (length(lane) between 1 and 120),
    next_seq bigint not null,
    pending int not null check (pending >= 0),
    -- not to be claimed before; a lease pushes it ahead, so an abandoned lane comes back by itself
    ready_at timestamptz not null,
    -- fencing token: whoever finishes must still hold it
    lease uuid,
    primary key (practice_id, endpoint_id, lane),
    constraint lane_of_endpoint foreign key (practice_id, endpoint_id) references webhooks.endpoint (practice_id, id)
);
create index webhook_lane_ready on webhooks.lane (practice_id, endpoint_id, ready_at) where pending > 0;
create index webhook_lane_leased on webhooks.lane (practice_id, endpoint_id) where lease is not null;
alter table webhooks.lane enable row level security;
alter table webhooks.lane force row level security;
create policy tenant on webhooks.lane to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on webhooks.lane to vantage_dispatch using (true) with check (true);
grant select, insert, update on webhooks.lane to vantage_app;
grant select, update, delete on webhooks.lane to vantage_dispatch;

-- One event for one endpoint: names and ids, from which the body follows.
create table webhooks.delivery (
    practice_id uuid not null,
    id uuid not null,
    endpoint_id uuid not null,
    lane text not null collate "C",
    seq bigint not null,
    -- by which a receiver knows it again, however often it comes
    event_id uuid not null,
    event text not null collate "C" check (length(event) between 1 and 80),
    happened_at timestamptz not null,
    subject_type text not null check (length(subject_type) between 1 and 80),
    subject_id uuid not null,
    subject_version int,
    fields text[] not null,
    state text not null check (state in ('pending', 'delivered', 'failed')),
    -- tries since it was queued, or queued again
    attempts int not null default 0,
    -- not before
    due_at timestamptz not null,
    created_at timestamptz not null,
    finished_at timestamptz,
    primary key (practice_id, id),
    constraint delivery_once unique (practice_id, endpoint_id, event_id),
    constraint delivery_finished check ((state = 'pending') = (finished_at is null)),
    constraint delivery_in_lane foreign key (practice_id, endpoint_id, lane) references webhooks.lane (practice_id, endpoint_id, lane)
);
create index delivery_waiting on webhooks.delivery (practice_id, endpoint_id, lane, seq) where state = 'pending';
create index delivery_by_time on webhooks.delivery (practice_id, endpoint_id, created_at, id);
create index delivery_by_state on webhooks.delivery (practice_id, endpoint_id, state, created_at, id);
create index delivery_by_lane on webhooks.delivery (practice_id, endpoint_id, lane);
create index delivery_by_age on webhooks.delivery (created_at);
create index delivery_pending on webhooks.delivery (created_at) where state = 'pending';
alter table webhooks.delivery enable row level security;
alter table webhooks.delivery force row level security;
create policy tenant on webhooks.delivery to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy claim on webhooks.delivery to vantage_dispatch using (true) with check (true);
grant select, insert, update (state, attempts, due_at, finished_at) on webhooks.delivery to vantage_app;
grant select, update (state), delete on webhooks.delivery to vantage_dispatch;

-- A try: what came of it, and nothing of what the answer said.
create table webhooks.attempt (
    practice_id uuid not null,
    id uuid not null,
    delivery_id uuid not null,
    at timestamptz not null,
    -- of the answer, when there was one
    status int check (status between 100 and 999),
    duration_ms int not null check (duration_ms >= 0),
    -- null when it was taken
    error text check (length(error) between 1 and 40),
    primary key (practice_id, id),
    constraint attempt_of_delivery foreign key (practice_id, delivery_id) references webhooks.delivery (practice_id, id)
        on delete cascade
);
create index attempt_by_delivery on webhooks.attempt (practice_id, delivery_id, id);
alter table webhooks.attempt enable row level security;
alter table webhooks.attempt force row level security;
create policy tenant on webhooks.attempt
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on webhooks.attempt to vantage_app;

set local role vantage_dispatch;

-- Up to wanted lanes, fair: every practice with something due is asked in turn for at most as many as it may have under way
-- at once, and so is each of its endpoints; one that fails is tried one by one. One process claims at a time, so that the
-- bounds hold over all of them. Those of a suspended practice wait.
create function claim.webhooks(wanted int, each_practice int, each_endpoint int, lease_seconds int)
    returns table (practice_id uuid, endpoint_id uuid, lane text, lease uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select pg_advisory_xact_lock(hashtextextended('webhooks', 0));
    with recursive waiting as (
        (select l.practice_id as id from webhooks.lane l where l.pending > 0 order by l.practice_id limit 1)
        union all
        select (select l.practice_id from webhooks.lane l where l.pending > 0 and l.practice_id > w.id order by l.practice_id limit 1)
          from waiting w where w.id is not null
    ), turn as (
        select w.id, each_practice - (select count(*) from webhooks.lane b
                                       where b.practice_id = w.id and b.lease is not null and b.ready_at > now()) as free
          from waiting w
         where exists (select from platform.practice p where p.practice_id = w.id and p.status = 'active') order by random()
    ), due as (
        select d.practice_id, d.endpoint_id, d.lane from turn w cross join lateral (
            select r.practice_id, r.endpoint_id, r.lane from (
                select e.id, case when e.failing_since is null then each_endpoint else 1 end
                             - (select count(*) from webhooks.lane b where b.practice_id = e.practice_id
                                   and b.endpoint_id = e.id and b.lease is not null and b.ready_at > now()) as free
                  from webhooks.endpoint e
                 where e.practice_id = w.id and e.active and e.deleted_at is null
                   and coalesce(e.quiet_until <= now(), true)
                 order by random()
            ) open cross join lateral (
                select l.practice_id, l.endpoint_id, l.lane from webhooks.lane l
                 where l.practice_id = w.id and l.endpoint_id = open.id and l.pending > 0 and l.ready_at <= now()
                 order by l.ready_at limit greatest(open.free, 0) for update skip locked
            ) r limit greatest(w.free, 0)
        ) d limit wanted
    )
    update webhooks.lane l set lease = gen_random_uuid(), ready_at = now() + make_interval(secs => lease_seconds)
      from due where l.practice_id = due.practice_id and l.endpoint_id = due.endpoint_id and l.lane = due.lane
    returning l.practice_id, l.endpoint_id, l.lane, l.lease
$$;

-- How much waits, and for how long the oldest has: for metrics.
create function claim.webhook_backlog() returns table (waiting bigint, oldest_seconds double precision)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*), coalesce(extract(epoch from now() - min(d.created_at)), 0)
      from webhooks.delivery d where d.state = 'pending'
$$;

-- Forgets up to wanted deliveries from before an instant, whether or not they were ever taken, with their tries; then what
-- has none any more of lanes, and of endpoints that were deleted. Answers how many deliveries that were.
create function claim.sweep_webhooks(before timestamptz, wanted int) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    forgotten bigint;
begin
    with old as (
        select d.practice_id, d.id from webhooks.delivery d where d.created_at < before
         order by d.created_at limit wanted for update skip locked
    ), gone as (
        delete from webhooks.delivery d using old where d.practice_id = old.practice_id and d.id = old.id
        returning d.practice_id, d.endpoint_id, d.lane, d.state
    ), fewer as (
        update webhooks.lane l set pending = l.pending - g.waiting
          from (select practice_id, endpoint_id, lane, count(*)::int as waiting from gone where state = 'pending'
                 group by practice_id, endpoint_id, lane) g
         where l.practice_id = g.practice_id and l.endpoint_id = g.endpoint_id and l.lane = g.lane
    )
    select count(*) into forgotten from gone;
    if forgotten < wanted then
        delete from webhooks.lane l where l.pending = 0 and not exists (
            select from webhooks.delivery d
             where d.practice_id = l.practice_id and d.endpoint_id = l.endpoint_id and d.lane = l.lane);
        delete from webhooks.endpoint e where e.deleted_at is not null and not exists (
            select from webhooks.lane l where l.practice_id = e.practice_id and l.endpoint_id = e.id);
    end if;
    return forgotten;
end $$;
revoke all on function claim.webhooks(int, int, int, int), claim.webhook_backlog(), claim.sweep_webhooks(timestamptz, int) from public;
grant execute on function claim.webhooks(int, int, int, int), claim.webhook_backlog(), claim.sweep_webhooks(timestamptz, int)
    to vantage_worker;
set local role vantage_owner;
