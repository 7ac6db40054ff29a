-- Calls that are due, and calls whose process is gone: found in all practices at once, by ids alone.

grant usage on schema voice to vantage_dispatch;
create policy claim on voice.call to vantage_dispatch using (true);
grant select (practice_id, id, runtime, transport, state, due_at, created_at, started_at) on voice.call to vantage_dispatch;
create index call_due on voice.call (due_at, created_at) where state = 'queued' and runtime = 'native' and transport = 'phone';
create index call_live on voice.call (started_at) where state in ('dialing', 'live') and runtime = 'native';

set local role vantage_dispatch;

-- Up to wanted calls by telephone whose time has come, every practice in turn for at most so many. Whoever takes one up looks
-- again in a transaction of its practice.
create function claim.due_calls(wanted int, each_practice int) returns table (practice_id uuid, id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select d.practice_id, d.id from (
        select c.practice_id, c.id, row_number() over (partition by c.practice_id order by c.due_at nulls first, c.created_at) as turn
          from voice.call c
         where c.state = 'queued' and c.runtime = 'native' and c.transport = 'phone' and coalesce(c.due_at <= now(), true)
           and exists (select from platform.practice p where p.practice_id = c.practice_id and p.status = 'active')
    ) d where d.turn <= each_practice order by d.turn limit wanted
$$;

-- Calls that have been under way for longer than any may be: nobody carries them any more.
create function claim.lost_calls(before timestamptz, wanted int) returns table (practice_id uuid, id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select c.practice_id, c.id from voice.call c
     where c.state in ('dialing', 'live') and c.runtime = 'native' and c.started_at < before order by c.started_at limit wanted
$$;

revoke all on function claim.due_calls(int, int), claim.lost_calls(timestamptz, int) from public;
grant execute on function claim.due_calls(int, int), claim.lost_calls(timestamptz, int) to vantage_worker;
set local role vantage_owner;

-- Keys of those who recognise, answer and speak, by the names that flows call them: sealed.
create table voice.secret (
    practice_id uuid not null references platform.practice,
    name text not null collate "C" check (name ~ '^[a-z0-9_]{1,40}/[a-z0-9_]{1,40}$'),
    value bytea not null,
    last_four text not null,
    version int not null default 1,
    updated_at timestamptz not null,
    primary key (practice_id, name)
);
alter table voice.secret enable row level security;
alter table voice.secret force row level security;
create policy tenant on voice.secret
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update, delete on voice.secret to vantage_app;
create constraint trigger require_audit after insert or update or delete on voice.secret
    deferrable initially deferred for each row execute function sec.require_audit();
