-- Administration of the platform: who may do it, what they did, what they may change about a practice, and their one
-- way into it. Only vantage_platform reads these tables; what happens inside of a practice's transaction goes through
-- functions that take the practice from there.

create schema administration;
grant usage on schema administration to vantage_platform, vantage_app;

-- Accounts of their own, apart from everybody who works in a practice. Made on the server only.
create table administration.administrator (
    id uuid primary key,
    -- lower-cased by the server
    email text collate "C" not null constraint administrator_email_key unique check (length(email) between 3 and 254),
    name text not null check (length(name) between 1 and 120),
    -- both are set by the person, together; without both nobody signs in
    password_hash text,
    totp_secret bytea,
    -- a code serves once: the time step of the last one taken
    totp_step bigint,
    -- of the link that was printed; gone once it was used
    setup_hash bytea constraint administrator_setup_key unique,
    setup_expires_at timestamptz,
    created_at timestamptz not null default now(),
    removed_at timestamptz
);

create table administration.session (
    id uuid primary key,
    hash bytea not null constraint session_hash_key unique,
    administrator uuid not null references administration.administrator,
    created_at timestamptz not null default now(),
    last_active_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    ip text,
    user_agent text
);
create index session_by_administrator on administration.session (administrator) where ended_at is null;

-- Between the password and the code.
create table administration.challenge (
    hash bytea primary key,
    administrator uuid not null references administration.administrator,
    expires_at timestamptz not null,
    tries int not null default 0
);
grant select, insert, update on administration.administrator, administration.session to vantage_platform;
grant select, insert, update, delete on administration.challenge to vantage_platform;

-- What they did: the ledger of the platform -------------------------------------------------------------------

alter table platform.access
    add administrator uuid references administration.administrator,
    add action text not null default 'maintenance' check (length(action) between 1 and 60),
    add practice uuid,
    add outcome text not null default 'ok' check (outcome in ('ok', 'denied')),
    add request_id uuid,
    add ip text,
    add user_agent text;
create index access_by_time on platform.access (at, id);
create trigger append_only before update or delete on platform.access
    for each row execute function audit.refuse_change();
create trigger no_truncate before truncate on platform.access
    for each statement execute function audit.refuse_change();

-- The ledger of a practice knows whoever acts on it from outside.
alter table audit.entry drop constraint entry_actor_kind_check;
alter table audit.entry add constraint entry_actor_kind_check
    check (
        actor_kind in ('user', 'system', 'api_key', 'voice', 'webhook', 'patient', 'break_glass', 'platform'));

-- What they may change about a practice -----------------------------------------------------------------------

alter table platform.practice
    add suspended_at timestamptz,
    add suspended_reason text check (length(suspended_reason) between 3 and 500),
    -- null: what the settings say, and as many as there are
    add rate_per_second int check (rate_per_second between 1 and 100000),
    add max_staff int check (max_staff between 1 and 100000),
    -- of these two, so that nobody writes over a limit that they have not seen
    add limits_version int not null default 1;
-- only by the functions below, which a practice's ledger sees
revoke update (status, updated_at) on platform.practice from vantage_platform;

-- The door of an administrator who changes something about a practice, or founds it: open only while the session lives.
create function sec.enter_as_administrator(session uuid, person uuid, practice uuid, founding boolean) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from administration.session s join administration.administrator a on a.id = s.administrator
     where s.id = session and s.administrator = person and s.ended_at is null and s.expires_at > now()
       and s.last_active_at > now() - interval '15 minutes' and a.removed_at is null;
    if not found then
        raise exception 'the session has ended' using errcode = 'VT401';
    end if;
    perform from platform.practice p where p.practice_id = practice;
    if found = founding then
        raise exception 'there is no such practice, or there is one already' using errcode = 'VT404';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

-- A line of the platform's ledger about this practice, in the transaction of what it tells of.
create function administration.record(
    id uuid, administrator uuid, action text, reason text, request_id uuid, ip text, user_agent text
) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into platform.access (id, administrator, action, practice, reason, request_id, ip, user_agent)
    values (id, administrator, action, sec.practice_id(), reason, request_id, ip, user_agent)
$$;

create function administration.suspend(why text) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update platform.practice p
       set status = 'suspended', suspended_at = now(), suspended_reason = why, updated_at = now()
     where p.practice_id = sec.practice_id() and p.status = 'active';
    return found;
end $$;

create function administration.resume() returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update platform.practice p
       set status = 'active', suspended_at = null, suspended_reason = null, updated_at = now()
     where p.practice_id = sec.practice_id() and p.status = 'suspended';
    return found;
end $$;

create function administration.set_limits(per_second int, staff int) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update platform.practice p
       set rate_per_second = per_second, max_staff = staff, limits_version = p.limits_version + 1, updated_at = now()
     where p.practice_id = sec.practice_id()
$$;

-- As many people as the practice's limit allows; two who join at once are counted one after the other.
create function administration.check_staff() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    allowed int;
begin
    if tg_op = 'UPDATE' and old.status = 'active' then
        return new;
    end if;
    select p.max_staff into allowed from platform.practice p where p.practice_id = new.practice_id;
    if allowed is null then
        return new;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('staff of ' || new.practice_id, 0));
    if (select count(*) from auth.membership m
         where m.practice_id = new.practice_id and m.status = 'active' and m.user_id <> new.user_id) >= allowed then
        raise exception 'the practice has as many people as its limit allows' using errcode = 'VT413';
    end if;
    return new;
end $$;
create trigger staff_limit before insert or update of status on auth.membership
    for each row when (new.status = 'active') execute function administration.check_staff();

-- Practices that administrators founded: under which key each was asked for, so that a request that is sent again founds
-- nothing again. The practice itself is the answer.
create table administration.founding (
    administrator uuid not null references administration.administrator,
    key uuid not null,
    request_hash bytea not null,
    practice uuid not null references platform.practice,
    founded_at timestamptz not null default now(),
    primary key (administrator, key)
);
grant select on administration.founding to vantage_platform;

-- A practice without anybody in it yet; whoever owns it is invited in the same transaction.
create function administration.found(
    founder uuid, asked_key uuid, asked_hash bytea, new_slug text, new_name text, new_language text, new_country text,
    new_time_zone text, new_currency text, hours int
) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into platform.practice (practice_id, slug, name, language, country, time_zone, currency, invite_hours)
    values (sec.practice_id(), new_slug, new_name, new_language, new_country, new_time_zone, new_currency, hours);
    insert into administration.founding (administrator, key, request_hash, practice)
    values (founder, asked_key, asked_hash, sec.practice_id());
$$;

-- Whom the platform itself has invited into a practice, the latest first.
create function administration.invites(of_practice uuid, wanted int)
    returns table (id uuid, email text, name text, role text, status text, expires_at timestamptz, created_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select i.id, i.email, i.name, i.role,
           case when i.status = 'open' and i.expires_at <= now() then 'expired' else i.status end, i.expires_at, i.created_at
      from auth.invite i where i.practice_id = of_practice and i.created_by is null
     order by i.created_at desc, i.id desc limit wanted
$$;
revoke all on function administration.found(uuid, uuid, bytea, text, text, text, text, text, text, int),
    administration.invites(uuid, int) from public;
grant execute on function administration.found(uuid, uuid, bytea, text, text, text, text, text, text, int) to vantage_app;
grant execute on function administration.invites(uuid, int) to vantage_platform;

-- Their one way into a practice: opened for a reason, for at most an hour, known to the practice from its first second,
-- and ended by it whenever it likes. Each read under it is an entry of the practice's own ledger.
create table administration.support_access (
    id uuid primary key,
    practice uuid not null references platform.practice,
    administrator uuid not null references administration.administrator,
    session uuid not null references administration.session,
    reason text not null check (length(reason) between 20 and 500),
    opened_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_by text check (ended_by in ('administrator', 'practice')),
    constraint support_access_hour_check check (expires_at <= opened_at + interval '60 minutes')
);
create index support_access_by_practice on administration.support_access (practice, opened_at);
create index support_access_by_session on administration.support_access (session);
grant select on administration.support_access to vantage_platform;

create function administration.open_support(access uuid, person uuid, signed_in uuid, why text, minutes int) returns timestamptz
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into administration.support_access (id, practice, administrator, session, reason, expires_at)
    values (access, sec.practice_id(), person, signed_in, why, now() + make_interval(mins => minutes))
    returning expires_at
$$;

-- Ends one that is open; says whether it was.
create function administration.end_support(access uuid, who text) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update administration.support_access s set ended_at = now(), ended_by = who
     where s.id = access and s.practice = sec.practice_id() and s.ended_at is null and s.expires_at > now();
    return found;
end $$;

-- What the practice sees of it: all that there ever was, newest first.
create function administration.supports(before_at timestamptz, before_id uuid, wanted int, one uuid)
    returns table (id uuid, administrator uuid, administrator_name text, reason text, opened_at timestamptz,
                   expires_at timestamptz, ended_at timestamptz, ended_by text, is_open boolean)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select s.id, s.administrator, a.name, s.reason, s.opened_at, s.expires_at, s.ended_at, s.ended_by,
           s.ended_at is null and s.expires_at > now()
      from administration.support_access s join administration.administrator a on a.id = s.administrator
     where s.practice = sec.practice_id() and (one is null or s.id = one)
       and (before_at is null or (s.opened_at, s.id) < (before_at, before_id))
     order by s.opened_at desc, s.id desc limit wanted
$$;

-- Whom to tell of it.
create function administration.owners() returns table (email text, name text, language text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select u.email, u.name, u.language from auth.membership m join auth.user u on u.id = m.user_id
     where m.practice_id = sec.practice_id() and m.role = 'owner' and m.status = 'active' order by u.id
$$;

-- The door of an administrator into a practice: while the session lives and the access is open. Nothing that belongs to
-- the practice can be changed behind it (sec.require_audit).
create function sec.enter_under_grant(access uuid, session uuid, person uuid, practice uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from administration.session s join administration.administrator a on a.id = s.administrator
     where s.id = session and s.administrator = person and s.ended_at is null and s.expires_at > now()
       and s.last_active_at > now() - interval '15 minutes' and a.removed_at is null;
    if not found then
        raise exception 'the session has ended' using errcode = 'VT401';
    end if;
    perform from administration.support_access g
     where g.id = access and g.administrator = person and g.session = enter_under_grant.session
       and g.practice = enter_under_grant.practice and g.ended_at is null and g.expires_at > now();
    if not found then
        raise exception 'this access is over' using errcode = 'VT411';
    end if;
    perform set_config('app.practice_id', practice::text, true), set_config('app.only_reads', 'on', true);
end $$;

-- Hung on every table whose changes must be accounted for: no entry of this transaction, no commit; and none at all for
-- whoever may only read.
create or replace function sec.require_audit() returns trigger language plpgsql as $$
begin
    if current_setting('app.only_reads', true) = 'on' then
        raise exception 'a change of %.% by somebody who may only read', tg_table_schema, tg_table_name using errcode = 'VT003';
    end if;
    if not exists (
        select from audit.entry e
         where e.practice_id = coalesce(new.practice_id, old.practice_id)
           and e.at = transaction_timestamp() and e.xid = pg_current_xact_id()
    ) then
        raise exception 'a change of %.% has no audit entry', tg_table_schema, tg_table_name using errcode = 'VT001';
    end if;
    return null;
end $$;

revoke all on function administration.open_support(uuid, uuid, uuid, text, int), administration.end_support(uuid, text),
    administration.supports(timestamptz, uuid, int, uuid), administration.owners(), sec.enter_under_grant(uuid, uuid, uuid, uuid) from public;
grant execute on function administration.open_support(uuid, uuid, uuid, text, int), administration.end_support(uuid, text),
    administration.supports(timestamptz, uuid, int, uuid), administration.owners(), sec.enter_under_grant(uuid, uuid, uuid, uuid) to vantage_app;

-- What they see of practices: counts, never contents ------------------------------------------------------------

create function administration.people(practices uuid[])
    returns table (practice uuid, staff bigint, last_activity timestamptz, has_owner boolean)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select m.practice_id, count(*) filter (where m.status = 'active'), max(m.last_seen_at),
           bool_or(m.status = 'active' and m.role = 'owner')
      from auth.membership m where m.practice_id = any(practices) group by m.practice_id
$$;

-- How much a practice keeps, counted now and then. Bytes are its share of each table.
create table administration.practice_size (
    practice uuid primary key references platform.practice,
    row_count bigint not null,
    byte_count bigint not null,
    tables jsonb not null,
    measured_at timestamptz not null
);
create index practice_size_by_age on administration.practice_size (measured_at);
grant select on administration.practice_size to vantage_platform;

create function administration.measure(wanted uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant record;
    counted bigint;
    all_rows bigint := 0;
    all_bytes double precision := 0;
    each_table jsonb := '{}';
begin
    perform set_config('app.practice_id', wanted::text, true);
    for tenant in
        select c.oid, n.nspname || '.' || c.relname as name, part.bytes / greatest(part.tuples, 1) as row_bytes
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped
          cross join lateral (
               select sum(pg_total_relation_size(l.oid))::double precision as bytes,
                      sum(greatest(l.reltuples, 0))::double precision as tuples
                 from pg_class l
                where l.oid = c.oid or l.oid in (select i.inhrelid from pg_inherits i where i.inhparent = c.oid)
          ) part
         where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('auth', 'pg_catalog', 'administration')
    loop
        execute format('select count(*) from %s where practice_id = $1', tenant.oid::regclass) into counted using wanted;
        all_rows := all_rows + counted;
        -- a table that was never analysed says nothing of its rows; a kilobyte each is a fair guess
        all_bytes := all_bytes + counted * least(tenant.row_bytes, 1024);
        each_table := each_table || jsonb_build_object(tenant.name, counted);
    end loop;
    insert into administration.practice_size as s (practice, row_count, byte_count, tables, measured_at)
    values (wanted, all_rows, all_bytes, each_table, now())
    on conflict (practice) do update
       set row_count = excluded.row_count, byte_count = excluded.byte_count, tables = excluded.tables,
           measured_at = excluded.measured_at;
    perform set_config('app.practice_id', '', true);
end $$;

-- Measures some of those whose last measurement is the oldest, and says how many.
create function administration.measure_stale(wanted int) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    stale uuid;
    measured int := 0;
begin
    for stale in
        select p.practice_id from platform.practice p
          left join administration.practice_size s on s.practice = p.practice_id
         where s.measured_at is null or s.measured_at < now() - interval '1 hour'
         order by s.measured_at nulls first limit wanted
    loop
        perform administration.measure(stale);
        measured := measured + 1;
    end loop;
    return measured;
end $$;

revoke all on function sec.enter_as_administrator(uuid, uuid, uuid, boolean), administration.suspend(text), administration.resume(),
    administration.record(uuid, uuid, text, text, uuid, text, text), administration.set_limits(int, int),
    administration.check_staff(), administration.people(uuid[]), administration.measure(uuid),
    administration.measure_stale(int) from public;
grant execute on function sec.enter_as_administrator(uuid, uuid, uuid, boolean), administration.suspend(text),
    administration.resume(), administration.record(uuid, uuid, text, text, uuid, text, text),
    administration.set_limits(int, int) to vantage_app;
grant execute on function administration.people(uuid[]), administration.measure(uuid), administration.measure_stale(int)
    to vantage_platform;

-- Queues: what waits, what failed, in which practice. The work of a suspended practice waits. ---------------------

alter table outbox.event drop constraint event_state_check;
alter table outbox.event add constraint event_state_check check (state in ('pending', 'dispatched', 'dead', 'discarded'));
create index event_dead_by_age on outbox.event (at, id) where state = 'dead';
create index job_failed_by_age on jobs.job (finished_at, id) where state = 'failed';
create index job_failed on jobs.job (practice_id) where state = 'failed';
grant select (practice_id, status) on platform.practice to vantage_dispatch;
create policy claim on platform.practice for select to vantage_dispatch using (true);
grant usage on schema platform to vantage_dispatch;
grant usage on schema claim to vantage_platform;
set local role vantage_dispatch;

create or replace function claim.lanes(wanted int, each int, lease_seconds int)
    returns table (practice_id uuid, lane text, lease uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive waiting as (
        (select l.practice_id as id from outbox.lane l where l.pending > 0 order by l.practice_id limit 1)
        union all
        select (select l.practice_id from outbox.lane l where l.pending > 0 and l.practice_id > w.id order by l.practice_id limit 1)
          from waiting w where w.id is not null
    ), turn as (
        select w.id from waiting w
         where exists (select from platform.practice p where p.practice_id = w.id and p.status = 'active') order by random()
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

create or replace function claim.jobs(wanted int, each int, lease_seconds int)
    returns table (practice_id uuid, id uuid, lease uuid)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive waiting as (
        (select j.practice_id as id from jobs.job j where j.state in ('queued', 'running') order by j.practice_id limit 1)
        union all
        select (select j.practice_id from jobs.job j where j.state in ('queued', 'running') and j.practice_id > w.id order by j.practice_id limit 1)
          from waiting w where w.id is not null
    ), turn as (
        select w.id from waiting w
         where exists (select from platform.practice p where p.practice_id = w.id and p.status = 'active') order by random()
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

-- How full the queues of these practices are.
create function claim.queues(practices uuid[])
    returns table (practice_id uuid, events bigint, oldest_event_seconds double precision, dead_events bigint,
                   due_jobs bigint, running_jobs bigint, failed_jobs bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id,
           (select coalesce(sum(l.pending), 0) from outbox.lane l where l.practice_id = p.id and l.pending > 0),
           (select extract(epoch from now() - min(e.at)) from outbox.event e where e.practice_id = p.id and e.state = 'pending'),
           (select count(*) from outbox.event e where e.practice_id = p.id and e.state = 'dead'),
           (select count(*) from jobs.job j where j.practice_id = p.id and j.state = 'queued' and j.run_at <= now()),
           (select count(*) from jobs.job j where j.practice_id = p.id and j.state = 'running'),
           (select count(*) from jobs.job j where j.practice_id = p.id and j.state = 'failed')
      from unnest(practices) p (id)
$$;

-- How many events of the last five minutes were told, by practice.
create function claim.told(practices uuid[]) returns table (practice_id uuid, told bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.practice_id, count(*) from outbox.event e
     where e.state = 'dispatched' and e.at > now() - interval '5 minutes' and e.practice_id = any(practices) group by 1
$$;

-- Practices that have anything waiting or set aside, those with the most events first.
create function claim.busy(wanted int) returns table (practice_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select b.id from (
        select l.practice_id as id, sum(l.pending) as weight from outbox.lane l where l.pending > 0 group by 1
        union all select e.practice_id, count(*) from outbox.event e where e.state = 'dead' group by 1
        union all select j.practice_id, count(*) from jobs.job j where j.state in ('queued', 'running') group by 1
        union all select j.practice_id, count(*) from jobs.job j where j.state = 'failed' group by 1
    ) b group by b.id order by sum(b.weight) desc, b.id limit wanted
$$;

-- Of a failure only its code: what stands behind it can repeat a value.
create function claim.code_of(error text) returns text
    language sql immutable set search_path = pg_catalog, pg_temp as $$
    select case when error ~ '^[a-z][a-z0-9_]*([.][a-z0-9_]+)*(:|$)' then split_part(error, ':', 1) else 'internal' end
$$;

-- Events that were set aside, newest first, before that one.
create function claim.dead_events(of_practice uuid, before_at timestamptz, before_id uuid, wanted int)
    returns table (practice_id uuid, id uuid, at timestamptz, name text, subject_type text, subject_id uuid, error text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.practice_id, e.id, e.at, e.name, e.subject_type, e.subject_id, claim.code_of(e.error) from outbox.event e
     where e.state = 'dead' and (of_practice is null or e.practice_id = of_practice)
       and (before_at is null or (e.at, e.id) < (before_at, before_id))
     order by e.at desc, e.id desc limit wanted
$$;

-- Jobs that were given up, the latest first, before that one.
create function claim.failed_jobs(of_practice uuid, before_at timestamptz, before_id uuid, wanted int)
    returns table (practice_id uuid, id uuid, kind text, attempts int, error text, created_at timestamptz, finished_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select j.practice_id, j.id, j.kind, j.attempts, claim.code_of(j.error), j.created_at, j.finished_at from jobs.job j
     where j.state = 'failed' and (of_practice is null or j.practice_id = of_practice)
       and (before_at is null or (j.finished_at, j.id) < (before_at, before_id))
     order by j.finished_at desc, j.id desc limit wanted
$$;

-- Jobs under way, those first that have been so the longest.
create function claim.running_jobs(wanted int)
    returns table (practice_id uuid, id uuid, kind text, attempts int, progress_done bigint, progress_total bigint, created_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select j.practice_id, j.id, j.kind, j.attempts, j.progress_done, j.progress_total, j.created_at from jobs.job j
     where j.state = 'running' order by j.created_at, j.id limit wanted
$$;

-- Recurring work: when it last had its turn, and when the next is due.
create function claim.schedules() returns table (name text, last_at timestamptz, next_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select s.name, s.last_at, s.next_at from jobs.schedule s order by s.name
$$;

revoke all on function claim.queues(uuid[]), claim.told(uuid[]), claim.busy(int), claim.code_of(text), claim.schedules(), claim.running_jobs(int),
    claim.dead_events(uuid, timestamptz, uuid, int), claim.failed_jobs(uuid, timestamptz, uuid, int) from public;
grant execute on function claim.queues(uuid[]), claim.told(uuid[]), claim.busy(int), claim.schedules(), claim.running_jobs(int),
    claim.dead_events(uuid, timestamptz, uuid, int), claim.failed_jobs(uuid, timestamptz, uuid, int) to vantage_platform;
set local role vantage_owner;
