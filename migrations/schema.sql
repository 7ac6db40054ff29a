
CREATE SCHEMA administration;

CREATE SCHEMA api;

CREATE SCHEMA audit;

CREATE SCHEMA audit_export;

CREATE SCHEMA auth;

CREATE SCHEMA automation;

CREATE SCHEMA claim;

CREATE SCHEMA jobs;

CREATE SCHEMA messaging;

CREATE SCHEMA notices;

CREATE SCHEMA outbox;

CREATE SCHEMA patients;

CREATE SCHEMA platform;

CREATE SCHEMA practice;

CREATE SCHEMA scheduling;

CREATE SCHEMA sec;

CREATE SCHEMA tasks;

CREATE SCHEMA timeline;

CREATE SCHEMA voice;

CREATE SCHEMA webhooks;

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE FUNCTION administration.check_staff() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION administration.end_support(access uuid, who text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update administration.support_access s set ended_at = now(), ended_by = who
     where s.id = access and s.practice = sec.practice_id() and s.ended_at is null and s.expires_at > now();
    return found;
end $$;

CREATE FUNCTION administration.found(founder uuid, asked_key uuid, asked_hash bytea, new_slug text, new_name text, new_language text, new_country text, new_time_zone text, new_currency text, hours integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into platform.practice (practice_id, slug, name, language, country, time_zone, currency, invite_hours)
    values (sec.practice_id(), new_slug, new_name, new_language, new_country, new_time_zone, new_currency, hours);
    insert into administration.founding (administrator, key, request_hash, practice)
    values (founder, asked_key, asked_hash, sec.practice_id());
$$;

CREATE FUNCTION administration.invites(of_practice uuid, wanted integer) RETURNS TABLE(id uuid, email text, name text, role text, status text, expires_at timestamp with time zone, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select i.id, i.email, i.name, i.role,
           case when i.status = 'open' and i.expires_at <= now() then 'expired' else i.status end, i.expires_at, i.created_at
      from auth.invite i where i.practice_id = of_practice and i.created_by is null
     order by i.created_at desc, i.id desc limit wanted
$$;

CREATE FUNCTION administration.measure(wanted uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
end $_$;

CREATE FUNCTION administration.measure_stale(wanted integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION administration.open_support(access uuid, person uuid, signed_in uuid, why text, minutes integer) RETURNS timestamp with time zone
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into administration.support_access (id, practice, administrator, session, reason, expires_at)
    values (access, sec.practice_id(), person, signed_in, why, now() + make_interval(mins => minutes))
    returning expires_at
$$;

CREATE FUNCTION administration.owners() RETURNS TABLE(email text, name text, language text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select u.email, u.name, u.language from auth.membership m join auth.user u on u.id = m.user_id
     where m.practice_id = sec.practice_id() and m.role = 'owner' and m.status = 'active' order by u.id
$$;

CREATE FUNCTION administration.people(practices uuid[]) RETURNS TABLE(practice uuid, staff bigint, last_activity timestamp with time zone, has_owner boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select m.practice_id, count(*) filter (where m.status = 'active'), max(m.last_seen_at),
           bool_or(m.status = 'active' and m.role = 'owner')
      from auth.membership m where m.practice_id = any(practices) group by m.practice_id
$$;

CREATE FUNCTION administration.record(id uuid, administrator uuid, action text, reason text, request_id uuid, ip text, user_agent text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into platform.access (id, administrator, action, practice, reason, request_id, ip, user_agent)
    values (id, administrator, action, sec.practice_id(), reason, request_id, ip, user_agent)
$$;

CREATE FUNCTION administration.resume() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update platform.practice p
       set status = 'active', suspended_at = null, suspended_reason = null, updated_at = now()
     where p.practice_id = sec.practice_id() and p.status = 'suspended';
    return found;
end $$;

CREATE FUNCTION administration.set_limits(per_second integer, staff integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update platform.practice p
       set rate_per_second = per_second, max_staff = staff, limits_version = p.limits_version + 1, updated_at = now()
     where p.practice_id = sec.practice_id()
$$;

CREATE FUNCTION administration.supports(before_at timestamp with time zone, before_id uuid, wanted integer, one uuid) RETURNS TABLE(id uuid, administrator uuid, administrator_name text, reason text, opened_at timestamp with time zone, expires_at timestamp with time zone, ended_at timestamp with time zone, ended_by text, is_open boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select s.id, s.administrator, a.name, s.reason, s.opened_at, s.expires_at, s.ended_at, s.ended_by,
           s.ended_at is null and s.expires_at > now()
      from administration.support_access s join administration.administrator a on a.id = s.administrator
     where s.practice = sec.practice_id() and (one is null or s.id = one)
       and (before_at is null or (s.opened_at, s.id) < (before_at, before_id))
     order by s.opened_at desc, s.id desc limit wanted
$$;

CREATE FUNCTION administration.suspend(why text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update platform.practice p
       set status = 'suspended', suspended_at = now(), suspended_reason = why, updated_at = now()
     where p.practice_id = sec.practice_id() and p.status = 'active';
    return found;
end $$;

CREATE FUNCTION audit.add_partition(partition text, bounds text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    execute format('create table audit.%I partition of audit.entry %s', partition, bounds);
    execute format('alter table audit.%I enable row level security', partition);
    execute format('alter table audit.%I force row level security', partition);
    execute format('create policy tenant on audit.%I using (practice_id = (select sec.practice_id()))'
                   ' with check (practice_id = (select sec.practice_id()))', partition);
    execute format('create trigger no_truncate before truncate on audit.%I'
                   ' for each statement execute function audit.refuse_change()', partition);
end $$;

CREATE FUNCTION audit.checkpoint_note(wanted bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select c.note from audit.checkpoint c where c.number = wanted $$;

CREATE FUNCTION audit.drop_month(month timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '2s'
    AS $$
declare
    child text := 'entry_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    until timestamptz := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
begin
    if exists (select from claim.months() m where m.month < drop_month.month) then
        raise exception 'an older month is still there';
    end if;
    if exists (select from claim.month_practices(month) p
                where not (select r.is_signed and r.unsealed = 0 from claim.retirement(p.practice_id, until) r)) then
        raise exception 'a practice''s ledger does not say that % leaves', child;
    end if;
    execute format('alter table audit.entry detach partition audit.%I', child);
    execute format('drop table audit.%I', child);
end $$;

CREATE FUNCTION audit.extend_partitions() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE audit.entry (
    practice_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    id uuid NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    request_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    patient_id uuid,
    outcome text DEFAULT 'ok'::text NOT NULL,
    ip text,
    user_agent text,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    changes jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT entry_action_check CHECK (((length(action) >= 1) AND (length(action) <= 60))),
    CONSTRAINT entry_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'system'::text, 'api_key'::text, 'voice'::text, 'webhook'::text, 'patient'::text, 'calendar_feed'::text, 'break_glass'::text, 'platform'::text, 'visitor'::text, 'workflow'::text]))),
    CONSTRAINT entry_outcome_check CHECK ((outcome = ANY (ARRAY['ok'::text, 'denied'::text, 'error'::text]))),
    CONSTRAINT entry_resource_type_check CHECK (((length(resource_type) >= 1) AND (length(resource_type) <= 60)))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY audit.entry FORCE ROW LEVEL SECURITY;

CREATE FUNCTION audit.leaf(e audit.entry) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select sha256('\x00'::bytea || audit.part('vantage.audit.1') || audit.part(e.practice_id::text)
        || audit.part((extract(epoch from e.at) * 1000000)::bigint::text) || audit.part(e.id::text)
        || audit.part(e.xid::text) || audit.part(e.request_id::text) || audit.part(e.actor_kind)
        || audit.part(e.actor_id::text) || audit.part(e.action) || audit.part(e.resource_type)
        || audit.part(e.resource_id::text) || audit.part(e.patient_id::text) || audit.part(e.outcome)
        || audit.part(e.ip) || audit.part(e.user_agent) || audit.part(e.detail::text) || audit.part(e.changes::text)) $$;

CREATE FUNCTION audit.newest_checkpoint() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select c.note from audit.checkpoint c order by c.number desc limit 1 $$;

CREATE FUNCTION audit.part(field text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select coalesce(int4send(octet_length(convert_to(field, 'UTF8'))) || convert_to(field, 'UTF8'), '\xffffffff') $$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'the audit ledger is append-only' using errcode = 'VT002';
end $$;

CREATE FUNCTION auth.accept_invite(invite_hash bytea, person uuid, is_new boolean, person_name text, person_language text, person_password_hash text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    i auth.invite;
begin
    select * into i from auth.invite x
     where x.hash = invite_hash and x.practice_id = sec.practice_id() for update;
    if not found then
        return 'unknown';
    elsif i.status = 'open' and i.expires_at <= now() then
        return 'expired';
    elsif i.status <> 'open' then
        return i.status;
    end if;
    if is_new then
        insert into auth.user (id, email, name, password_hash, language)
        values (person, i.email, person_name, person_password_hash, person_language);
    elsif not exists (select from auth.user u where u.id = person and u.email = i.email) then
        return 'unknown';
    end if;
    insert into auth.membership as m (user_id, practice_id, role, role_id)
    values (person, i.practice_id, i.role, i.role_id)
    on conflict (user_id, practice_id) do update
       set role = i.role, role_id = i.role_id, status = 'active', version = m.version + 1, created_at = now(), updated_at = now()
     where m.status = 'removed';
    if not found then
        return 'member';
    end if;
    update auth.invite x set status = 'accepted', accepted_by = person, closed_at = now(), version = x.version + 1
     where x.practice_id = i.practice_id and x.id = i.id;
    return 'open';
end $$;

CREATE FUNCTION auth.actor_names(ids uuid[]) RETURNS TABLE(id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select u.id, u.name from auth.user u
      join auth.membership m on m.user_id = u.id and m.practice_id = sec.practice_id()
     where u.id = any(ids)
    union all
    select k.id, k.name from auth.api_key k where k.practice_id = sec.practice_id() and k.id = any(ids) $$;

CREATE FUNCTION auth.add_api_key(key uuid, new_name text, new_hash bytea, new_prefix text, new_last_four text, new_scopes text[], new_expires_at timestamp with time zone, creator uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into auth.api_key (practice_id, id, name, hash, prefix, last_four, scopes, expires_at, created_by)
    values (sec.practice_id(), key, new_name, new_hash, new_prefix, new_last_four, new_scopes, new_expires_at, creator)
$$;

CREATE FUNCTION auth.add_calendar_feed(new_id uuid, person uuid, new_hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into auth.calendar_feed (practice_id, id, user_id, hash) values (sec.practice_id(), new_id, person, new_hash)
$$;

CREATE FUNCTION auth.add_invite(invite uuid, new_email text, new_name text, new_role text, new_role_id uuid, new_language text, new_hash bytea, inviter uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    delete from auth.invite i
     where i.practice_id = sec.practice_id() and i.status <> 'accepted' and i.expires_at < now() - interval '90 days';
    update auth.invite i set status = 'expired', closed_at = now()
     where i.practice_id = sec.practice_id() and i.email = new_email and i.status = 'open' and i.expires_at <= now();
    insert into auth.invite (practice_id, id, email, name, role, role_id, language, hash, expires_at, created_by)
    select p.practice_id, invite, new_email, new_name, new_role, new_role_id, new_language, new_hash,
           now() + make_interval(hours => p.invite_hours), inviter
      from platform.practice p where p.practice_id = sec.practice_id()
$$;

CREATE FUNCTION auth.add_passkey(own uuid, new_id uuid, new_credential_id bytea, new_credential jsonb, new_name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into auth.passkey (id, user_id, credential_id, credential, name)
    values (new_id, auth.person_of(own), new_credential_id, new_credential, new_name);
    update auth.session set second_factor = 'passkey' where id = own;
$$;

CREATE FUNCTION auth.api_keys(only_key uuid) RETURNS TABLE(id uuid, name text, prefix text, last_four text, scopes text[], expires_at timestamp with time zone, created_by uuid, created_by_name text, creator_is_here boolean, created_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select k.id, k.name, k.prefix, k.last_four, k.scopes, k.expires_at, k.created_by, u.name,
           exists (select from auth.membership m
                    where m.user_id = k.created_by and m.practice_id = k.practice_id and m.status = 'active'),
           k.created_at, k.last_used_at, k.revoked_at
      from auth.api_key k join auth.user u on u.id = k.created_by
     where k.practice_id = sec.practice_id() and (only_key is null or k.id = only_key)
$$;

CREATE FUNCTION auth.assignable() RETURNS TABLE(kind text, id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select 'person', u.id, u.name from auth.membership m join auth.user u on u.id = m.user_id
     where m.practice_id = sec.practice_id() and m.status = 'active'
    union all
    select 'own_role', r.id, r.name from auth.role r
     where r.practice_id = sec.practice_id() and r.archived_at is null $$;

CREATE FUNCTION auth.await_link_answer(link uuid) RETURNS timestamp with time zone
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case when l.locked_until > now() then l.locked_until end from auth.patient_link l
     where l.practice_id = sec.practice_id() and l.id = link for update
$$;

CREATE FUNCTION auth.calendar_feed_of(person uuid) RETURNS TABLE(created_at timestamp with time zone, last_read_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select f.created_at, f.last_read_at from auth.calendar_feed f
     where f.practice_id = sec.practice_id() and f.user_id = person and f.revoked_at is null
$$;

CREATE FUNCTION auth.change_member(person uuid, new_role text, new_role_id uuid, new_status text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update auth.membership m
       set role = new_role, role_id = new_role_id, status = new_status, version = m.version + 1, updated_at = now()
     where m.practice_id = sec.practice_id() and m.user_id = person;
    if new_status <> 'active' then
        update auth.session s set ended_at = now(), end_reason = new_status
         where s.practice_id = sec.practice_id() and s.user_id = person and s.ended_at is null;
    end if;
end $$;

CREATE FUNCTION auth.change_password(own uuid, new_hash text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.user set password_hash = new_hash, version = version + 1 where id = auth.person_of(own);
    update auth.password_reset set used_at = now() where user_id = auth.person_of(own) and used_at is null;
    -- a question that waits was asked behind the old password
    update auth.challenge set used_at = now() where user_id = auth.person_of(own) and used_at is null;
$$;

CREATE FUNCTION auth.change_profile(own uuid, new_name text, new_language text, based_on integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.user set name = new_name, language = new_language, version = version + 1
     where id = auth.person_of(own) and version = based_on returning version
$$;

CREATE FUNCTION auth.confirm_totp(own uuid, step bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update auth.totp set confirmed_at = now(), last_step = step where user_id = auth.person_of(own) and confirmed_at is null;
    if not found then
        return false;
    end if;
    update auth.session set second_factor = 'totp' where id = own;
    return true;
end $$;

CREATE FUNCTION auth.end_other_sessions(own uuid, reason text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.session set ended_at = now(), end_reason = reason
     where id <> own and user_id = auth.person_of(own) and ended_at is null and expires_at > now()
$$;

CREATE FUNCTION auth.end_session(own uuid, target uuid, reason text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with ended as (
        update auth.session set ended_at = now(), end_reason = reason
         where id = target and user_id = auth.person_of(own) and ended_at is null and expires_at > now() returning id
    )
    select exists (select from ended)
$$;

CREATE FUNCTION auth.extend_patient_link(what_for text, subject uuid, until timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.patient_link l set expires_at = until
     where l.practice_id = sec.practice_id() and l.purpose = what_for and l.subject_id = subject and l.revoked_at is null
       and l.expires_at <> until
$$;

CREATE FUNCTION auth.has_company() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select (select count(*) from auth.membership m
             where m.practice_id = sec.practice_id() and m.status in ('active', 'suspended')) > 1
        or exists (select from auth.invite i
                    where i.practice_id = sec.practice_id() and i.status = 'open' and i.expires_at > now())
$$;

CREATE FUNCTION auth.has_second_factor(person uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select exists (select from auth.totp t where t.user_id = person and t.confirmed_at is not null)
        or exists (select from auth.passkey p where p.user_id = person)
$$;

CREATE FUNCTION auth.invites(only_invite uuid) RETURNS TABLE(id uuid, email text, name text, role text, role_id uuid, role_name text, permissions text[], language text, status text, expires_at timestamp with time zone, created_by uuid, created_by_name text, created_at timestamp with time zone, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select i.id, i.email, i.name, i.role, i.role_id, r.name, r.permissions, i.language,
           case when i.status = 'open' and i.expires_at <= now() then 'expired' else i.status end,
           i.expires_at, i.created_by, u.name, i.created_at, i.version
      from auth.invite i left join auth.user u on u.id = i.created_by
      left join auth.role r on r.practice_id = i.practice_id and r.id = i.role_id
     where i.practice_id = sec.practice_id() and (only_invite is null or i.id = only_invite)
$$;

CREATE FUNCTION auth.is_member(person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select exists (
        select from auth.membership m
         where m.practice_id = sec.practice_id() and m.user_id = person and m.status in ('active', 'suspended'))
$$;

CREATE FUNCTION auth.link_identity(id uuid, issuer text, subject text, email text, session uuid, person uuid, since timestamp with time zone) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    began timestamptz;
    address text;
    owner uuid;
begin
    select s.created_at, u.email into began, address
      from auth.session s join auth.user u on u.id = s.user_id
     where s.id = session and s.user_id = person and s.practice_id = sec.practice_id() and s.ended_at is null;
    if began is null or began < since then
        return 'stale';
    elsif address <> email then
        return 'other_email';
    end if;
    insert into auth.external_identity (id, issuer, subject, user_id)
    values (link_identity.id, link_identity.issuer, link_identity.subject, person)
    on conflict on constraint external_identity_key do nothing;
    if found then
        return 'linked';
    end if;
    select i.user_id into owner from auth.external_identity i
     where i.issuer = link_identity.issuer and i.subject = link_identity.subject;
    return case when owner = person then 'known' else 'taken' end;
end $$;

CREATE FUNCTION auth.make_patient_link(new_id uuid, patient uuid, what_for text, subject uuid, until timestamp with time zone) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into auth.patient_link as l (practice_id, id, patient_id, purpose, subject_id, expires_at)
    values (sec.practice_id(), new_id, patient, what_for, subject, until)
    on conflict (practice_id, purpose, subject_id) where revoked_at is null
       do update set expires_at = excluded.expires_at where l.patient_id = excluded.patient_id
    returning l.id
$$;

CREATE FUNCTION auth.members(only_person uuid) RETURNS TABLE(user_id uuid, name text, name_key text, email text, role text, role_id uuid, role_name text, permissions text[], status text, last_seen_at timestamp with time zone, second_factor boolean, open_sessions bigint, joined_at timestamp with time zone, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select u.id, u.name, lower(u.name), u.email, m.role, m.role_id, r.name, r.permissions, m.status, m.last_seen_at,
           auth.has_second_factor(u.id),
           (select count(*) from auth.session s
             where s.user_id = m.user_id and s.practice_id = m.practice_id and s.ended_at is null and s.expires_at > now()),
           m.created_at, m.version
      from auth.membership m join auth.user u on u.id = m.user_id
      left join auth.role r on r.practice_id = m.practice_id and r.id = m.role_id
     where m.practice_id = sec.practice_id() and m.status <> 'removed' and (only_person is null or m.user_id = only_person)
$$;

CREATE FUNCTION auth.note_link_answer(link uuid, is_right boolean) RETURNS TABLE(wrong integer, locked_until timestamp with time zone)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.patient_link l
       set wrong = case when is_right then 0 else l.wrong + 1 end,
           locked_until = case when not is_right and (l.wrong + 1) % 5 = 0 then now() + interval '1 hour' end,
           revoked_at = case when not is_right and l.wrong + 1 >= 20 then now() end
     where l.practice_id = sec.practice_id() and l.id = link and l.revoked_at is null
    returning l.wrong, l.locked_until
$$;

CREATE FUNCTION auth.note_seen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update auth.membership m set last_seen_at = new.active_at
     where m.user_id = new.user_id and m.practice_id = new.practice_id
       and (m.last_seen_at is null or m.last_seen_at < new.active_at);
    return null;
end $$;

CREATE FUNCTION auth.person_of(own uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
    person uuid;
begin
    select s.user_id into person from auth.session s
     where s.id = own and s.practice_id = sec.practice_id() and s.ended_at is null and s.expires_at > now();
    if not found then
        raise exception 'the session has ended' using errcode = 'VT401';
    end if;
    return person;
end $$;

CREATE FUNCTION auth.put_recovery_codes(own uuid, hashes bytea[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    delete from auth.recovery_code where user_id = auth.person_of(own);
    insert into auth.recovery_code (user_id, hash) select auth.person_of(own), unnest(hashes);
$$;

CREATE FUNCTION auth.put_totp(own uuid, sealed bytea) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with put as (
        insert into auth.totp as t (user_id, seed) values (auth.person_of(own), sealed)
        on conflict (user_id) do update set seed = sealed, created_at = now(), last_step = 0 where t.confirmed_at is null
        returning user_id
    )
    select exists (select from put)
$$;

CREATE FUNCTION auth.queue_mail(mail uuid, mail_kind text, sealed bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into auth.mail (id, practice_id, kind, content) values (mail, sec.practice_id(), mail_kind, sealed);
$$;

CREATE FUNCTION auth.remove_passkey(own uuid, target uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (delete from auth.passkey where id = target and user_id = auth.person_of(own) returning id)
    select exists (select from gone)
$$;

CREATE FUNCTION auth.remove_totp(own uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (
        delete from auth.totp where user_id = auth.person_of(own) and confirmed_at is not null returning user_id
    )
    select exists (select from gone)
$$;

CREATE FUNCTION auth.renew_invite(invite uuid, new_hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.invite i
       set hash = new_hash, status = 'open', closed_at = null, version = i.version + 1,
           expires_at = now() + make_interval(hours => p.invite_hours)
      from platform.practice p
     where p.practice_id = sec.practice_id() and i.practice_id = p.practice_id and i.id = invite
       and i.status in ('open', 'expired')
$$;

CREATE FUNCTION auth.revoke_api_key(key uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.api_key k set revoked_at = now()
     where k.practice_id = sec.practice_id() and k.id = key and k.revoked_at is null
$$;

CREATE FUNCTION auth.revoke_calendar_feed(person uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (
        update auth.calendar_feed f set revoked_at = now()
         where f.practice_id = sec.practice_id() and f.user_id = person and f.revoked_at is null returning f.id
    )
    select exists (select from gone)
$$;

CREATE FUNCTION auth.revoke_invites(only_invite uuid, inviter uuid) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.invite i set status = 'revoked', closed_at = now(), version = i.version + 1
     where i.practice_id = sec.practice_id() and i.status = 'open' and i.expires_at > now()
       and (i.id = only_invite or i.created_by = inviter)
    returning i.id
$$;

CREATE FUNCTION auth.revoke_patient_link(what_for text, subject uuid) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update auth.patient_link l set revoked_at = now()
     where l.practice_id = sec.practice_id() and l.purpose = what_for and l.subject_id = subject and l.revoked_at is null
    returning l.id
$$;

CREATE FUNCTION auth.role_names(ids uuid[]) RETURNS TABLE(id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select r.id, r.name from auth.role r where r.practice_id = sec.practice_id() and r.id = any(ids) $$;

CREATE FUNCTION auth.roles(only_role uuid) RETURNS TABLE(id uuid, name text, based_on text, permissions text[], members bigint, open_invites bigint, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select r.id, r.name, r.based_on, r.permissions,
           (select count(*) from auth.membership m
             where m.practice_id = r.practice_id and m.role_id = r.id and m.status <> 'removed'),
           (select count(*) from auth.invite i
             where i.practice_id = r.practice_id and i.role_id = r.id and i.status = 'open' and i.expires_at > now()),
           r.version
      from auth.role r
     where r.practice_id = sec.practice_id() and r.archived_at is null and (only_role is null or r.id = only_role)
$$;

CREATE FUNCTION auth.save_role(role uuid, new_name text, new_based_on text, new_permissions text[], archived boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into auth.role as r (practice_id, id, name, based_on, permissions)
    values (sec.practice_id(), role, new_name, new_based_on, new_permissions)
    on conflict (practice_id, id) do update
       set name = new_name, permissions = new_permissions, version = r.version + 1, updated_at = now(),
           archived_at = case when archived then now() end
$$;

CREATE FUNCTION auth.sign_up(practice uuid, slug text, practice_name text, language text, country text, time_zone text, currency text, person uuid, email text, person_name text, password_hash text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into platform.practice (practice_id, slug, name, language, country, time_zone, currency)
    values (practice, slug, practice_name, language, country, time_zone, currency);
    insert into auth.user (id, email, name, password_hash, language)
    values (person, email, person_name, password_hash, language);
    insert into auth.membership (user_id, practice_id, role) values (person, practice, 'owner');
end $$;

CREATE FUNCTION auth.sweep() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (
        select id from auth.session where least(coalesce(ended_at, expires_at), expires_at) < now() - interval '30 days' limit 5000
    ), tokens as (
        delete from auth.refresh_token t using gone where t.session_id = gone.id
    )
    select;
    delete from auth.session s
     where least(coalesce(ended_at, expires_at), expires_at) < now() - interval '30 days'
       and not exists (select from auth.refresh_token t where t.session_id = s.id);
    delete from auth.patient_link l where l.expires_at < now() - interval '30 days';
$$;

CREATE FUNCTION auth.to_tell(people uuid[], in_role text) RETURNS TABLE(id uuid, name text, email text, language text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select u.id, u.name, u.email, u.language from auth.membership m join auth.user u on u.id = m.user_id
     where m.practice_id = sec.practice_id() and m.status = 'active' and (m.user_id = any(people) or m.role = in_role)
     order by u.id $$;

CREATE FUNCTION auth.unlink_identity(id uuid, person uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from auth.external_identity i
     where i.id = unlink_identity.id and i.user_id = person
       and exists (select from auth.membership m where m.user_id = person and m.practice_id = sec.practice_id());
    return found;
end $$;

CREATE FUNCTION claim.backlog() RETURNS TABLE(events bigint, oldest_event_seconds double precision, jobs bigint, dead_events bigint)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select (select coalesce(sum(pending), 0) from outbox.lane where pending > 0),
           (select coalesce(extract(epoch from now() - min(at)), 0) from outbox.event where state = 'pending'),
           (select count(*) from jobs.job where state = 'queued' and run_at <= now()),
           (select count(*) from outbox.event where state = 'dead')
$$;

CREATE FUNCTION claim.busy(wanted integer) RETURNS TABLE(practice_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select b.id from (
        select l.practice_id as id, sum(l.pending) as weight from outbox.lane l where l.pending > 0 group by 1
        union all select e.practice_id, count(*) from outbox.event e where e.state = 'dead' group by 1
        union all select j.practice_id, count(*) from jobs.job j where j.state in ('queued', 'running') group by 1
        union all select j.practice_id, count(*) from jobs.job j where j.state = 'failed' group by 1
    ) b group by b.id order by sum(b.weight) desc, b.id limit wanted
$$;

CREATE FUNCTION claim.checkpoint(number bigint, at timestamp with time zone, note text, practices uuid[], sizes bigint[], roots bytea[], places bigint[], proofs bytea[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into audit.checkpoint (number, at, note) values (number, at, note);
    insert into audit.head (practice_id, size, root, checkpoint, place, proof)
    select h.practice, h.size, h.root, number, h.place, h.proof
      from unnest(practices, sizes, roots, places, proofs) h (practice, size, root, place, proof);
$$;

CREATE FUNCTION claim.checkpoints(after bigint, wanted integer) RETURNS TABLE(number bigint, note text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select c.number, c.note from audit.checkpoint c where c.number > after order by c.number limit wanted $$;

CREATE FUNCTION claim.code_of(error text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    select case when error ~ '^[a-z][a-z0-9_]*([.][a-z0-9_]+)*(:|$)' then split_part(error, ':', 1) else 'internal' end
$_$;

CREATE FUNCTION claim.dead_events(of_practice uuid, before_at timestamp with time zone, before_id uuid, wanted integer) RETURNS TABLE(practice_id uuid, id uuid, at timestamp with time zone, name text, subject_type text, subject_id uuid, error text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select e.practice_id, e.id, e.at, e.name, e.subject_type, e.subject_id, claim.code_of(e.error) from outbox.event e
     where e.state = 'dead' and (of_practice is null or e.practice_id = of_practice)
       and (before_at is null or (e.at, e.id) < (before_at, before_id))
     order by e.at desc, e.id desc limit wanted
$$;

CREATE FUNCTION claim.due_calls(wanted integer, each_practice integer) RETURNS TABLE(practice_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select d.practice_id, d.id from (
        select c.practice_id, c.id, row_number() over (partition by c.practice_id order by c.due_at nulls first, c.created_at) as turn
          from voice.call c
         where c.state = 'queued' and c.runtime = 'native' and c.transport = 'phone' and coalesce(c.due_at <= now(), true)
           and exists (select from platform.practice p where p.practice_id = c.practice_id and p.status = 'active')
    ) d where d.turn <= each_practice order by d.turn limit wanted
$$;

CREATE FUNCTION claim.due_messages(at timestamp with time zone, wanted integer, each integer) RETURNS TABLE(practice_id uuid, id uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select d.practice_id, d.id
      from (select m.practice_id, m.id, m.next_at,
                   row_number() over (partition by m.practice_id order by m.next_at, m.id) as place
              from messaging.message m join platform.practice p on p.practice_id = m.practice_id
             where m.state in ('queued', 'sending') and m.next_at <= at and p.status = 'active') d
     where d.place <= each order by d.place, d.next_at limit wanted $$;

CREATE FUNCTION claim.due_openings(at timestamp with time zone, wanted integer) RETURNS TABLE(practice_id uuid, id uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select o.practice_id, o.id from scheduling.opening o join platform.practice p on p.practice_id = o.practice_id
     where o.status = 'open' and o.next_at <= at and p.status = 'active' order by o.next_at limit wanted $$;

CREATE FUNCTION claim.failed_jobs(of_practice uuid, before_at timestamp with time zone, before_id uuid, wanted integer) RETURNS TABLE(practice_id uuid, id uuid, kind text, attempts integer, error text, created_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select j.practice_id, j.id, j.kind, j.attempts, claim.code_of(j.error), j.created_at, j.finished_at from jobs.job j
     where j.state = 'failed' and (of_practice is null or j.practice_id = of_practice)
       and (before_at is null or (j.finished_at, j.id) < (before_at, before_id))
     order by j.finished_at desc, j.id desc limit wanted
$$;

CREATE FUNCTION claim.jobs(wanted integer, each integer, lease_seconds integer) RETURNS TABLE(practice_id uuid, id uuid, lease uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION claim.lanes(wanted integer, each integer, lease_seconds integer) RETURNS TABLE(practice_id uuid, lane text, lease uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION claim.lost_calls(before timestamp with time zone, wanted integer) RETURNS TABLE(practice_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select c.practice_id, c.id from voice.call c
     where c.state in ('dialing', 'live') and c.runtime = 'native' and c.started_at < before order by c.started_at limit wanted
$$;

CREATE FUNCTION claim.month_practices(month timestamp with time zone) RETURNS TABLE(practice_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
    until timestamptz := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
begin
    return query
    with recursive known as (
        (select e.practice_id as id from audit.entry e where e.at >= month and e.at < until order by e.practice_id limit 1)
        union all
        select (select e.practice_id from audit.entry e
                 where e.at >= month and e.at < until and e.practice_id > k.id order by e.practice_id limit 1)
          from known k where k.id is not null
    )
    select k.id from known k where k.id is not null;
end $$;

CREATE FUNCTION claim.months() RETURNS TABLE(month timestamp with time zone)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    select to_timestamp(substr(c.relname, 7) || ' +00', 'YYYY_MM TZH') as month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit.entry'::regclass and c.relname ~ '^entry_[0-9]{4}_[0-9]{2}$' order by 1 $_$;

CREATE FUNCTION claim.newest_checkpoint() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select max(c.number) from audit.checkpoint c $$;

CREATE FUNCTION claim.practices_with_rules() RETURNS TABLE(practice_id uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select distinct r.practice_id from messaging.rule r join platform.practice p on p.practice_id = r.practice_id
     where r.enabled and r.archived_at is null and p.status = 'active' $$;

CREATE FUNCTION claim.queues(practices uuid[]) RETURNS TABLE(practice_id uuid, events bigint, oldest_event_seconds double precision, dead_events bigint, due_jobs bigint, running_jobs bigint, failed_jobs bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select p.id,
           (select coalesce(sum(l.pending), 0) from outbox.lane l where l.practice_id = p.id and l.pending > 0),
           (select extract(epoch from now() - min(e.at)) from outbox.event e where e.practice_id = p.id and e.state = 'pending'),
           (select count(*) from outbox.event e where e.practice_id = p.id and e.state = 'dead'),
           (select count(*) from jobs.job j where j.practice_id = p.id and j.state = 'queued' and j.run_at <= now()),
           (select count(*) from jobs.job j where j.practice_id = p.id and j.state = 'running'),
           (select count(*) from jobs.job j where j.practice_id = p.id and j.state = 'failed')
      from unnest(practices) p (id)
$$;

CREATE FUNCTION claim.retirement(practice uuid, before timestamp with time zone) RETURNS TABLE(entries bigint, unsealed bigint, is_written boolean, is_signed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    select count(*) into entries from audit.seal s where s.practice_id = practice and s.entry_at < before;
    select count(*) into unsealed from audit.entry e
     where e.practice_id = practice and e.at < before
       and not exists (select from audit.seal s where s.practice_id = practice and s.entry_id = e.id);
    select count(*) > 0, coalesce(bool_or(s.seq < (select max(h.size) from audit.head h where h.practice_id = practice)), false)
      into is_written, is_signed
      from audit.entry e left join audit.seal s on s.practice_id = practice and s.entry_id = e.id
     where e.practice_id = practice and e.action = 'retire' and e.resource_type = 'ledger' and e.actor_kind = 'system'
       and (e.detail ->> 'before')::timestamptz = before and (e.detail ->> 'entries')::bigint = entries;
    return next;
end $$;

CREATE FUNCTION claim.running_jobs(wanted integer) RETURNS TABLE(practice_id uuid, id uuid, kind text, attempts integer, progress_done bigint, progress_total bigint, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select j.practice_id, j.id, j.kind, j.attempts, j.progress_done, j.progress_total, j.created_at from jobs.job j
     where j.state = 'running' order by j.created_at, j.id limit wanted
$$;

CREATE FUNCTION claim.runs(now timestamp with time zone, wanted integer, each integer, lease_seconds integer) RETURNS TABLE(practice_id uuid, id uuid, lease uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION claim.schedules() RETURNS TABLE(name text, last_at timestamp with time zone, next_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select s.name, s.last_at, s.next_at from jobs.schedule s order by s.name
$$;

CREATE FUNCTION claim.seal(practices uuid[], seqs bigint[], entries uuid[], ats timestamp with time zone[], leaves bytea[], nodes bytea[], bookmark text, last_xid text, last_entry uuid) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into audit.seal (practice_id, seq, entry_id, entry_at, leaf, nodes)
    select * from unnest(practices, seqs, entries, ats, leaves, nodes);
    update jobs.bookmark b set xid = last_xid::xid8, id = last_entry where b.name = bookmark;
    select string_agg(b::text, ' ' order by b.name) from jobs.bookmark b;
$$;

CREATE FUNCTION claim.seal_lag() RETURNS double precision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
    mark record;
begin
    select b.xid, b.id into mark from jobs.bookmark b where b.name = 'seal';
    return coalesce((
        select extract(epoch from clock_timestamp() - e.at) from audit.entry e
         where (e.xid, e.id) > (mark.xid, mark.id) order by e.xid, e.id limit 1), 0);
end $$;

CREATE FUNCTION claim.seal_state() RETURNS TABLE(waiting double precision, checkpoint bigint, checkpoint_at timestamp with time zone)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select claim.seal_lag(), c.number, c.at
      from (values (1)) one left join (select n.number, n.at from audit.checkpoint n order by n.number desc limit 1) c on true $$;

CREATE FUNCTION claim.seal_turn() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if pg_try_advisory_xact_lock(7246153922) then
        -- a statement after the lock, which sees what was committed under it
        return (select string_agg(b::text, ' ' order by b.name) from jobs.bookmark b);
    end if;
    return null;
end $$;

CREATE FUNCTION claim.sweep() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    delete from api.idempotency_key where created_at < now() - interval '48 hours';
    delete from outbox.event where state = 'dispatched' and at < now() - interval '35 days';
    delete from jobs.job where finished_at < now() - interval '30 days';
    delete from sec.bucket where at < now() - interval '1 day';
$$;

CREATE FUNCTION claim.sweep_exports(at timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (delete from audit_export.request r where r.expires_at <= at returning 1) select count(*) from gone $$;

CREATE FUNCTION claim.sweep_imports(at timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (delete from patients.import i where i.expires_at <= at returning 1),
         cases as (delete from voice.case_import i where i.expires_at <= at returning 1)
    select (select count(*) from gone) + (select count(*) from cases) $$;

CREATE FUNCTION claim.sweep_notices(told_before timestamp with time zone, read_before timestamp with time zone, wanted integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (
        delete from notices.notice n using (
            select practice_id, id, user_id from notices.notice
             where created_at < told_before or (created_at < read_before and read_at < read_before)
             order by created_at limit wanted) old
         where n.practice_id = old.practice_id and n.id = old.id and n.user_id = old.user_id
        returning 1)
    select count(*) from gone $$;

CREATE FUNCTION claim.sweep_webhooks(before timestamp with time zone, wanted integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION claim.timed_workflows(now timestamp with time zone, wanted integer) RETURNS TABLE(practice_id uuid, workflow_id uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select c.practice_id, c.workflow_id from automation.cursor c join platform.practice p on p.practice_id = c.practice_id
     where c.due_at <= now and p.status = 'active' order by c.due_at limit wanted $$;

CREATE FUNCTION claim.told(practices uuid[]) RETURNS TABLE(practice_id uuid, told bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select e.practice_id, count(*) from outbox.event e
     where e.state = 'dispatched' and e.at > now() - interval '5 minutes' and e.practice_id = any(practices) group by 1
$$;

CREATE FUNCTION claim.trees() RETURNS TABLE(practice_id uuid, size bigint, peaks bytea[], signed bigint)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with recursive known as (
        (select s.practice_id as id from audit.seal s order by s.practice_id limit 1)
        union all
        select (select s.practice_id from audit.seal s where s.practice_id > k.id order by s.practice_id limit 1)
          from known k where k.id is not null
    ), tree as (
        select k.id, (select s.seq + 1 from audit.seal s where s.practice_id = k.id order by s.seq desc limit 1) as size
          from known k where k.id is not null
    )
    select t.id, t.size,
           (select array_agg(case when level = 0 then s.leaf else substr(s.nodes, (level - 1) * 32 + 1, 32) end order by level desc)
              from generate_series(0, 62) level
              join audit.seal s on s.practice_id = t.id and s.seq = ((t.size >> level) << level) - 1
             where (t.size >> level) & 1 = 1),
           (select h.size from audit.head h where h.practice_id = t.id order by h.size desc limit 1)
      from tree t
$$;

CREATE FUNCTION claim.turn(schedule text, every_seconds integer) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into jobs.schedule as s (name, next_at, last_at) values (schedule, now() + make_interval(secs => every_seconds), now())
    on conflict (name) do update set next_at = now() + make_interval(secs => every_seconds), last_at = now()
     where s.next_at <= now()
    returning true
$$;

CREATE FUNCTION claim.unsealed(wanted integer) RETURNS TABLE(practice_id uuid, entry_id uuid, entry_at timestamp with time zone, leaf bytea, is_sealed boolean, xid text, bookmark text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
    mark record;
begin
    with anew as (
        update jobs.bookmark b set xid = '0', id = '00000000-0000-0000-0000-000000000000'
         where b.name = 'seal' and b.xid > pg_snapshot_xmin(pg_current_snapshot()) returning 1
    )
    insert into jobs.bookmark (name, xid, id)
    select 'seal.former', '0', '00000000-0000-0000-0000-000000000000' from anew on conflict do nothing;
    select b.xid, b.id into mark from jobs.bookmark b where b.name = 'seal.former';
    if found then
        return query
        select e.practice_id, e.id, e.at, audit.leaf(e),
               (select true from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id) is not null,
               e.xid::text, 'seal.former'
          from audit.entry e
         where (e.xid, e.id) > (mark.xid, mark.id) and e.xid >= pg_snapshot_xmax(pg_current_snapshot())
         order by e.xid, e.id limit wanted;
        if found then
            return;
        end if;
        delete from jobs.bookmark b where b.name = 'seal.former';
    end if;
    select b.xid, b.id into mark from jobs.bookmark b where b.name = 'seal';
    return query
    select e.practice_id, e.id, e.at, audit.leaf(e),
           (select true from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id) is not null,
           e.xid::text, 'seal'
      from audit.entry e
     where (e.xid, e.id) > (mark.xid, mark.id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by e.xid, e.id limit wanted;
end $$;

CREATE FUNCTION claim.webhook_backlog() RETURNS TABLE(waiting bigint, oldest_seconds double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select count(*), coalesce(extract(epoch from now() - min(d.created_at)), 0)
      from webhooks.delivery d where d.state = 'pending'
$$;

CREATE FUNCTION claim.webhooks(wanted integer, each_practice integer, each_endpoint integer, lease_seconds integer) RETURNS TABLE(practice_id uuid, endpoint_id uuid, lane text, lease uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION claim.without_seal(practice uuid) RETURNS TABLE(entry_id uuid, entry_at timestamp with time zone, is_passed boolean)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select e.id, e.at, (e.xid, e.id) <= (b.xid, b.id) from audit.entry e, jobs.bookmark b
     where e.practice_id = practice and b.name = 'seal'
       and not exists (select from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id)
     order by e.at limit 10000 $$;

CREATE FUNCTION sec.enter(session uuid, person uuid, practice uuid, claimed_role text, own_role uuid DEFAULT NULL::uuid, own_version integer DEFAULT NULL::integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    is_open boolean;
    is_idle boolean;
    is_exact boolean;
begin
    select p.status = 'active',
           p.idle_minutes > 0 and s.active_at <= now() - make_interval(mins => p.idle_minutes),
           m.role = claimed_role and m.role_id is not distinct from own_role and (own_role is null or exists (
               select from auth.role r
                where r.practice_id = practice and r.id = own_role and r.version = own_version and r.archived_at is null))
      into is_open, is_idle, is_exact
      from auth.session s
      join auth.membership m on m.user_id = s.user_id and m.practice_id = s.practice_id and m.status = 'active'
      join platform.practice p on p.practice_id = s.practice_id
     where s.id = session and s.user_id = person and s.practice_id = practice
       and s.ended_at is null and s.expires_at > now();
    if not found then
        raise exception 'the session has ended' using errcode = 'VT401';
    elsif not is_open then
        raise exception 'the practice is suspended' using errcode = 'VT403';
    elsif is_idle then
        raise exception 'nobody has touched this session for too long' using errcode = 'VT408';
    elsif not is_exact then
        raise exception 'the rights are not those of the token any more' using errcode = 'VT409';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

CREATE FUNCTION sec.enter_as_administrator(session uuid, person uuid, practice uuid, founding boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION sec.enter_as_system(practice uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform from platform.practice p where p.practice_id = practice;
    if not found then
        raise exception 'there is no such practice' using errcode = 'VT404';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

CREATE FUNCTION sec.enter_as_visitor(practice uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- row-level security is forced for the owner of this function too: it sees the practice that it asks about
    perform set_config('app.practice_id', practice::text, true);
    perform from scheduling.online o join platform.practice p on p.practice_id = o.practice_id
      where o.practice_id = practice and o.enabled and p.status = 'active';
    if not found then
        raise exception 'nothing can be booked online here' using errcode = 'VT404';
    end if;
end $$;

CREATE FUNCTION sec.enter_by_feed(feed uuid, person uuid, practice uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform from auth.calendar_feed f
       join auth.membership m on m.user_id = f.user_id and m.practice_id = f.practice_id and m.status = 'active'
       join platform.practice p on p.practice_id = f.practice_id
      where f.practice_id = practice and f.id = feed and f.user_id = person and f.revoked_at is null and p.status = 'active';
    if not found then
        raise exception 'there is no such calendar' using errcode = 'VT404';
    end if;
    perform set_config('app.practice_id', practice::text, true), set_config('app.only_reads', 'on', true);
end $$;

CREATE FUNCTION sec.enter_by_link(link uuid, patient uuid, practice uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform from auth.patient_link l join platform.practice p on p.practice_id = l.practice_id
      where l.practice_id = practice and l.id = link and l.patient_id = patient and l.revoked_at is null
        and l.expires_at > now() and p.status = 'active';
    if not found then
        raise exception 'the link does not serve' using errcode = 'VT412';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

CREATE FUNCTION sec.enter_under_grant(access uuid, session uuid, person uuid, practice uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION sec.enter_with_key(key uuid, practice uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    is_open boolean;
begin
    select p.status = 'active' into is_open
      from auth.api_key k join platform.practice p on p.practice_id = k.practice_id
     where k.practice_id = practice and k.id = key and k.revoked_at is null and k.expires_at > now();
    if not found then
        raise exception 'the key does not serve' using errcode = 'VT410';
    elsif not is_open then
        raise exception 'the practice is suspended' using errcode = 'VT403';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

CREATE FUNCTION sec.practice_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ select nullif(current_setting('app.practice_id', true), '')::uuid $$;

CREATE FUNCTION sec.require_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION sec.take_token(bucket text, burst integer, per_second double precision) RETURNS double precision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE administration.administrator (
    id uuid NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    password_hash text,
    totp_secret bytea,
    totp_step bigint,
    setup_hash bytea,
    setup_expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT administrator_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT administrator_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120)))
);

CREATE TABLE administration.challenge (
    hash bytea NOT NULL,
    administrator uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL
);

CREATE TABLE administration.founding (
    administrator uuid NOT NULL,
    key uuid NOT NULL,
    request_hash bytea NOT NULL,
    practice uuid NOT NULL,
    founded_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE administration.practice_size (
    practice uuid NOT NULL,
    row_count bigint NOT NULL,
    byte_count bigint NOT NULL,
    tables jsonb NOT NULL,
    measured_at timestamp with time zone NOT NULL
);

CREATE TABLE administration.session (
    id uuid NOT NULL,
    hash bytea NOT NULL,
    administrator uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_active_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ip text,
    user_agent text
);

CREATE TABLE administration.support_access (
    id uuid NOT NULL,
    practice uuid NOT NULL,
    administrator uuid NOT NULL,
    session uuid NOT NULL,
    reason text NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    CONSTRAINT support_access_ended_by_check CHECK ((ended_by = ANY (ARRAY['administrator'::text, 'practice'::text]))),
    CONSTRAINT support_access_hour_check CHECK ((expires_at <= (opened_at + '01:00:00'::interval))),
    CONSTRAINT support_access_reason_check CHECK (((length(reason) >= 20) AND (length(reason) <= 500)))
);

CREATE TABLE api.idempotency_key (
    practice_id uuid NOT NULL,
    user_id uuid NOT NULL,
    key uuid NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    answer bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY api.idempotency_key FORCE ROW LEVEL SECURITY;

CREATE TABLE audit.checkpoint (
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    note text NOT NULL
);

CREATE TABLE audit.head (
    practice_id uuid NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    checkpoint bigint NOT NULL,
    place bigint NOT NULL,
    proof bytea NOT NULL,
    CONSTRAINT head_proof_check CHECK (((octet_length(proof) % 32) = 0)),
    CONSTRAINT head_root_check CHECK ((octet_length(root) = 32)),
    CONSTRAINT head_size_check CHECK ((size > 0))
);

ALTER TABLE ONLY audit.head FORCE ROW LEVEL SECURITY;

CREATE TABLE audit.seal (
    practice_id uuid NOT NULL,
    seq bigint NOT NULL,
    entry_id uuid NOT NULL,
    entry_at timestamp with time zone NOT NULL,
    leaf bytea NOT NULL,
    nodes bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT seal_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT seal_nodes_check CHECK (((octet_length(nodes) % 32) = 0)),
    CONSTRAINT seal_seq_check CHECK ((seq >= 0))
);

ALTER TABLE ONLY audit.seal FORCE ROW LEVEL SECURITY;

CREATE TABLE audit_export.chunk (
    practice_id uuid NOT NULL,
    request_id uuid NOT NULL,
    run uuid NOT NULL,
    number integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT chunk_number_check CHECK ((number >= 0))
);

ALTER TABLE ONLY audit_export.chunk FORCE ROW LEVEL SECURITY;

CREATE TABLE audit_export.request (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    job_id uuid NOT NULL,
    format text NOT NULL COLLATE pg_catalog."C",
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    run uuid,
    chunks integer DEFAULT 0 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    entries bigint DEFAULT 0 NOT NULL,
    CONSTRAINT request_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'fhir'::text, 'bundle'::text])))
);

ALTER TABLE ONLY audit_export.request FORCE ROW LEVEL SECURITY;

CREATE TABLE auth.api_key (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL,
    prefix text NOT NULL,
    last_four text NOT NULL,
    scopes text[] NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

CREATE TABLE auth.calendar_feed (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_read_at timestamp with time zone,
    revoked_at timestamp with time zone
);

CREATE TABLE auth.challenge (
    hash bytea NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    practice_id uuid,
    state bytea,
    wrong integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '00:05:00'::interval) NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT challenge_kind_check CHECK ((kind = ANY (ARRAY['second_factor'::text, 'passkey'::text, 'add_passkey'::text])))
);

CREATE TABLE auth.device (
    user_id uuid NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE auth.external_identity (
    id uuid NOT NULL,
    issuer text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    linked_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT external_identity_issuer_check CHECK (((length(issuer) >= 1) AND (length(issuer) <= 500))),
    CONSTRAINT external_identity_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255)))
);

CREATE TABLE auth.external_session (
    issuer text NOT NULL COLLATE pg_catalog."C",
    external_id text NOT NULL COLLATE pg_catalog."C",
    practice_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT external_session_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 255))),
    CONSTRAINT external_session_issuer_check CHECK (((length(issuer) >= 1) AND (length(issuer) <= 500)))
);

CREATE TABLE auth.invite (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    name text,
    role text NOT NULL,
    role_id uuid,
    language text NOT NULL,
    hash bytea NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    accepted_by uuid,
    closed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT invite_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT invite_language_check CHECK ((language = ANY (ARRAY['en'::text, 'ar'::text]))),
    CONSTRAINT invite_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT invite_owner_check CHECK (((role_id IS NULL) OR (role <> 'owner'::text))),
    CONSTRAINT invite_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'provider'::text, 'hygienist'::text, 'assistant'::text, 'receptionist'::text, 'accountant'::text, 'staff'::text]))),
    CONSTRAINT invite_status_check CHECK ((status = ANY (ARRAY['open'::text, 'accepted'::text, 'expired'::text, 'revoked'::text])))
);

CREATE TABLE auth.mail (
    id uuid NOT NULL,
    practice_id uuid,
    kind text NOT NULL,
    content bytea,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone DEFAULT now() NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT mail_content_check CHECK (((content IS NOT NULL) OR (state = ANY (ARRAY['sent'::text, 'failed'::text])))),
    CONSTRAINT mail_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 60))),
    CONSTRAINT mail_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'sandbox'::text])))
);

CREATE TABLE auth.membership (
    user_id uuid NOT NULL,
    practice_id uuid NOT NULL,
    role text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    role_id uuid,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone,
    CONSTRAINT membership_owner_check CHECK (((role_id IS NULL) OR (role <> 'owner'::text))),
    CONSTRAINT membership_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'provider'::text, 'hygienist'::text, 'assistant'::text, 'receptionist'::text, 'accountant'::text, 'staff'::text]))),
    CONSTRAINT membership_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'removed'::text])))
);

CREATE TABLE auth.passkey (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    credential jsonb NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT passkey_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

CREATE TABLE auth.password_reset (
    hash bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE auth.patient_link (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    wrong integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    CONSTRAINT patient_link_purpose_check CHECK ((purpose = ANY (ARRAY['appointment'::text, 'offer'::text]))),
    CONSTRAINT patient_link_wrong_check CHECK ((wrong >= 0))
);

CREATE TABLE auth.recovery_code (
    user_id uuid NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE auth.refresh_token (
    hash bytea NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE auth.role (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL COLLATE pg_catalog."C",
    based_on text NOT NULL,
    permissions text[] NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT role_based_on_check CHECK ((based_on = ANY (ARRAY['admin'::text, 'provider'::text, 'hygienist'::text, 'assistant'::text, 'receptionist'::text, 'accountant'::text, 'staff'::text]))),
    CONSTRAINT role_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);

CREATE TABLE auth.session (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    practice_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    ip text,
    user_agent text,
    active_at timestamp with time zone DEFAULT now() NOT NULL,
    second_factor text,
    CONSTRAINT session_end_reason_check CHECK ((end_reason = ANY (ARRAY['signed_out'::text, 'token_reused'::text, 'expired'::text, 'idle'::text, 'ended_elsewhere'::text, 'password_changed'::text, 'password_reset'::text, 'switched'::text, 'suspended'::text, 'removed'::text]))),
    CONSTRAINT session_second_factor_check CHECK ((second_factor = ANY (ARRAY['totp'::text, 'passkey'::text])))
);

CREATE TABLE auth.totp (
    user_id uuid NOT NULL,
    seed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL
);

CREATE TABLE auth."user" (
    id uuid NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    password_hash text,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT user_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT user_language_check CHECK ((language = ANY (ARRAY['en'::text, 'ar'::text]))),
    CONSTRAINT user_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120)))
);

CREATE TABLE automation.cursor (
    practice_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    upto timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY automation.cursor FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.rehearsal (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    definition jsonb NOT NULL,
    state text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    events integer DEFAULT 0 NOT NULL,
    matched integer DEFAULT 0 NOT NULL,
    job_id uuid,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT rehearsal_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY automation.rehearsal FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.rehearsal_item (
    practice_id uuid NOT NULL,
    rehearsal_id uuid NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    subject_type text,
    subject_id uuid,
    patient_id uuid,
    data bytea NOT NULL
);

ALTER TABLE ONLY automation.rehearsal_item FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.run (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    cause text NOT NULL COLLATE pg_catalog."C",
    subject_type text,
    subject_id uuid,
    patient_id uuid,
    state text NOT NULL,
    test boolean NOT NULL,
    chain uuid[] NOT NULL,
    data bytea NOT NULL,
    due_at timestamp with time zone,
    wakes_at timestamp with time zone,
    lease uuid,
    attempts integer DEFAULT 0 NOT NULL,
    signalled_at timestamp with time zone,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    error_code text,
    error_message text,
    error_step text,
    created_by uuid,
    CONSTRAINT run_cause_check CHECK (((length(cause) >= 1) AND (length(cause) <= 200))),
    CONSTRAINT run_ended CHECK (((state = ANY (ARRAY['running'::text, 'waiting'::text])) = (ended_at IS NULL))),
    CONSTRAINT run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'waiting'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'stopped'::text])))
);

ALTER TABLE ONLY automation.run FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.settings (
    practice_id uuid NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    history_days integer DEFAULT 90 NOT NULL,
    revision bigint DEFAULT 0 NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT settings_history_days_check CHECK (((history_days >= 1) AND (history_days <= 3650))),
    CONSTRAINT settings_quiet CHECK (((quiet_from IS NULL) = (quiet_until IS NULL)))
);

ALTER TABLE ONLY automation.settings FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.step (
    practice_id uuid NOT NULL,
    run_id uuid NOT NULL,
    seq integer NOT NULL,
    step_id text NOT NULL,
    iteration integer[] NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    duration_us bigint NOT NULL,
    error_code text,
    error_message text,
    path text,
    data bytea NOT NULL,
    CONSTRAINT step_state_check CHECK ((state = ANY (ARRAY['started'::text, 'waiting'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY automation.step FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.version (
    practice_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    number integer NOT NULL,
    definition jsonb NOT NULL,
    published_by uuid,
    published_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT version_number_check CHECK ((number > 0))
);

ALTER TABLE ONLY automation.version FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.wait (
    practice_id uuid NOT NULL,
    run_id uuid NOT NULL,
    event text,
    subject_id uuid,
    patient_id uuid
);

ALTER TABLE ONLY automation.wait FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.webhook (
    practice_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    secret bytea NOT NULL,
    address bytea NOT NULL,
    rotated_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY automation.webhook FORCE ROW LEVEL SECURITY;

CREATE TABLE automation.workflow (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL COLLATE pg_catalog."C",
    description text,
    status text NOT NULL,
    draft jsonb NOT NULL,
    published integer,
    latest integer DEFAULT 0 NOT NULL,
    published_at timestamp with time zone,
    published_by uuid,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT workflow_description_check CHECK ((length(description) <= 2000)),
    CONSTRAINT workflow_latest_check CHECK ((latest >= 0)),
    CONSTRAINT workflow_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT workflow_published CHECK (((status = 'draft'::text) OR (published IS NOT NULL))),
    CONSTRAINT workflow_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'paused'::text])))
);

ALTER TABLE ONLY automation.workflow FORCE ROW LEVEL SECURITY;

CREATE TABLE jobs.bookmark (
    name text NOT NULL,
    xid xid8 NOT NULL,
    id uuid NOT NULL
);

CREATE TABLE jobs.job (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    payload bytea NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    lease uuid,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 8 NOT NULL,
    progress_done bigint DEFAULT 0 NOT NULL,
    progress_total bigint,
    cancel_requested boolean DEFAULT false NOT NULL,
    error text,
    unique_key text COLLATE pg_catalog."C",
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    cause jsonb,
    CONSTRAINT job_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 80))),
    CONSTRAINT job_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 50))),
    CONSTRAINT job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY jobs.job FORCE ROW LEVEL SECURITY;

CREATE TABLE jobs.schedule (
    name text NOT NULL,
    next_at timestamp with time zone DEFAULT now() NOT NULL,
    last_at timestamp with time zone,
    last_error text
);

CREATE TABLE messaging.attachment (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid,
    place integer,
    name bytea NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    bytes bytea NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT attachment_media_type_check CHECK (((length(media_type) >= 3) AND (length(media_type) <= 100))),
    CONSTRAINT attachment_size_check CHECK (((size >= 1) AND (size <= 10485760)))
);

ALTER TABLE ONLY messaging.attachment FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.channel (
    practice_id uuid NOT NULL,
    channel text NOT NULL,
    provider text NOT NULL,
    settings jsonb NOT NULL,
    secret bytea,
    secret_last_four text,
    hook_token text NOT NULL COLLATE pg_catalog."C",
    tested_at timestamp with time zone,
    test_outcome text,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT channel_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT channel_hook_token_check CHECK (((length(hook_token) >= 22) AND (length(hook_token) <= 80))),
    CONSTRAINT channel_provider_check CHECK ((provider = ANY (ARRAY['sandbox'::text, 'installation'::text, 'smtp'::text, 'sendgrid'::text, 'twilio'::text]))),
    CONSTRAINT channel_test_outcome_check CHECK (((length(test_outcome) >= 1) AND (length(test_outcome) <= 60)))
);

ALTER TABLE ONLY messaging.channel FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.inbox (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    provider text NOT NULL,
    dedupe_key text NOT NULL COLLATE pg_catalog."C",
    body bytea NOT NULL,
    state text NOT NULL,
    reason text,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT inbox_dedupe_key_check CHECK (((length(dedupe_key) >= 1) AND (length(dedupe_key) <= 300))),
    CONSTRAINT inbox_provider_check CHECK ((provider = ANY (ARRAY['sendgrid'::text, 'twilio'::text]))),
    CONSTRAINT inbox_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 60))),
    CONSTRAINT inbox_state_check CHECK ((state = ANY (ARRAY['received'::text, 'applied'::text, 'ignored'::text])))
);

ALTER TABLE ONLY messaging.inbox FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.message (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    channel text NOT NULL,
    direction text NOT NULL,
    purpose text NOT NULL,
    source text NOT NULL,
    source_id uuid,
    patient_id uuid,
    appointment_id uuid,
    appointment_start timestamp with time zone,
    rule_id uuid,
    template_id uuid,
    template_number integer,
    language text NOT NULL,
    content bytea NOT NULL,
    address_blind text COLLATE pg_catalog."C",
    state text NOT NULL,
    reason text,
    provider text,
    provider_id text COLLATE pg_catalog."C",
    attempts integer DEFAULT 0 NOT NULL,
    doubts integer DEFAULT 0 NOT NULL,
    idempotency_key uuid NOT NULL,
    at_any_hour boolean NOT NULL,
    test boolean NOT NULL,
    not_before timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    lease uuid,
    lease_until timestamp with time zone,
    parts integer,
    price_minor bigint,
    answers_id uuid,
    retry_of_id uuid,
    sent_at timestamp with time zone,
    delivered_at timestamp with time zone,
    opened_at timestamp with time zone,
    ended_at timestamp with time zone,
    read_at timestamp with time zone,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT message_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT message_direction CHECK (((direction = 'in'::text) = (state = 'received'::text))),
    CONSTRAINT message_direction_check CHECK ((direction = ANY (ARRAY['out'::text, 'in'::text]))),
    CONSTRAINT message_doubts_check CHECK (((doubts >= 0) AND (doubts <= 2))),
    CONSTRAINT message_language_check CHECK ((language = ANY (ARRAY['en'::text, 'ar'::text]))),
    CONSTRAINT message_lease CHECK (((lease IS NULL) = (lease_until IS NULL))),
    CONSTRAINT message_parts_check CHECK (((parts >= 0) AND (parts <= 1000))),
    CONSTRAINT message_provider_check CHECK (((length(provider) >= 1) AND (length(provider) <= 20))),
    CONSTRAINT message_provider_id_check CHECK (((length(provider_id) >= 1) AND (length(provider_id) <= 200))),
    CONSTRAINT message_purpose_check CHECK ((purpose = ANY (ARRAY['transactional'::text, 'marketing'::text]))),
    CONSTRAINT message_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 60))),
    CONSTRAINT message_source_check CHECK ((source = ANY (ARRAY['person'::text, 'workflow'::text, 'rule'::text, 'answer'::text]))),
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'unknown'::text, 'sent'::text, 'failed'::text, 'delivered'::text, 'bounced'::text, 'opened'::text, 'replied'::text, 'suppressed'::text, 'cancelled'::text, 'received'::text])))
);

ALTER TABLE ONLY messaging.message FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.rule (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    channel text NOT NULL,
    template_id uuid NOT NULL,
    offset_minutes integer NOT NULL,
    service_ids uuid[] NOT NULL,
    location_ids uuid[] NOT NULL,
    skip_confirmed boolean NOT NULL,
    enabled boolean NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT rule_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT rule_offset_minutes_check CHECK (((offset_minutes >= 15) AND (offset_minutes <= 86400)))
);

ALTER TABLE ONLY messaging.rule FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.settings (
    practice_id uuid NOT NULL,
    quiet_from integer NOT NULL,
    quiet_until integer NOT NULL,
    daily_cap integer NOT NULL,
    part_price_minor bigint NOT NULL,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT settings_daily_cap_check CHECK (((daily_cap >= 1) AND (daily_cap <= 100))),
    CONSTRAINT settings_part_price_minor_check CHECK (((part_price_minor >= 0) AND (part_price_minor <= 100000))),
    CONSTRAINT settings_quiet_from_check CHECK (((quiet_from >= 0) AND (quiet_from <= 1439))),
    CONSTRAINT settings_quiet_until_check CHECK (((quiet_until >= 0) AND (quiet_until <= 1439)))
);

ALTER TABLE ONLY messaging.settings FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.suppression (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    channel text NOT NULL,
    address_blind text NOT NULL COLLATE pg_catalog."C",
    address bytea NOT NULL,
    reason text NOT NULL,
    patient_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT suppression_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT suppression_reason_check CHECK ((reason = ANY (ARRAY['bounce'::text, 'complaint'::text, 'unsubscribe'::text, 'stop'::text, 'by_hand'::text])))
);

ALTER TABLE ONLY messaging.suppression FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.template (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    channel text NOT NULL,
    purpose text NOT NULL,
    number integer NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT template_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT template_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT template_number_check CHECK ((number > 0)),
    CONSTRAINT template_purpose_check CHECK ((purpose = ANY (ARRAY['transactional'::text, 'marketing'::text])))
);

ALTER TABLE ONLY messaging.template FORCE ROW LEVEL SECURITY;

CREATE TABLE messaging.template_text (
    practice_id uuid NOT NULL,
    template_id uuid NOT NULL,
    number integer NOT NULL,
    texts jsonb NOT NULL,
    by_id uuid,
    at timestamp with time zone NOT NULL,
    CONSTRAINT template_text_number_check CHECK ((number > 0))
);

ALTER TABLE ONLY messaging.template_text FORCE ROW LEVEL SECURITY;

CREATE TABLE notices.notice (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    private bytea NOT NULL,
    patient_id uuid,
    appointment_id uuid,
    source text NOT NULL,
    source_id uuid NOT NULL,
    created_by uuid,
    read_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT notice_source_check CHECK ((source = ANY (ARRAY['workflow'::text, 'mention'::text])))
);

ALTER TABLE ONLY notices.notice FORCE ROW LEVEL SECURITY;

CREATE TABLE outbox.event (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    name text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    version integer,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    error text,
    CONSTRAINT event_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT event_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'dispatched'::text, 'dead'::text, 'discarded'::text])))
);

ALTER TABLE ONLY outbox.event FORCE ROW LEVEL SECURITY;

CREATE TABLE outbox.lane (
    practice_id uuid NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    next_seq bigint DEFAULT 1 NOT NULL,
    pending integer DEFAULT 0 NOT NULL,
    ready_at timestamp with time zone DEFAULT now() NOT NULL,
    lease uuid,
    attempts integer DEFAULT 0 NOT NULL,
    CONSTRAINT lane_pending_check CHECK ((pending >= 0))
);

ALTER TABLE ONLY outbox.lane FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.counter (
    practice_id uuid NOT NULL,
    next_number bigint NOT NULL,
    CONSTRAINT counter_next_number_check CHECK ((next_number > 0))
);

ALTER TABLE ONLY patients.counter FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.duplicate (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    rule text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    dismissed_at timestamp with time zone,
    dismissed_by uuid,
    CONSTRAINT duplicate_order_check CHECK ((one_id < other_id)),
    CONSTRAINT duplicate_rule_check CHECK ((rule = ANY (ARRAY['nationalId'::text, 'nameAndBirthDate'::text, 'nameAndPhone'::text, 'nameAndEmail'::text])))
);

ALTER TABLE ONLY patients.duplicate FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.field (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    name_ar text,
    kind text NOT NULL,
    options jsonb NOT NULL,
    required boolean NOT NULL,
    initial jsonb,
    listed boolean NOT NULL,
    sensitive boolean NOT NULL,
    rank integer NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT field_key_check CHECK ((key ~ '^[a-z][a-zA-Z0-9]{0,39}$'::text)),
    CONSTRAINT field_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'number'::text, 'date'::text, 'dateTime'::text, 'select'::text, 'multiSelect'::text, 'boolean'::text, 'phone'::text, 'email'::text]))),
    CONSTRAINT field_listed_check CHECK ((NOT (listed AND sensitive))),
    CONSTRAINT field_name_ar_check CHECK (((length(name_ar) >= 1) AND (length(name_ar) <= 80))),
    CONSTRAINT field_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

ALTER TABLE ONLY patients.field FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.import (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    format text NOT NULL,
    about bytea NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C",
    columns jsonb NOT NULL,
    options jsonb NOT NULL,
    rows integer DEFAULT 0 NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    task text COLLATE pg_catalog."C",
    job_id uuid,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT import_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'fhir'::text]))),
    CONSTRAINT import_source_check CHECK (((length(source) >= 1) AND (length(source) <= 120))),
    CONSTRAINT import_state_check CHECK ((state = ANY (ARRAY['open'::text, 'checked'::text, 'entered'::text, 'undone'::text]))),
    CONSTRAINT import_task_check CHECK ((task = ANY (ARRAY['check'::text, 'run'::text, 'undo'::text])))
);

ALTER TABLE ONLY patients.import FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.import_row (
    practice_id uuid NOT NULL,
    import_id uuid NOT NULL,
    number integer NOT NULL,
    body bytea NOT NULL,
    outcome text DEFAULT 'waiting'::text NOT NULL COLLATE pg_catalog."C",
    report jsonb DEFAULT '[]'::jsonb NOT NULL,
    like_patient uuid,
    like_row integer,
    like_rule text,
    patient_id uuid,
    patient_version integer,
    before bytea,
    CONSTRAINT import_row_number_check CHECK ((number > 0)),
    CONSTRAINT import_row_outcome_check CHECK ((outcome = ANY (ARRAY['waiting'::text, 'fault'::text, 'create'::text, 'update'::text, 'skip'::text, 'created'::text, 'updated'::text, 'skipped'::text, 'undone'::text, 'kept'::text])))
);

ALTER TABLE ONLY patients.import_row FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.merge (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    kept_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    before bytea NOT NULL,
    merged_at timestamp with time zone NOT NULL,
    merged_by uuid,
    undone_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY patients.merge FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.origin (
    practice_id uuid NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    patient_id uuid NOT NULL
);

ALTER TABLE ONLY patients.origin FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.patient (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    number bigint NOT NULL,
    given_name text NOT NULL,
    family_name text,
    given_name_other text,
    family_name_other text,
    name_key text NOT NULL COLLATE pg_catalog."C",
    birth_date date,
    sex text NOT NULL,
    phones jsonb NOT NULL,
    emails jsonb NOT NULL,
    phone text,
    email text,
    address jsonb,
    contact_method text,
    language text,
    alerts jsonb NOT NULL,
    consents jsonb NOT NULL,
    lead_source text,
    status text NOT NULL,
    private bytea,
    national_id_blind text COLLATE pg_catalog."C",
    nationality_blind text COLLATE pg_catalog."C",
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    merged_into uuid,
    last_visit_at timestamp with time zone,
    next_visit_at timestamp with time zone,
    CONSTRAINT patient_birth_date_check CHECK ((birth_date >= '1850-01-01'::date)),
    CONSTRAINT patient_contact_method_check CHECK ((contact_method = ANY (ARRAY['call'::text, 'sms'::text, 'whatsapp'::text, 'email'::text]))),
    CONSTRAINT patient_family_name_check CHECK (((length(family_name) >= 1) AND (length(family_name) <= 80))),
    CONSTRAINT patient_family_name_other_check CHECK (((length(family_name_other) >= 1) AND (length(family_name_other) <= 80))),
    CONSTRAINT patient_given_name_check CHECK (((length(given_name) >= 1) AND (length(given_name) <= 80))),
    CONSTRAINT patient_given_name_other_check CHECK (((length(given_name_other) >= 1) AND (length(given_name_other) <= 80))),
    CONSTRAINT patient_language_check CHECK ((language ~ '^[a-z]{2,3}$'::text)),
    CONSTRAINT patient_lead_source_check CHECK (((length(lead_source) >= 1) AND (length(lead_source) <= 80))),
    CONSTRAINT patient_merged_check CHECK (((merged_into IS NULL) OR ((deleted_at IS NOT NULL) AND (merged_into <> id)))),
    CONSTRAINT patient_number_check CHECK ((number > 0)),
    CONSTRAINT patient_phone_check CHECK ((phone ~ '^\+[0-9]{5,15}$'::text)),
    CONSTRAINT patient_sex_check CHECK ((sex = ANY (ARRAY['male'::text, 'female'::text, 'other'::text, 'unknown'::text]))),
    CONSTRAINT patient_status_check CHECK ((status = ANY (ARRAY['lead'::text, 'active'::text, 'inactive'::text, 'deceased'::text])))
);

ALTER TABLE ONLY patients.patient FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.patient_tag (
    practice_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    tag_id uuid NOT NULL
);

ALTER TABLE ONLY patients.patient_tag FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.policy (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    rank integer NOT NULL,
    payer text NOT NULL,
    plan text,
    private bytea NOT NULL,
    member_id_blind text NOT NULL COLLATE pg_catalog."C",
    valid_from date,
    valid_to date,
    eligibility text NOT NULL,
    verified_at timestamp with time zone,
    verified_by uuid,
    cards jsonb NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT policy_eligibility_check CHECK ((eligibility = ANY (ARRAY['active'::text, 'inactive'::text, 'pending'::text, 'unknown'::text]))),
    CONSTRAINT policy_payer_check CHECK (((length(payer) >= 1) AND (length(payer) <= 120))),
    CONSTRAINT policy_plan_check CHECK (((length(plan) >= 1) AND (length(plan) <= 120))),
    CONSTRAINT policy_rank_check CHECK (((rank >= 1) AND (rank <= 9))),
    CONSTRAINT policy_validity_check CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY patients.policy FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.relative (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    relationship text NOT NULL,
    related_id uuid,
    private bytea NOT NULL,
    guardian boolean NOT NULL,
    emergency boolean NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT relative_other_check CHECK ((related_id <> patient_id)),
    CONSTRAINT relative_relationship_check CHECK ((relationship = ANY (ARRAY['mother'::text, 'father'::text, 'parent'::text, 'spouse'::text, 'child'::text, 'sibling'::text, 'grandparent'::text, 'grandchild'::text, 'guardian'::text, 'ward'::text, 'relative'::text, 'friend'::text, 'other'::text])))
);

ALTER TABLE ONLY patients.relative FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.tag (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL COLLATE pg_catalog."C",
    colour text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT tag_colour_check CHECK ((colour = ANY (ARRAY['slate'::text, 'teal'::text, 'blue'::text, 'violet'::text, 'green'::text, 'amber'::text, 'red'::text, 'pink'::text]))),
    CONSTRAINT tag_name_check CHECK (((length(name) >= 1) AND (length(name) <= 40)))
);

ALTER TABLE ONLY patients.tag FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.term (
    practice_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    term text NOT NULL COLLATE pg_catalog."C",
    patient_id uuid NOT NULL,
    CONSTRAINT term_kind_check CHECK ((kind = ANY (ARRAY['name'::text, 'sound'::text, 'phone'::text, 'email'::text, 'kin'::text]))),
    CONSTRAINT term_term_check CHECK (((length(term) >= 1) AND (length(term) <= 254)))
);

ALTER TABLE ONLY patients.term FORCE ROW LEVEL SECURITY;

CREATE TABLE patients.view (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    name_key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL COLLATE pg_catalog."C",
    shared boolean NOT NULL,
    rank integer NOT NULL,
    filter bytea,
    sort text NOT NULL,
    columns jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT view_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);

ALTER TABLE ONLY patients.view FORCE ROW LEVEL SECURITY;

CREATE TABLE platform.access (
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    reason text NOT NULL,
    administrator uuid,
    action text DEFAULT 'maintenance'::text NOT NULL,
    practice uuid,
    outcome text DEFAULT 'ok'::text NOT NULL,
    request_id uuid,
    ip text,
    user_agent text,
    CONSTRAINT access_action_check CHECK (((length(action) >= 1) AND (length(action) <= 60))),
    CONSTRAINT access_outcome_check CHECK ((outcome = ANY (ARRAY['ok'::text, 'denied'::text]))),
    CONSTRAINT access_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500)))
);

CREATE TABLE platform.migration (
    version integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE platform.practice (
    practice_id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    language text NOT NULL,
    country text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    idle_minutes integer DEFAULT 0 NOT NULL,
    second_factor text DEFAULT 'patients'::text NOT NULL,
    invite_hours integer DEFAULT 72 NOT NULL,
    legal_name text,
    vat_number text,
    address jsonb,
    phone text,
    email text,
    logo bytea,
    logo_tag text,
    suspended_at timestamp with time zone,
    suspended_reason text,
    rate_per_second integer,
    max_staff integer,
    limits_version integer DEFAULT 1 NOT NULL,
    CONSTRAINT practice_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT practice_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT practice_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT practice_idle_minutes_check CHECK (((idle_minutes = 0) OR ((idle_minutes >= 5) AND (idle_minutes <= 480)))),
    CONSTRAINT practice_invite_hours_check CHECK (((invite_hours >= 1) AND (invite_hours <= 720))),
    CONSTRAINT practice_language_check CHECK ((language = ANY (ARRAY['en'::text, 'ar'::text]))),
    CONSTRAINT practice_legal_name_check CHECK (((length(legal_name) >= 1) AND (length(legal_name) <= 160))),
    CONSTRAINT practice_logo_check CHECK ((octet_length(logo) <= 1048576)),
    CONSTRAINT practice_logo_tag_check CHECK ((length(logo_tag) = 32)),
    CONSTRAINT practice_max_staff_check CHECK (((max_staff >= 1) AND (max_staff <= 100000))),
    CONSTRAINT practice_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT practice_phone_check CHECK ((phone ~ '^\+[0-9]{5,15}$'::text)),
    CONSTRAINT practice_rate_per_second_check CHECK (((rate_per_second >= 1) AND (rate_per_second <= 100000))),
    CONSTRAINT practice_second_factor_check CHECK ((second_factor = ANY (ARRAY['nobody'::text, 'patients'::text, 'everybody'::text]))),
    CONSTRAINT practice_slug_check CHECK (((slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'::text) AND (slug !~ '--'::text))),
    CONSTRAINT practice_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
    CONSTRAINT practice_suspended_reason_check CHECK (((length(suspended_reason) >= 3) AND (length(suspended_reason) <= 500))),
    CONSTRAINT practice_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64))),
    CONSTRAINT practice_vat_number_check CHECK (((length(vat_number) >= 1) AND (length(vat_number) <= 20)))
);

ALTER TABLE ONLY platform.practice FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.absence (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    owner_kind text NOT NULL,
    location_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (owner_kind = 'location'::text) THEN owner_id
    ELSE NULL::uuid
END) STORED,
    kind text NOT NULL,
    from_at timestamp without time zone NOT NULL,
    to_at timestamp without time zone NOT NULL,
    note text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT absence_kind_check CHECK ((kind = ANY (ARRAY['vacation'::text, 'sick'::text, 'closed'::text, 'extra'::text]))),
    CONSTRAINT absence_length CHECK (((to_at > from_at) AND (to_at <= (from_at + '400 days'::interval)))),
    CONSTRAINT absence_note_check CHECK (((length(note) >= 1) AND (length(note) <= 500))),
    CONSTRAINT absence_of_practice CHECK (((owner_kind <> 'practice'::text) OR (owner_id = practice_id))),
    CONSTRAINT absence_owner_kind_check CHECK ((owner_kind = ANY (ARRAY['practice'::text, 'location'::text, 'provider'::text])))
);

ALTER TABLE ONLY practice.absence FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.closing_day (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    date date NOT NULL,
    name text NOT NULL,
    name_ar text,
    repeats text NOT NULL,
    holiday text COLLATE pg_catalog."C",
    moves jsonb DEFAULT '[]'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT closing_day_holiday_check CHECK (((length(holiday) >= 1) AND (length(holiday) <= 60))),
    CONSTRAINT closing_day_name_ar_check CHECK (((length(name_ar) >= 1) AND (length(name_ar) <= 120))),
    CONSTRAINT closing_day_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT closing_day_repeats_check CHECK ((repeats = ANY (ARRAY['none'::text, 'gregorian'::text, 'hijri'::text])))
);

ALTER TABLE ONLY practice.closing_day FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.hours (
    practice_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    owner_kind text NOT NULL,
    location_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (owner_kind = 'location'::text) THEN owner_id
    ELSE NULL::uuid
END) STORED,
    week jsonb,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT hours_of_practice CHECK (((owner_kind <> 'practice'::text) OR (owner_id = practice_id))),
    CONSTRAINT hours_owner_kind_check CHECK ((owner_kind = ANY (ARRAY['practice'::text, 'location'::text, 'provider'::text])))
);

ALTER TABLE ONLY practice.hours FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.location (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_ar text,
    name_key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL COLLATE pg_catalog."C",
    address jsonb,
    phone text,
    time_zone text,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT location_name_ar_check CHECK (((length(name_ar) >= 1) AND (length(name_ar) <= 120))),
    CONSTRAINT location_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT location_phone_check CHECK ((phone ~ '^\+[0-9]{5,15}$'::text)),
    CONSTRAINT location_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64)))
);

ALTER TABLE ONLY practice.location FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.onboarding (
    practice_id uuid NOT NULL,
    step text NOT NULL COLLATE pg_catalog."C",
    what text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    CONSTRAINT onboarding_step_check CHECK ((step = ANY (ARRAY[''::text, 'profile'::text, 'hours'::text, 'service'::text, 'staff'::text, 'security'::text]))),
    CONSTRAINT onboarding_what_check CHECK ((what = ANY (ARRAY['skipped'::text, 'seen'::text, 'finished'::text])))
);

ALTER TABLE ONLY practice.onboarding FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.provider (
    practice_id uuid NOT NULL,
    user_id uuid NOT NULL,
    title text,
    title_ar text,
    specialty text,
    licence_number text,
    colour text NOT NULL,
    bookable boolean NOT NULL,
    all_services boolean NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT provider_colour_check CHECK ((colour = ANY (ARRAY['slate'::text, 'teal'::text, 'blue'::text, 'violet'::text, 'green'::text, 'amber'::text, 'red'::text, 'pink'::text]))),
    CONSTRAINT provider_licence_number_check CHECK (((length(licence_number) >= 1) AND (length(licence_number) <= 60))),
    CONSTRAINT provider_specialty_check CHECK (((length(specialty) >= 1) AND (length(specialty) <= 120))),
    CONSTRAINT provider_title_ar_check CHECK (((length(title_ar) >= 1) AND (length(title_ar) <= 60))),
    CONSTRAINT provider_title_check CHECK (((length(title) >= 1) AND (length(title) <= 60)))
);

ALTER TABLE ONLY practice.provider FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.provider_location (
    practice_id uuid NOT NULL,
    user_id uuid NOT NULL,
    location_id uuid NOT NULL
);

ALTER TABLE ONLY practice.provider_location FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.provider_service (
    practice_id uuid NOT NULL,
    user_id uuid NOT NULL,
    service_id uuid NOT NULL
);

ALTER TABLE ONLY practice.provider_service FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.room (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    location_id uuid NOT NULL,
    name text NOT NULL,
    name_ar text,
    name_key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    colour text NOT NULL,
    sort integer DEFAULT 0 NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT room_colour_check CHECK ((colour = ANY (ARRAY['slate'::text, 'teal'::text, 'blue'::text, 'violet'::text, 'green'::text, 'amber'::text, 'red'::text, 'pink'::text]))),
    CONSTRAINT room_kind_check CHECK ((kind = ANY (ARRAY['room'::text, 'chair'::text]))),
    CONSTRAINT room_name_ar_check CHECK (((length(name_ar) >= 1) AND (length(name_ar) <= 120))),
    CONSTRAINT room_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT room_sort_check CHECK (((sort >= 0) AND (sort <= 9999)))
);

ALTER TABLE ONLY practice.room FORCE ROW LEVEL SECURITY;

CREATE TABLE practice.service (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    name_en text NOT NULL,
    name_ar text,
    name_key text GENERATED ALWAYS AS (lower(name_en)) STORED NOT NULL COLLATE pg_catalog."C",
    code text COLLATE pg_catalog."C",
    category text,
    duration_minutes integer NOT NULL,
    buffer_before_minutes integer DEFAULT 0 NOT NULL,
    buffer_after_minutes integer DEFAULT 0 NOT NULL,
    price_minor bigint NOT NULL,
    currency text NOT NULL,
    vat_category text NOT NULL,
    colour text NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT service_buffer_after_minutes_check CHECK (((buffer_after_minutes >= 0) AND (buffer_after_minutes <= 240))),
    CONSTRAINT service_buffer_before_minutes_check CHECK (((buffer_before_minutes >= 0) AND (buffer_before_minutes <= 240))),
    CONSTRAINT service_category_check CHECK (((length(category) >= 1) AND (length(category) <= 60))),
    CONSTRAINT service_code_check CHECK (((length(code) >= 1) AND (length(code) <= 40))),
    CONSTRAINT service_colour_check CHECK ((colour = ANY (ARRAY['slate'::text, 'teal'::text, 'blue'::text, 'violet'::text, 'green'::text, 'amber'::text, 'red'::text, 'pink'::text]))),
    CONSTRAINT service_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT service_duration_check CHECK (((duration_minutes >= 5) AND (duration_minutes <= 720))),
    CONSTRAINT service_name_ar_check CHECK (((length(name_ar) >= 1) AND (length(name_ar) <= 120))),
    CONSTRAINT service_name_en_check CHECK (((length(name_en) >= 1) AND (length(name_en) <= 120))),
    CONSTRAINT service_price_check CHECK (((price_minor >= 0) AND (price_minor <= '100000000000'::bigint))),
    CONSTRAINT service_vat_category_check CHECK ((vat_category = ANY (ARRAY['standard'::text, 'zero'::text, 'exempt'::text])))
);

ALTER TABLE ONLY practice.service FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.appointment (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    time_zone text NOT NULL,
    status text NOT NULL,
    confirmed_at timestamp with time zone,
    arrived_at timestamp with time zone,
    seated_at timestamp with time zone,
    completed_at timestamp with time zone,
    checked_out_at timestamp with time zone,
    no_show_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    cancelled_by text,
    cancel_reason text COLLATE pg_catalog."C",
    private bytea,
    colour text,
    deposit boolean NOT NULL,
    moves integer DEFAULT 0 NOT NULL,
    series_id uuid,
    series_number integer,
    series_length integer,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    patient_moves integer DEFAULT 0 NOT NULL,
    source text DEFAULT 'staff'::text NOT NULL,
    CONSTRAINT appointment_cancel_reason_check CHECK (((length(cancel_reason) >= 1) AND (length(cancel_reason) <= 60))),
    CONSTRAINT appointment_cancelled CHECK (((status = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    CONSTRAINT appointment_cancelled_by_check CHECK ((cancelled_by = ANY (ARRAY['patient'::text, 'provider'::text, 'clinic'::text]))),
    CONSTRAINT appointment_check CHECK (((patient_moves >= 0) AND (patient_moves <= moves))),
    CONSTRAINT appointment_colour_check CHECK ((colour = ANY (ARRAY['slate'::text, 'teal'::text, 'blue'::text, 'violet'::text, 'green'::text, 'amber'::text, 'red'::text, 'pink'::text]))),
    CONSTRAINT appointment_length CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '12:00:00'::interval)))),
    CONSTRAINT appointment_moves_check CHECK ((moves >= 0)),
    CONSTRAINT appointment_series CHECK ((num_nulls(series_id, series_number, series_length) = ANY (ARRAY[0, 3]))),
    CONSTRAINT appointment_source_check CHECK ((source = ANY (ARRAY['staff'::text, 'online'::text]))),
    CONSTRAINT appointment_status_check CHECK ((status = ANY (ARRAY['scheduled'::text, 'confirmed'::text, 'arrived'::text, 'in_chair'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text]))),
    CONSTRAINT appointment_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64)))
);

ALTER TABLE ONLY scheduling.appointment FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.booked (
    practice_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    appointment_id uuid,
    hold_id uuid,
    kind text NOT NULL,
    resource_id uuid NOT NULL,
    provider_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (kind = 'provider'::text) THEN resource_id
    ELSE NULL::uuid
END) STORED,
    room_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (kind = 'room'::text) THEN resource_id
    ELSE NULL::uuid
END) STORED,
    patient_id uuid GENERATED ALWAYS AS (
CASE
    WHEN (kind = 'patient'::text) THEN resource_id
    ELSE NULL::uuid
END) STORED,
    "position" integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    during tstzrange GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED NOT NULL,
    active boolean NOT NULL,
    over_another boolean NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT booked_holder CHECK (((num_nulls(appointment_id, hold_id) = 1) AND (holder_id = COALESCE(appointment_id, hold_id)) AND ((hold_id IS NULL) = (expires_at IS NULL)))),
    CONSTRAINT booked_kind_check CHECK ((kind = ANY (ARRAY['provider'::text, 'room'::text, 'patient'::text]))),
    CONSTRAINT booked_patient_check CHECK (((kind <> 'patient'::text) OR (NOT over_another))),
    CONSTRAINT booked_position_check CHECK ((("position" >= 1) AND ("position" <= 9)))
);

ALTER TABLE ONLY scheduling.booked FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom (
    practice_id uuid NOT NULL,
    provider text NOT NULL,
    enabled boolean NOT NULL,
    base_url text,
    api_key bytea,
    api_key_last_four text,
    webhook_token text NOT NULL COLLATE pg_catalog."C",
    webhook_secret bytea NOT NULL,
    webhook_secret_last_four text NOT NULL,
    slots_version text,
    bookings_version text,
    event_types_version text,
    tested_at timestamp with time zone,
    test_outcome text,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT calcom_base_url_check CHECK (((length(base_url) >= 1) AND (length(base_url) <= 200))),
    CONSTRAINT calcom_bookings_version_check CHECK (((length(bookings_version) >= 1) AND (length(bookings_version) <= 20))),
    CONSTRAINT calcom_event_types_version_check CHECK (((length(event_types_version) >= 1) AND (length(event_types_version) <= 20))),
    CONSTRAINT calcom_provider_check CHECK ((provider = ANY (ARRAY['calcom'::text, 'sandbox'::text]))),
    CONSTRAINT calcom_slots_version_check CHECK (((length(slots_version) >= 1) AND (length(slots_version) <= 20))),
    CONSTRAINT calcom_test_outcome_check CHECK (((length(test_outcome) >= 1) AND (length(test_outcome) <= 40))),
    CONSTRAINT calcom_webhook_token_check CHECK (((length(webhook_token) >= 22) AND (length(webhook_token) <= 80)))
);

ALTER TABLE ONLY scheduling.calcom FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom_booking (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid,
    patient_id uuid,
    state text NOT NULL,
    error_code text,
    from_there boolean NOT NULL,
    keep_ours boolean NOT NULL,
    there text NOT NULL,
    uid text COLLATE pg_catalog."C",
    event_type_id bigint,
    there_start timestamp with time zone,
    there_end timestamp with time zone,
    heard_at timestamp with time zone,
    asked text,
    asked_start timestamp with time zone,
    attempts integer NOT NULL,
    quiet_until timestamp with time zone,
    job_id uuid,
    job_until timestamp with time zone,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT calcom_booking_asked CHECK (((asked IS NULL) OR (asked = 'cancel'::text) OR (asked_start IS NOT NULL))),
    CONSTRAINT calcom_booking_asked_check CHECK ((asked = ANY (ARRAY['create'::text, 'reschedule'::text, 'cancel'::text]))),
    CONSTRAINT calcom_booking_error_code_check CHECK (((length(error_code) >= 1) AND (length(error_code) <= 40))),
    CONSTRAINT calcom_booking_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'synced'::text, 'needs_attention'::text, 'cancelled'::text, 'ours_only'::text]))),
    CONSTRAINT calcom_booking_there CHECK (((there <> 'booked'::text) OR (num_nulls(uid, event_type_id, there_start) = 0))),
    CONSTRAINT calcom_booking_there_check CHECK ((there = ANY (ARRAY['none'::text, 'booked'::text, 'cancelled'::text]))),
    CONSTRAINT calcom_booking_uid_check CHECK (((length(uid) >= 1) AND (length(uid) <= 200)))
);

ALTER TABLE ONLY scheduling.calcom_booking FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom_mapping (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    provider_id uuid,
    location_id uuid NOT NULL,
    event_type_id bigint NOT NULL,
    slug text NOT NULL,
    title text NOT NULL,
    length_minutes integer NOT NULL,
    CONSTRAINT calcom_mapping_event_type_id_check CHECK ((event_type_id > 0)),
    CONSTRAINT calcom_mapping_length_minutes_check CHECK (((length_minutes >= 1) AND (length_minutes <= 1440))),
    CONSTRAINT calcom_mapping_slug_check CHECK (((length(slug) >= 1) AND (length(slug) <= 200))),
    CONSTRAINT calcom_mapping_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);

ALTER TABLE ONLY scheduling.calcom_mapping FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom_message (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    trigger text NOT NULL COLLATE pg_catalog."C",
    uid text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL,
    reason text,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT calcom_message_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 60))),
    CONSTRAINT calcom_message_state_check CHECK ((state = ANY (ARRAY['received'::text, 'applied'::text, 'ignored'::text, 'conflict'::text]))),
    CONSTRAINT calcom_message_trigger_check CHECK (((length(trigger) >= 1) AND (length(trigger) <= 80))),
    CONSTRAINT calcom_message_uid_check CHECK ((length(uid) <= 200))
);

ALTER TABLE ONLY scheduling.calcom_message FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom_reservation (
    practice_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    event_type_id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    until timestamp with time zone NOT NULL,
    CONSTRAINT calcom_reservation_uid_check CHECK (((length(uid) >= 1) AND (length(uid) <= 200)))
);

ALTER TABLE ONLY scheduling.calcom_reservation FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom_sandbox (
    practice_id uuid NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    event_type_id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    from_uid text COLLATE pg_catalog."C",
    to_uid text COLLATE pg_catalog."C",
    our_id text COLLATE pg_catalog."C",
    CONSTRAINT calcom_sandbox_our_id_check CHECK (((length(our_id) >= 1) AND (length(our_id) <= 80))),
    CONSTRAINT calcom_sandbox_status_check CHECK ((status = ANY (ARRAY['accepted'::text, 'cancelled'::text]))),
    CONSTRAINT calcom_sandbox_uid_check CHECK (((length(uid) >= 1) AND (length(uid) <= 200)))
);

ALTER TABLE ONLY scheduling.calcom_sandbox FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.calcom_uid (
    practice_id uuid NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    booking_id uuid NOT NULL,
    ended boolean NOT NULL,
    CONSTRAINT calcom_uid_uid_check CHECK (((length(uid) >= 1) AND (length(uid) <= 200)))
);

ALTER TABLE ONLY scheduling.calcom_uid FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.hold (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    key_hash bytea,
    network text COLLATE pg_catalog."C",
    CONSTRAINT hold_length CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '12:00:00'::interval)))),
    CONSTRAINT hold_of_visitor CHECK ((num_nulls(key_hash, network) = ANY (ARRAY[0, 2])))
);

ALTER TABLE ONLY scheduling.hold FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.offer (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    opening_id uuid NOT NULL,
    wish_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    wave integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT offer_length CHECK ((ends_at > starts_at)),
    CONSTRAINT offer_status_check CHECK ((status = ANY (ARRAY['sent'::text, 'accepted'::text, 'declined'::text, 'expired'::text, 'taken'::text, 'withdrawn'::text]))),
    CONSTRAINT offer_wave_check CHECK ((wave > 0))
);

ALTER TABLE ONLY scheduling.offer FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.online (
    practice_id uuid NOT NULL,
    enabled boolean NOT NULL,
    providers uuid[],
    locations uuid[],
    choose_provider boolean NOT NULL,
    most_open integer NOT NULL,
    email text NOT NULL,
    reason text NOT NULL,
    origins text[] NOT NULL,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT online_email_check CHECK ((email = ANY (ARRAY['no'::text, 'optional'::text, 'required'::text]))),
    CONSTRAINT online_most_open_check CHECK (((most_open >= 1) AND (most_open <= 20))),
    CONSTRAINT online_reason_check CHECK ((reason = ANY (ARRAY['no'::text, 'optional'::text, 'required'::text])))
);

ALTER TABLE ONLY scheduling.online FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.online_service (
    practice_id uuid NOT NULL,
    service_id uuid NOT NULL,
    "position" integer NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    text_en text,
    text_ar text,
    new_patients boolean NOT NULL,
    deposit boolean NOT NULL,
    CONSTRAINT online_service_position_check CHECK ((("position" >= 1) AND ("position" <= 60))),
    CONSTRAINT online_service_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 60))),
    CONSTRAINT online_service_text_ar_check CHECK (((length(text_ar) >= 1) AND (length(text_ar) <= 500))),
    CONSTRAINT online_service_text_en_check CHECK (((length(text_en) >= 1) AND (length(text_en) <= 500)))
);

ALTER TABLE ONLY scheduling.online_service FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.opening (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    appointment_version integer NOT NULL,
    cause text NOT NULL,
    patient_id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    free_from timestamp with time zone NOT NULL,
    free_until timestamp with time zone NOT NULL,
    time_zone text NOT NULL,
    status text NOT NULL,
    closed_for text,
    wave integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    filled_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT opening_cause_check CHECK ((cause = ANY (ARRAY['cancelled'::text, 'moved'::text]))),
    CONSTRAINT opening_closed CHECK (((status = 'closed'::text) = (closed_for IS NOT NULL))),
    CONSTRAINT opening_closed_for_check CHECK ((closed_for = ANY (ARRAY['taken'::text, 'late'::text, 'nobody'::text, 'by_hand'::text]))),
    CONSTRAINT opening_filled CHECK (((status = 'filled'::text) = (filled_by IS NOT NULL))),
    CONSTRAINT opening_length CHECK (((ends_at > starts_at) AND (free_from <= starts_at) AND (free_until >= ends_at))),
    CONSTRAINT opening_status_check CHECK ((status = ANY (ARRAY['open'::text, 'filled'::text, 'closed'::text]))),
    CONSTRAINT opening_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64))),
    CONSTRAINT opening_wave_check CHECK ((wave >= 0))
);

ALTER TABLE ONLY scheduling.opening FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.recall (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    due_on date NOT NULL,
    next_on date NOT NULL,
    status text NOT NULL,
    dismissed_for text,
    booked_id uuid,
    attempts integer DEFAULT 0 NOT NULL,
    last_attempt_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT recall_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT recall_booked CHECK (((status = ANY (ARRAY['booked'::text, 'done'::text])) = (booked_id IS NOT NULL))),
    CONSTRAINT recall_dismissed CHECK (((status = 'dismissed'::text) = (dismissed_for IS NOT NULL))),
    CONSTRAINT recall_dismissed_for_check CHECK ((dismissed_for = ANY (ARRAY['declined'::text, 'elsewhere'::text, 'not_needed'::text, 'unreachable'::text, 'other'::text, 'undone'::text, 'replaced'::text]))),
    CONSTRAINT recall_status_check CHECK ((status = ANY (ARRAY['due'::text, 'contacted'::text, 'booked'::text, 'done'::text, 'dismissed'::text])))
);

ALTER TABLE ONLY scheduling.recall FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.recall_attempt (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    recall_id uuid NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    private bytea,
    by_id uuid,
    at timestamp with time zone NOT NULL,
    CONSTRAINT recall_attempt_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'sms'::text, 'email'::text, 'letter'::text]))),
    CONSTRAINT recall_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'no_answer'::text, 'message_left'::text, 'will_call_back'::text, 'reached'::text, 'declined'::text])))
);

ALTER TABLE ONLY scheduling.recall_attempt FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.recall_rule (
    practice_id uuid NOT NULL,
    service_id uuid NOT NULL,
    recall_service_id uuid NOT NULL,
    months integer NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT recall_rule_months_check CHECK (((months >= 1) AND (months <= 120)))
);

ALTER TABLE ONLY scheduling.recall_rule FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.settings (
    practice_id uuid NOT NULL,
    slot_minutes integer NOT NULL,
    notice_minutes integer NOT NULL,
    horizon_days integer NOT NULL,
    cancel_cutoff_minutes integer NOT NULL,
    move_cutoff_minutes integer NOT NULL,
    most_moves integer NOT NULL,
    hold_minutes integer NOT NULL,
    reasons jsonb NOT NULL,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT settings_cancel_cutoff_minutes_check CHECK (((cancel_cutoff_minutes >= 0) AND (cancel_cutoff_minutes <= 43200))),
    CONSTRAINT settings_hold_minutes_check CHECK (((hold_minutes >= 1) AND (hold_minutes <= 60))),
    CONSTRAINT settings_horizon_days_check CHECK (((horizon_days >= 1) AND (horizon_days <= 730))),
    CONSTRAINT settings_most_moves_check CHECK (((most_moves >= 0) AND (most_moves <= 99))),
    CONSTRAINT settings_move_cutoff_minutes_check CHECK (((move_cutoff_minutes >= 0) AND (move_cutoff_minutes <= 43200))),
    CONSTRAINT settings_notice_minutes_check CHECK (((notice_minutes >= 0) AND (notice_minutes <= 43200))),
    CONSTRAINT settings_slot_minutes_check CHECK (((slot_minutes >= 5) AND (slot_minutes <= 120)))
);

ALTER TABLE ONLY scheduling.settings FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.waitlist_settings (
    practice_id uuid NOT NULL,
    mode text NOT NULL,
    wave_size integer NOT NULL,
    wave_minutes integer NOT NULL,
    last_minutes integer NOT NULL,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT waitlist_settings_last_minutes_check CHECK (((last_minutes >= 0) AND (last_minutes <= 10080))),
    CONSTRAINT waitlist_settings_mode_check CHECK ((mode = ANY (ARRAY['automatic'::text, 'ask_me'::text, 'off'::text]))),
    CONSTRAINT waitlist_settings_wave_minutes_check CHECK (((wave_minutes >= 5) AND (wave_minutes <= 1440))),
    CONSTRAINT waitlist_settings_wave_size_check CHECK (((wave_size >= 1) AND (wave_size <= 20)))
);

ALTER TABLE ONLY scheduling.waitlist_settings FORCE ROW LEVEL SECURITY;

CREATE TABLE scheduling.wish (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL,
    provider_ids uuid[] NOT NULL,
    windows jsonb NOT NULL,
    earliest date,
    latest date,
    notice_minutes integer NOT NULL,
    urgent boolean NOT NULL,
    private bytea,
    gives_up_id uuid,
    status text NOT NULL,
    booked_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT wish_dates CHECK ((latest >= earliest)),
    CONSTRAINT wish_fulfilled CHECK (((status = 'fulfilled'::text) = (booked_id IS NOT NULL))),
    CONSTRAINT wish_notice_minutes_check CHECK (((notice_minutes >= 0) AND (notice_minutes <= 43200))),
    CONSTRAINT wish_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'fulfilled'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY scheduling.wish FORCE ROW LEVEL SECURITY;

CREATE UNLOGGED TABLE sec.bucket (
    key text NOT NULL COLLATE pg_catalog."C",
    tokens double precision NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE sec.data_key (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    root_key text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY sec.data_key FORCE ROW LEVEL SECURITY;

CREATE TABLE tasks.task (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    private bytea NOT NULL,
    patient_id uuid,
    user_id uuid,
    role text,
    role_id uuid,
    due_on date,
    due_time time without time zone,
    due_key timestamp without time zone GENERATED ALWAYS AS (COALESCE((due_on + COALESCE(due_time, '24:00:00'::time without time zone)), '9999-12-31 00:00:00'::timestamp without time zone)) STORED NOT NULL,
    priority text NOT NULL,
    status text NOT NULL,
    done_at timestamp with time zone,
    done_by uuid,
    source text NOT NULL,
    source_id uuid,
    created_by uuid,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT task_assignee CHECK ((num_nonnulls(user_id, role, role_id) <= 1)),
    CONSTRAINT task_done CHECK (((status = 'done'::text) = (done_at IS NOT NULL))),
    CONSTRAINT task_priority_check CHECK ((priority = ANY (ARRAY['normal'::text, 'high'::text]))),
    CONSTRAINT task_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'provider'::text, 'hygienist'::text, 'assistant'::text, 'receptionist'::text, 'accountant'::text, 'staff'::text]))),
    CONSTRAINT task_source_check CHECK ((source = ANY (ARRAY['person'::text, 'workflow'::text]))),
    CONSTRAINT task_status_check CHECK ((status = ANY (ARRAY['open'::text, 'done'::text]))),
    CONSTRAINT task_time_of_day CHECK (((due_time IS NULL) OR (due_on IS NOT NULL)))
);

ALTER TABLE ONLY tasks.task FORCE ROW LEVEL SECURITY;

CREATE TABLE timeline.entry (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    body bytea NOT NULL,
    CONSTRAINT entry_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 60)))
);

ALTER TABLE ONLY timeline.entry FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.call (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    request_key uuid,
    call_workflow_id uuid,
    case_id uuid,
    patient_id uuid,
    direction text NOT NULL,
    runtime text NOT NULL,
    transport text NOT NULL,
    state text NOT NULL,
    outcome text,
    ended_by text,
    error_code text,
    flow_id uuid,
    schema_version integer,
    number bytea,
    number_key text COLLATE pg_catalog."C",
    attempt integer DEFAULT 1 NOT NULL,
    due_at timestamp with time zone,
    requested_by text NOT NULL,
    requested_id uuid,
    external_id text COLLATE pg_catalog."C",
    started_at timestamp with time zone,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone,
    talk_ms integer DEFAULT 0 NOT NULL,
    hold_ms integer DEFAULT 0 NOT NULL,
    turns integer DEFAULT 0 NOT NULL,
    cost_micros bigint DEFAULT 0 NOT NULL,
    costs jsonb DEFAULT '{}'::jsonb NOT NULL,
    latency_p50 integer,
    latency_p99 integer,
    private bytea,
    review text NOT NULL,
    reviewed_at timestamp with time zone,
    reviewed_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT call_attempt_check CHECK ((attempt > 0)),
    CONSTRAINT call_cost_micros_check CHECK ((cost_micros >= 0)),
    CONSTRAINT call_direction_check CHECK ((direction = ANY (ARRAY['outbound'::text, 'inbound'::text]))),
    CONSTRAINT call_ended CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT call_ended_by_check CHECK ((ended_by = ANY (ARRAY['agent'::text, 'caller'::text, 'staff'::text, 'limit'::text, 'no_answer'::text, 'busy'::text, 'refused'::text, 'cancelled'::text, 'failed'::text, 'interrupted'::text]))),
    CONSTRAINT call_error_code_check CHECK (((length(error_code) >= 1) AND (length(error_code) <= 60))),
    CONSTRAINT call_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT call_hold_ms_check CHECK ((hold_ms >= 0)),
    CONSTRAINT call_outcome_check CHECK (((length(outcome) >= 1) AND (length(outcome) <= 60))),
    CONSTRAINT call_requested_by_check CHECK ((requested_by = ANY (ARRAY['person'::text, 'workflow'::text, 'retry'::text, 'caller'::text, 'program'::text]))),
    CONSTRAINT call_review_check CHECK ((review = ANY (ARRAY['none'::text, 'open'::text, 'done'::text]))),
    CONSTRAINT call_runtime_check CHECK ((runtime = ANY (ARRAY['native'::text, 'retell'::text]))),
    CONSTRAINT call_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'dialing'::text, 'live'::text, 'ended'::text]))),
    CONSTRAINT call_talk_ms_check CHECK ((talk_ms >= 0)),
    CONSTRAINT call_transport_check CHECK ((transport = ANY (ARRAY['phone'::text, 'web'::text, 'text'::text]))),
    CONSTRAINT call_turns_check CHECK ((turns >= 0))
);

ALTER TABLE ONLY voice.call FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.call_workflow (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    name_ar text,
    enabled boolean NOT NULL,
    schema_version integer NOT NULL,
    flow_id uuid,
    flow_seen text COLLATE pg_catalog."C",
    flow_faults jsonb DEFAULT '[]'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT call_workflow_flow_seen_check CHECK ((length(flow_seen) = 64)),
    CONSTRAINT call_workflow_name_ar_check CHECK (((length(name_ar) >= 1) AND (length(name_ar) <= 80))),
    CONSTRAINT call_workflow_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT call_workflow_schema_version_check CHECK ((schema_version > 0)),
    CONSTRAINT call_workflow_slug_check CHECK ((slug ~ '^[a-z][a-z0-9_]{0,59}$'::text))
);

ALTER TABLE ONLY voice.call_workflow FORCE ROW LEVEL SECURITY;

CREATE TABLE voice."case" (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    call_workflow_id uuid NOT NULL,
    patient_id uuid,
    schema_version integer NOT NULL,
    fields jsonb NOT NULL,
    private bytea,
    private_keys text[] DEFAULT '{}'::text[] NOT NULL,
    call_status text NOT NULL,
    calls integer DEFAULT 0 NOT NULL,
    last_call_at timestamp with time zone,
    import_id uuid,
    created_by uuid,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT case_call_status_check CHECK ((call_status = ANY (ARRAY['not_started'::text, 'queued'::text, 'in_call'::text, 'completed'::text, 'not_reached'::text, 'failed'::text]))),
    CONSTRAINT case_private CHECK (((private IS NULL) = (private_keys = '{}'::text[])))
);

ALTER TABLE ONLY voice."case" FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.case_import (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    call_workflow_id uuid NOT NULL,
    about bytea NOT NULL,
    columns jsonb NOT NULL,
    dates text NOT NULL COLLATE pg_catalog."C",
    rows integer NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    job_id uuid,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT case_import_dates_check CHECK ((dates = ANY (ARRAY['dmy'::text, 'mdy'::text]))),
    CONSTRAINT case_import_state_check CHECK ((state = ANY (ARRAY['checked'::text, 'running'::text, 'entered'::text])))
);

ALTER TABLE ONLY voice.case_import FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.case_import_row (
    practice_id uuid NOT NULL,
    import_id uuid NOT NULL,
    number integer NOT NULL,
    body bytea NOT NULL,
    outcome text NOT NULL COLLATE pg_catalog."C",
    report jsonb NOT NULL,
    case_id uuid,
    CONSTRAINT case_import_row_number_check CHECK ((number > 0)),
    CONSTRAINT case_import_row_outcome_check CHECK ((outcome = ANY (ARRAY['fault'::text, 'create'::text, 'duplicate'::text, 'created'::text])))
);

ALTER TABLE ONLY voice.case_import_row FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.case_term (
    practice_id uuid NOT NULL,
    call_workflow_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    term text NOT NULL COLLATE pg_catalog."C",
    case_id uuid NOT NULL,
    CONSTRAINT case_term_kind_check CHECK ((kind = ANY (ARRAY['word'::text, 'number'::text]))),
    CONSTRAINT case_term_term_check CHECK (((length(term) >= 1) AND (length(term) <= 200)))
);

ALTER TABLE ONLY voice.case_term FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.finding (
    practice_id uuid NOT NULL,
    call_id uuid NOT NULL,
    target text NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    private bytea NOT NULL,
    turn integer,
    state text NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    CONSTRAINT finding_key_check CHECK (((length(key) >= 1) AND (length(key) <= 60))),
    CONSTRAINT finding_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'dismissed'::text]))),
    CONSTRAINT finding_target_check CHECK ((target = ANY (ARRAY['case'::text, 'patient'::text])))
);

ALTER TABLE ONLY voice.finding FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.flow (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    call_workflow_id uuid NOT NULL,
    number integer NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    files jsonb NOT NULL,
    loaded_at timestamp with time zone NOT NULL,
    CONSTRAINT flow_hash_check CHECK ((length(hash) = 64)),
    CONSTRAINT flow_number_check CHECK ((number > 0))
);

ALTER TABLE ONLY voice.flow FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell (
    practice_id uuid NOT NULL,
    provider text NOT NULL,
    enabled boolean NOT NULL,
    base_url text,
    api_key bytea NOT NULL,
    api_key_last_four text NOT NULL,
    webhook_token text NOT NULL COLLATE pg_catalog."C",
    from_number text,
    compared_until timestamp with time zone,
    tested_at timestamp with time zone,
    test_outcome text,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT retell_base_url_check CHECK (((length(base_url) >= 1) AND (length(base_url) <= 200))),
    CONSTRAINT retell_from_number_check CHECK ((from_number ~ '^\+[0-9]{6,15}$'::text)),
    CONSTRAINT retell_provider_check CHECK ((provider = ANY (ARRAY['retell'::text, 'sandbox'::text]))),
    CONSTRAINT retell_test_outcome_check CHECK (((length(test_outcome) >= 1) AND (length(test_outcome) <= 40))),
    CONSTRAINT retell_webhook_token_check CHECK (((length(webhook_token) >= 22) AND (length(webhook_token) <= 80)))
);

ALTER TABLE ONLY voice.retell FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell_agent (
    practice_id uuid NOT NULL,
    call_workflow_id uuid NOT NULL,
    agent_id text NOT NULL COLLATE pg_catalog."C",
    agent_name text,
    CONSTRAINT retell_agent_agent_id_check CHECK (((length(agent_id) >= 1) AND (length(agent_id) <= 200))),
    CONSTRAINT retell_agent_agent_name_check CHECK (((length(agent_name) >= 1) AND (length(agent_name) <= 200)))
);

ALTER TABLE ONLY voice.retell_agent FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell_done (
    practice_id uuid NOT NULL,
    call_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    function text NOT NULL COLLATE pg_catalog."C",
    answer bytea NOT NULL,
    CONSTRAINT retell_done_function_check CHECK (((length(function) >= 1) AND (length(function) <= 60))),
    CONSTRAINT retell_done_key_check CHECK ((length(key) = 64))
);

ALTER TABLE ONLY voice.retell_done FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell_known (
    practice_id uuid NOT NULL,
    call_id uuid NOT NULL,
    reference text NOT NULL COLLATE pg_catalog."C",
    patient_id uuid NOT NULL,
    CONSTRAINT retell_known_reference_check CHECK (((length(reference) >= 8) AND (length(reference) <= 40)))
);

ALTER TABLE ONLY voice.retell_known FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell_message (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL COLLATE pg_catalog."C",
    external_id text NOT NULL COLLATE pg_catalog."C",
    body bytea NOT NULL,
    state text NOT NULL,
    reason text,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT retell_message_event_check CHECK (((length(event) >= 1) AND (length(event) <= 60))),
    CONSTRAINT retell_message_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT retell_message_key_check CHECK (((length(key) >= 1) AND (length(key) <= 300))),
    CONSTRAINT retell_message_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 60))),
    CONSTRAINT retell_message_state_check CHECK ((state = ANY (ARRAY['received'::text, 'applied'::text, 'ignored'::text])))
);

ALTER TABLE ONLY voice.retell_message FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell_order (
    practice_id uuid NOT NULL,
    call_id uuid NOT NULL,
    state text NOT NULL,
    asked_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    variables bytea NOT NULL,
    access_token bytea,
    CONSTRAINT retell_order_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'asked'::text, 'made'::text, 'given_up'::text])))
);

ALTER TABLE ONLY voice.retell_order FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.retell_sandbox (
    practice_id uuid NOT NULL,
    external_id text NOT NULL COLLATE pg_catalog."C",
    our_id text NOT NULL COLLATE pg_catalog."C",
    agent_id text NOT NULL COLLATE pg_catalog."C",
    is_web boolean NOT NULL,
    private bytea NOT NULL,
    step integer NOT NULL,
    began_at timestamp with time zone NOT NULL,
    CONSTRAINT retell_sandbox_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT retell_sandbox_our_id_check CHECK (((length(our_id) >= 1) AND (length(our_id) <= 80))),
    CONSTRAINT retell_sandbox_step_check CHECK (((step >= 0) AND (step <= 3)))
);

ALTER TABLE ONLY voice.retell_sandbox FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.schema_version (
    practice_id uuid NOT NULL,
    call_workflow_id uuid NOT NULL,
    number integer NOT NULL,
    fields jsonb NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT schema_version_number_check CHECK ((number > 0))
);

ALTER TABLE ONLY voice.schema_version FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.secret (
    practice_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    value bytea NOT NULL,
    last_four text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT secret_name_check CHECK ((name ~ '^[a-z0-9_]{1,40}/[a-z0-9_]{1,40}$'::text))
);

ALTER TABLE ONLY voice.secret FORCE ROW LEVEL SECURITY;

CREATE TABLE voice.turn (
    practice_id uuid NOT NULL,
    call_id uuid NOT NULL,
    seq integer NOT NULL,
    who text NOT NULL,
    node text,
    at_ms integer NOT NULL,
    ended_ms integer,
    private bytea NOT NULL,
    interrupted boolean DEFAULT false NOT NULL,
    latency jsonb,
    CONSTRAINT turn_at_ms_check CHECK ((at_ms >= 0)),
    CONSTRAINT turn_check CHECK ((ended_ms >= at_ms)),
    CONSTRAINT turn_node_check CHECK (((length(node) >= 1) AND (length(node) <= 60))),
    CONSTRAINT turn_seq_check CHECK ((seq >= 0)),
    CONSTRAINT turn_who_check CHECK ((who = ANY (ARRAY['agent'::text, 'caller'::text, 'staff'::text, 'tool'::text, 'key'::text, 'note'::text])))
);

ALTER TABLE ONLY voice.turn FORCE ROW LEVEL SECURITY;

CREATE TABLE webhooks.attempt (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    status integer,
    duration_ms integer NOT NULL,
    error text,
    CONSTRAINT attempt_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT attempt_error_check CHECK (((length(error) >= 1) AND (length(error) <= 40))),
    CONSTRAINT attempt_status_check CHECK (((status >= 100) AND (status <= 999)))
);

ALTER TABLE ONLY webhooks.attempt FORCE ROW LEVEL SECURITY;

CREATE TABLE webhooks.delivery (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    event text NOT NULL COLLATE pg_catalog."C",
    happened_at timestamp with time zone NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    subject_version integer,
    fields text[] NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT delivery_event_check CHECK (((length(event) >= 1) AND (length(event) <= 80))),
    CONSTRAINT delivery_finished CHECK (((state = 'pending'::text) = (finished_at IS NULL))),
    CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text]))),
    CONSTRAINT delivery_subject_type_check CHECK (((length(subject_type) >= 1) AND (length(subject_type) <= 80)))
);

ALTER TABLE ONLY webhooks.delivery FORCE ROW LEVEL SECURITY;

CREATE TABLE webhooks.endpoint (
    practice_id uuid NOT NULL,
    id uuid NOT NULL,
    url text NOT NULL,
    description text,
    events text[] NOT NULL,
    active boolean NOT NULL,
    disabled_reason text,
    disabled_at timestamp with time zone,
    secret bytea,
    secret_last_four text,
    old_secret bytea,
    old_secret_until timestamp with time zone,
    failing_since timestamp with time zone,
    quiet_until timestamp with time zone,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT endpoint_description_check CHECK (((length(description) >= 1) AND (length(description) <= 120))),
    CONSTRAINT endpoint_disabled CHECK (((active = (disabled_reason IS NULL)) AND (active = (disabled_at IS NULL)))),
    CONSTRAINT endpoint_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['by_hand'::text, 'gone'::text, 'failing'::text]))),
    CONSTRAINT endpoint_events_check CHECK (((cardinality(events) >= 1) AND (cardinality(events) <= 200))),
    CONSTRAINT endpoint_old_secret CHECK (((old_secret IS NULL) = (old_secret_until IS NULL))),
    CONSTRAINT endpoint_secret CHECK (((secret IS NULL) = (deleted_at IS NOT NULL))),
    CONSTRAINT endpoint_url_check CHECK (((length(url) >= 1) AND (length(url) <= 2000)))
);

ALTER TABLE ONLY webhooks.endpoint FORCE ROW LEVEL SECURITY;

CREATE TABLE webhooks.lane (
    practice_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    next_seq bigint NOT NULL,
    pending integer NOT NULL,
    ready_at timestamp with time zone NOT NULL,
    lease uuid,
    CONSTRAINT lane_lane_check CHECK (((length(lane) >= 1) AND (length(lane) <= 120))),
    CONSTRAINT lane_pending_check CHECK ((pending >= 0))
);

ALTER TABLE ONLY webhooks.lane FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY administration.administrator
    ADD CONSTRAINT administrator_email_key UNIQUE (email);

ALTER TABLE ONLY administration.administrator
    ADD CONSTRAINT administrator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY administration.administrator
    ADD CONSTRAINT administrator_setup_key UNIQUE (setup_hash);

ALTER TABLE ONLY administration.challenge
    ADD CONSTRAINT challenge_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY administration.founding
    ADD CONSTRAINT founding_pkey PRIMARY KEY (administrator, key);

ALTER TABLE ONLY administration.practice_size
    ADD CONSTRAINT practice_size_pkey PRIMARY KEY (practice);

ALTER TABLE ONLY administration.session
    ADD CONSTRAINT session_hash_key UNIQUE (hash);

ALTER TABLE ONLY administration.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY administration.support_access
    ADD CONSTRAINT support_access_pkey PRIMARY KEY (id);

ALTER TABLE ONLY api.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (practice_id, user_id, key);

ALTER TABLE ONLY audit.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (number);

ALTER TABLE ONLY audit.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (practice_id, at, id);

ALTER TABLE ONLY audit.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (practice_id, size);

ALTER TABLE ONLY audit.seal
    ADD CONSTRAINT seal_entry_key UNIQUE (practice_id, entry_id);

ALTER TABLE ONLY audit.seal
    ADD CONSTRAINT seal_pkey PRIMARY KEY (practice_id, seq);

ALTER TABLE ONLY audit_export.chunk
    ADD CONSTRAINT chunk_pkey PRIMARY KEY (practice_id, request_id, run, number);

ALTER TABLE ONLY audit_export.request
    ADD CONSTRAINT request_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_hash_key UNIQUE (hash);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY auth.calendar_feed
    ADD CONSTRAINT calendar_feed_hash_key UNIQUE (hash);

ALTER TABLE ONLY auth.calendar_feed
    ADD CONSTRAINT calendar_feed_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY auth.challenge
    ADD CONSTRAINT challenge_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY auth.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (user_id, hash);

ALTER TABLE ONLY auth.external_identity
    ADD CONSTRAINT external_identity_key UNIQUE (issuer, subject);

ALTER TABLE ONLY auth.external_identity
    ADD CONSTRAINT external_identity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.external_session
    ADD CONSTRAINT external_session_pkey PRIMARY KEY (issuer, external_id, practice_id);

ALTER TABLE ONLY auth.invite
    ADD CONSTRAINT invite_hash_key UNIQUE (hash);

ALTER TABLE ONLY auth.invite
    ADD CONSTRAINT invite_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY auth.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (user_id, practice_id);

ALTER TABLE ONLY auth.passkey
    ADD CONSTRAINT passkey_credential_key UNIQUE (credential_id);

ALTER TABLE ONLY auth.passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.password_reset
    ADD CONSTRAINT password_reset_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY auth.patient_link
    ADD CONSTRAINT patient_link_id_key UNIQUE (id);

ALTER TABLE ONLY auth.patient_link
    ADD CONSTRAINT patient_link_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY auth.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (user_id, hash);

ALTER TABLE ONLY auth.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY auth.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY auth.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.totp
    ADD CONSTRAINT totp_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY auth."user"
    ADD CONSTRAINT user_email_key UNIQUE (email);

ALTER TABLE ONLY auth."user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY automation.cursor
    ADD CONSTRAINT cursor_pkey PRIMARY KEY (practice_id, workflow_id);

ALTER TABLE ONLY automation.rehearsal_item
    ADD CONSTRAINT rehearsal_item_pkey PRIMARY KEY (practice_id, rehearsal_id, seq);

ALTER TABLE ONLY automation.rehearsal
    ADD CONSTRAINT rehearsal_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY automation.run
    ADD CONSTRAINT run_once UNIQUE (practice_id, workflow_id, cause);

ALTER TABLE ONLY automation.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY automation.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY automation.step
    ADD CONSTRAINT step_pkey PRIMARY KEY (practice_id, run_id, seq);

ALTER TABLE ONLY automation.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (practice_id, workflow_id, number);

ALTER TABLE ONLY automation.wait
    ADD CONSTRAINT wait_pkey PRIMARY KEY (practice_id, run_id);

ALTER TABLE ONLY automation.webhook
    ADD CONSTRAINT webhook_pkey PRIMARY KEY (practice_id, workflow_id);

ALTER TABLE ONLY automation.workflow
    ADD CONSTRAINT workflow_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY jobs.bookmark
    ADD CONSTRAINT bookmark_pkey PRIMARY KEY (name);

ALTER TABLE ONLY jobs.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY jobs.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (name);

ALTER TABLE ONLY messaging.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY messaging.channel
    ADD CONSTRAINT channel_pkey PRIMARY KEY (practice_id, channel);

ALTER TABLE ONLY messaging.inbox
    ADD CONSTRAINT inbox_once UNIQUE (practice_id, provider, dedupe_key);

ALTER TABLE ONLY messaging.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY messaging.message
    ADD CONSTRAINT message_once UNIQUE (practice_id, idempotency_key);

ALTER TABLE ONLY messaging.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY messaging.rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY messaging.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY messaging.suppression
    ADD CONSTRAINT suppression_once UNIQUE (practice_id, channel, address_blind);

ALTER TABLE ONLY messaging.suppression
    ADD CONSTRAINT suppression_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY messaging.template
    ADD CONSTRAINT template_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY messaging.template_text
    ADD CONSTRAINT template_text_pkey PRIMARY KEY (practice_id, template_id, number);

ALTER TABLE ONLY notices.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (practice_id, id, user_id);

ALTER TABLE ONLY outbox.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY outbox.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (practice_id, lane);

ALTER TABLE ONLY patients.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY patients.duplicate
    ADD CONSTRAINT duplicate_pkey PRIMARY KEY (practice_id, one_id, other_id);

ALTER TABLE ONLY patients.field
    ADD CONSTRAINT field_key_key UNIQUE (practice_id, key);

ALTER TABLE ONLY patients.field
    ADD CONSTRAINT field_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.import_row
    ADD CONSTRAINT import_row_pkey PRIMARY KEY (practice_id, import_id, number);

ALTER TABLE ONLY patients.merge
    ADD CONSTRAINT merge_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.origin
    ADD CONSTRAINT origin_pkey PRIMARY KEY (practice_id, source, key);

ALTER TABLE ONLY patients.patient
    ADD CONSTRAINT patient_number_key UNIQUE (practice_id, number);

ALTER TABLE ONLY patients.patient
    ADD CONSTRAINT patient_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.patient_tag
    ADD CONSTRAINT patient_tag_pkey PRIMARY KEY (practice_id, patient_id, tag_id);

ALTER TABLE ONLY patients.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.relative
    ADD CONSTRAINT relative_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.tag
    ADD CONSTRAINT tag_name_key UNIQUE (practice_id, name_key);

ALTER TABLE ONLY patients.tag
    ADD CONSTRAINT tag_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY patients.term
    ADD CONSTRAINT term_pkey PRIMARY KEY (practice_id, kind, term, patient_id);

ALTER TABLE ONLY patients.view
    ADD CONSTRAINT view_name_key UNIQUE (practice_id, owner_id, name_key);

ALTER TABLE ONLY patients.view
    ADD CONSTRAINT view_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY platform.access
    ADD CONSTRAINT access_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY platform.practice
    ADD CONSTRAINT practice_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY platform.practice
    ADD CONSTRAINT practice_slug_key UNIQUE (slug);

ALTER TABLE ONLY practice.absence
    ADD CONSTRAINT absence_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY practice.closing_day
    ADD CONSTRAINT closing_day_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY practice.hours
    ADD CONSTRAINT hours_pkey PRIMARY KEY (practice_id, owner_id);

ALTER TABLE ONLY practice.location
    ADD CONSTRAINT location_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY practice.onboarding
    ADD CONSTRAINT onboarding_pkey PRIMARY KEY (practice_id, step, what);

ALTER TABLE ONLY practice.provider_location
    ADD CONSTRAINT provider_location_pkey PRIMARY KEY (practice_id, user_id, location_id);

ALTER TABLE ONLY practice.provider
    ADD CONSTRAINT provider_pkey PRIMARY KEY (practice_id, user_id);

ALTER TABLE ONLY practice.provider_service
    ADD CONSTRAINT provider_service_pkey PRIMARY KEY (practice_id, user_id, service_id);

ALTER TABLE ONLY practice.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY practice.service
    ADD CONSTRAINT service_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_once EXCLUDE USING gist (practice_id WITH =, resource_id WITH =, during WITH &&) WHERE ((active AND (NOT over_another)));

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_pkey PRIMARY KEY (practice_id, holder_id, kind, resource_id);

ALTER TABLE ONLY scheduling.calcom_booking
    ADD CONSTRAINT calcom_booking_appointment_key UNIQUE (practice_id, appointment_id);

ALTER TABLE ONLY scheduling.calcom_booking
    ADD CONSTRAINT calcom_booking_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_event_type UNIQUE (practice_id, event_type_id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_visit_type UNIQUE NULLS NOT DISTINCT (practice_id, service_id, provider_id);

ALTER TABLE ONLY scheduling.calcom_message
    ADD CONSTRAINT calcom_message_once UNIQUE (practice_id, trigger, uid, at);

ALTER TABLE ONLY scheduling.calcom_message
    ADD CONSTRAINT calcom_message_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.calcom
    ADD CONSTRAINT calcom_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY scheduling.calcom_reservation
    ADD CONSTRAINT calcom_reservation_pkey PRIMARY KEY (practice_id, hold_id);

ALTER TABLE ONLY scheduling.calcom_sandbox
    ADD CONSTRAINT calcom_sandbox_pkey PRIMARY KEY (practice_id, uid);

ALTER TABLE ONLY scheduling.calcom_uid
    ADD CONSTRAINT calcom_uid_pkey PRIMARY KEY (practice_id, uid);

ALTER TABLE ONLY scheduling.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.offer
    ADD CONSTRAINT offer_once UNIQUE (practice_id, opening_id, wish_id);

ALTER TABLE ONLY scheduling.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.online
    ADD CONSTRAINT online_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY scheduling.online_service
    ADD CONSTRAINT online_service_pkey PRIMARY KEY (practice_id, service_id);

ALTER TABLE ONLY scheduling.online_service
    ADD CONSTRAINT online_service_slug UNIQUE (practice_id, slug);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_once UNIQUE (practice_id, appointment_id, appointment_version);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.recall_attempt
    ADD CONSTRAINT recall_attempt_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_once UNIQUE (practice_id, appointment_id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY scheduling.recall_rule
    ADD CONSTRAINT recall_rule_pkey PRIMARY KEY (practice_id, service_id);

ALTER TABLE ONLY scheduling.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY scheduling.waitlist_settings
    ADD CONSTRAINT waitlist_settings_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY scheduling.wish
    ADD CONSTRAINT wish_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY sec.bucket
    ADD CONSTRAINT bucket_pkey PRIMARY KEY (key);

ALTER TABLE ONLY sec.data_key
    ADD CONSTRAINT data_key_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY tasks.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY timeline.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_external_key UNIQUE (practice_id, runtime, external_id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_request_key UNIQUE (practice_id, request_key);

ALTER TABLE ONLY voice.call_workflow
    ADD CONSTRAINT call_workflow_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.call_workflow
    ADD CONSTRAINT call_workflow_slug_key UNIQUE (practice_id, slug);

ALTER TABLE ONLY voice.case_import
    ADD CONSTRAINT case_import_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.case_import_row
    ADD CONSTRAINT case_import_row_pkey PRIMARY KEY (practice_id, import_id, number);

ALTER TABLE ONLY voice."case"
    ADD CONSTRAINT case_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.case_term
    ADD CONSTRAINT case_term_pkey PRIMARY KEY (practice_id, call_workflow_id, kind, term, case_id);

ALTER TABLE ONLY voice.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (practice_id, call_id, target, key);

ALTER TABLE ONLY voice.flow
    ADD CONSTRAINT flow_number_key UNIQUE (practice_id, call_workflow_id, number);

ALTER TABLE ONLY voice.flow
    ADD CONSTRAINT flow_once UNIQUE (practice_id, call_workflow_id, hash);

ALTER TABLE ONLY voice.flow
    ADD CONSTRAINT flow_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.retell_agent
    ADD CONSTRAINT retell_agent_once UNIQUE (practice_id, agent_id);

ALTER TABLE ONLY voice.retell_agent
    ADD CONSTRAINT retell_agent_pkey PRIMARY KEY (practice_id, call_workflow_id);

ALTER TABLE ONLY voice.retell_done
    ADD CONSTRAINT retell_done_pkey PRIMARY KEY (practice_id, call_id, key);

ALTER TABLE ONLY voice.retell_known
    ADD CONSTRAINT retell_known_once UNIQUE (practice_id, call_id, patient_id);

ALTER TABLE ONLY voice.retell_known
    ADD CONSTRAINT retell_known_pkey PRIMARY KEY (practice_id, call_id, reference);

ALTER TABLE ONLY voice.retell_message
    ADD CONSTRAINT retell_message_once UNIQUE (practice_id, key);

ALTER TABLE ONLY voice.retell_message
    ADD CONSTRAINT retell_message_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY voice.retell_order
    ADD CONSTRAINT retell_order_pkey PRIMARY KEY (practice_id, call_id);

ALTER TABLE ONLY voice.retell
    ADD CONSTRAINT retell_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY voice.retell_sandbox
    ADD CONSTRAINT retell_sandbox_pkey PRIMARY KEY (practice_id, external_id);

ALTER TABLE ONLY voice.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (practice_id, call_workflow_id, number);

ALTER TABLE ONLY voice.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (practice_id, name);

ALTER TABLE ONLY voice.turn
    ADD CONSTRAINT turn_pkey PRIMARY KEY (practice_id, call_id, seq);

ALTER TABLE ONLY webhooks.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY webhooks.delivery
    ADD CONSTRAINT delivery_once UNIQUE (practice_id, endpoint_id, event_id);

ALTER TABLE ONLY webhooks.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY webhooks.endpoint
    ADD CONSTRAINT endpoint_pkey PRIMARY KEY (practice_id, id);

ALTER TABLE ONLY webhooks.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (practice_id, endpoint_id, lane);

CREATE INDEX practice_size_by_age ON administration.practice_size USING btree (measured_at);

CREATE INDEX session_by_administrator ON administration.session USING btree (administrator) WHERE (ended_at IS NULL);

CREATE INDEX support_access_by_practice ON administration.support_access USING btree (practice, opened_at);

CREATE INDEX support_access_by_session ON administration.support_access USING btree (session);

CREATE INDEX idempotency_key_by_age ON api.idempotency_key USING btree (created_at);

CREATE INDEX entry_by_action ON ONLY audit.entry USING btree (practice_id, action, at);

CREATE INDEX entry_by_actor ON ONLY audit.entry USING btree (practice_id, actor_id, at);

CREATE INDEX entry_by_kind ON ONLY audit.entry USING btree (practice_id, resource_type, at);

CREATE INDEX entry_by_patient ON ONLY audit.entry USING btree (practice_id, patient_id, at) WHERE (patient_id IS NOT NULL);

CREATE INDEX entry_by_record ON ONLY audit.entry USING btree (practice_id, resource_id, at) WHERE (resource_id IS NOT NULL);

CREATE INDEX entry_by_xid ON ONLY audit.entry USING btree (xid, id);

CREATE INDEX entry_not_ok ON ONLY audit.entry USING btree (practice_id, outcome, at) WHERE (outcome <> 'ok'::text);

CREATE INDEX entry_of_lists ON ONLY audit.entry USING btree (practice_id, at) WHERE ((action = 'read'::text) AND (patient_id IS NULL));

CREATE INDEX request_by_age ON audit_export.request USING btree (expires_at);

CREATE INDEX request_by_job ON audit_export.request USING btree (practice_id, job_id);

CREATE UNIQUE INDEX calendar_feed_live_key ON auth.calendar_feed USING btree (practice_id, user_id) WHERE (revoked_at IS NULL);

CREATE INDEX challenge_by_age ON auth.challenge USING btree (expires_at);

CREATE INDEX device_by_age ON auth.device USING btree (last_seen_at);

CREATE INDEX external_identity_by_user ON auth.external_identity USING btree (user_id);

CREATE INDEX external_session_by_user ON auth.external_session USING btree (user_id, created_at);

CREATE UNIQUE INDEX invite_open_key ON auth.invite USING btree (practice_id, email) WHERE (status = 'open'::text);

CREATE INDEX mail_by_age ON auth.mail USING btree (created_at);

CREATE INDEX mail_due ON auth.mail USING btree (next_at) WHERE (state = 'queued'::text);

CREATE INDEX membership_by_practice ON auth.membership USING btree (practice_id);

CREATE INDEX passkey_by_user ON auth.passkey USING btree (user_id);

CREATE INDEX password_reset_by_age ON auth.password_reset USING btree (expires_at);

CREATE INDEX password_reset_by_user ON auth.password_reset USING btree (user_id);

CREATE INDEX patient_link_by_end ON auth.patient_link USING btree (expires_at);

CREATE UNIQUE INDEX patient_link_live_key ON auth.patient_link USING btree (practice_id, purpose, subject_id) WHERE (revoked_at IS NULL);

CREATE INDEX refresh_token_by_session ON auth.refresh_token USING btree (session_id);

CREATE UNIQUE INDEX role_name_key ON auth.role USING btree (practice_id, name_key) WHERE (archived_at IS NULL);

CREATE INDEX session_by_user ON auth.session USING btree (user_id) WHERE (ended_at IS NULL);

CREATE INDEX cursor_due ON automation.cursor USING btree (due_at);

CREATE INDEX rehearsal_by_age ON automation.rehearsal USING btree (practice_id, created_at);

CREATE INDEX run_by_subject ON automation.run USING btree (practice_id, subject_id, id) WHERE (subject_id IS NOT NULL);

CREATE INDEX run_by_workflow ON automation.run USING btree (practice_id, workflow_id, id);

CREATE INDEX run_due ON automation.run USING btree (practice_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX run_open ON automation.run USING btree (practice_id, state, id) WHERE (state <> 'done'::text);

CREATE INDEX wait_by_event ON automation.wait USING btree (practice_id, event, patient_id) WHERE (event IS NOT NULL);

CREATE INDEX wait_by_subject ON automation.wait USING btree (practice_id, subject_id);

CREATE INDEX workflow_by_name ON automation.workflow USING btree (practice_id, name_key, id) WHERE (deleted_at IS NULL);

CREATE INDEX job_by_age ON jobs.job USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE INDEX job_failed ON jobs.job USING btree (practice_id) WHERE (state = 'failed'::text);

CREATE INDEX job_failed_by_age ON jobs.job USING btree (finished_at, id) WHERE (state = 'failed'::text);

CREATE UNIQUE INDEX job_once ON jobs.job USING btree (practice_id, kind, unique_key) WHERE ((unique_key IS NOT NULL) AND (state = ANY (ARRAY['queued'::text, 'running'::text])));

CREATE INDEX job_ready ON jobs.job USING btree (practice_id, run_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX attachment_by_message ON messaging.attachment USING btree (practice_id, message_id, place);

CREATE INDEX inbox_by_age ON messaging.inbox USING btree (practice_id, received_at, id);

CREATE INDEX message_by_address ON messaging.message USING btree (practice_id, channel, address_blind, created_at);

CREATE INDEX message_by_appointment ON messaging.message USING btree (practice_id, appointment_id) WHERE ((state = 'queued'::text) AND (appointment_id IS NOT NULL));

CREATE INDEX message_by_patient ON messaging.message USING btree (practice_id, patient_id, created_at, id);

CREATE INDEX message_by_provider ON messaging.message USING btree (practice_id, provider, provider_id) WHERE (provider_id IS NOT NULL);

CREATE INDEX message_by_state ON messaging.message USING btree (practice_id, state, created_at, id);

CREATE INDEX message_due ON messaging.message USING btree (next_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE INDEX message_newest ON messaging.message USING btree (practice_id, created_at, id);

CREATE INDEX message_unread ON messaging.message USING btree (practice_id, created_at) WHERE ((direction = 'in'::text) AND (read_at IS NULL));

CREATE INDEX suppression_newest ON messaging.suppression USING btree (practice_id, created_at, id);

CREATE INDEX notice_by_age ON notices.notice USING btree (created_at);

CREATE INDEX notice_of_user ON notices.notice USING btree (practice_id, user_id, created_at, id);

CREATE INDEX notice_unread ON notices.notice USING btree (practice_id, user_id, created_at) WHERE (read_at IS NULL);

CREATE INDEX event_by_age ON outbox.event USING btree (at) WHERE (state = 'dispatched'::text);

CREATE INDEX event_dead ON outbox.event USING btree (practice_id, at) WHERE (state = 'dead'::text);

CREATE INDEX event_dead_by_age ON outbox.event USING btree (at, id) WHERE (state = 'dead'::text);

CREATE INDEX event_pending ON outbox.event USING btree (practice_id, lane, seq) WHERE (state = 'pending'::text);

CREATE INDEX lane_ready ON outbox.lane USING btree (practice_id, ready_at) WHERE (pending > 0);

CREATE INDEX duplicate_by_other ON patients.duplicate USING btree (practice_id, other_id);

CREATE INDEX duplicate_by_time ON patients.duplicate USING btree (practice_id, found_at, id) WHERE (dismissed_at IS NULL);

CREATE INDEX import_by_age ON patients.import USING btree (expires_at);

CREATE INDEX import_by_creation ON patients.import USING btree (practice_id, created_at, id);

CREATE INDEX merge_by_kept ON patients.merge USING btree (practice_id, kept_id) WHERE (undone_at IS NULL);

CREATE UNIQUE INDEX merge_of_patient_key ON patients.merge USING btree (practice_id, merged_id) WHERE (undone_at IS NULL);

CREATE INDEX origin_by_patient ON patients.origin USING btree (practice_id, patient_id);

CREATE INDEX patient_by_birth ON patients.patient USING btree (practice_id, COALESCE(birth_date, '9999-12-31'::date), id) WHERE (deleted_at IS NULL);

CREATE INDEX patient_by_birth_date ON patients.patient USING btree (practice_id, birth_date) WHERE (deleted_at IS NULL);

CREATE INDEX patient_by_creation ON patients.patient USING btree (practice_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX patient_by_merge ON patients.patient USING btree (practice_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX patient_by_name ON patients.patient USING btree (practice_id, name_key, id) WHERE (deleted_at IS NULL);

CREATE INDEX patient_by_national_id ON patients.patient USING btree (practice_id, national_id_blind) WHERE (national_id_blind IS NOT NULL);

CREATE INDEX patient_by_tag ON patients.patient_tag USING btree (practice_id, tag_id, patient_id);

CREATE INDEX patient_by_update ON patients.patient USING btree (practice_id, updated_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX policy_by_end ON patients.policy USING btree (practice_id, valid_to, id) WHERE (deleted_at IS NULL);

CREATE INDEX policy_by_member ON patients.policy USING btree (practice_id, member_id_blind) WHERE (deleted_at IS NULL);

CREATE INDEX policy_by_update ON patients.policy USING btree (practice_id, updated_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX policy_by_verification ON patients.policy USING btree (practice_id, COALESCE(verified_at, '1970-01-01 00:00:00+00'::timestamp with time zone), id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX policy_rank_key ON patients.policy USING btree (practice_id, patient_id, rank) WHERE (deleted_at IS NULL);

CREATE INDEX relative_by_other ON patients.relative USING btree (practice_id, related_id) WHERE (deleted_at IS NULL);

CREATE INDEX relative_by_patient ON patients.relative USING btree (practice_id, patient_id) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX relative_pair_key ON patients.relative USING btree (practice_id, LEAST(patient_id, related_id), GREATEST(patient_id, related_id)) WHERE ((deleted_at IS NULL) AND (related_id IS NOT NULL));

CREATE INDEX row_by_outcome ON patients.import_row USING btree (practice_id, import_id, outcome, number);

CREATE INDEX term_by_patient ON patients.term USING btree (practice_id, patient_id, kind, term);

CREATE INDEX access_by_time ON platform.access USING btree (at, id);

CREATE INDEX absence_by_owner ON practice.absence USING btree (practice_id, owner_id, from_at, id);

CREATE INDEX absence_by_time ON practice.absence USING btree (practice_id, from_at, id);

CREATE UNIQUE INDEX closing_day_holiday_key ON practice.closing_day USING btree (practice_id, holiday) WHERE (holiday IS NOT NULL);

CREATE INDEX location_by_name ON practice.location USING btree (practice_id, name_key, id);

CREATE UNIQUE INDEX location_name_key ON practice.location USING btree (practice_id, name_key) WHERE (archived_at IS NULL);

CREATE INDEX room_by_name ON practice.room USING btree (practice_id, name_key, id);

CREATE INDEX room_by_sort ON practice.room USING btree (practice_id, sort, id);

CREATE UNIQUE INDEX room_name_key ON practice.room USING btree (practice_id, location_id, name_key) WHERE (archived_at IS NULL);

CREATE INDEX service_by_name ON practice.service USING btree (practice_id, name_key, id);

CREATE UNIQUE INDEX service_code_key ON practice.service USING btree (practice_id, code) WHERE (archived_at IS NULL);

CREATE UNIQUE INDEX service_name_key ON practice.service USING btree (practice_id, name_key) WHERE (archived_at IS NULL);

CREATE INDEX appointment_by_patient ON scheduling.appointment USING btree (practice_id, patient_id, starts_at, id);

CREATE INDEX appointment_by_series ON scheduling.appointment USING btree (practice_id, series_id) WHERE (series_id IS NOT NULL);

CREATE INDEX appointment_by_start ON scheduling.appointment USING btree (practice_id, starts_at, id);

CREATE INDEX appointment_online ON scheduling.appointment USING btree (practice_id, patient_id, starts_at) WHERE (source = 'online'::text);

CREATE INDEX attempt_by_recall ON scheduling.recall_attempt USING btree (practice_id, recall_id, at);

CREATE INDEX booked_by_resource ON scheduling.booked USING btree (practice_id, resource_id, starts_at);

CREATE INDEX calcom_booking_by_state ON scheduling.calcom_booking USING btree (practice_id, state, updated_at, id);

CREATE INDEX calcom_message_by_time ON scheduling.calcom_message USING btree (practice_id, received_at, id);

CREATE INDEX calcom_reservation_by_slot ON scheduling.calcom_reservation USING btree (practice_id, event_type_id, starts_at);

CREATE INDEX calcom_sandbox_by_start ON scheduling.calcom_sandbox USING btree (practice_id, event_type_id, starts_at);

CREATE INDEX calcom_uid_by_booking ON scheduling.calcom_uid USING btree (practice_id, booking_id);

CREATE INDEX hold_by_end ON scheduling.hold USING btree (practice_id, expires_at);

CREATE INDEX offer_by_wish ON scheduling.offer USING btree (practice_id, wish_id) WHERE (status = 'sent'::text);

CREATE INDEX opening_by_creation ON scheduling.opening USING btree (practice_id, created_at);

CREATE INDEX opening_by_start ON scheduling.opening USING btree (practice_id, status, starts_at, id);

CREATE INDEX opening_due ON scheduling.opening USING btree (next_at) WHERE (status = 'open'::text);

CREATE INDEX recall_by_booking ON scheduling.recall USING btree (practice_id, booked_id) WHERE (booked_id IS NOT NULL);

CREATE INDEX recall_by_day ON scheduling.recall USING btree (practice_id, status, next_on, id);

CREATE INDEX recall_by_patient ON scheduling.recall USING btree (practice_id, patient_id);

CREATE INDEX recall_open ON scheduling.recall USING btree (practice_id, next_on, id) WHERE (status = ANY (ARRAY['due'::text, 'contacted'::text]));

CREATE INDEX wish_by_patient ON scheduling.wish USING btree (practice_id, patient_id, created_at, id);

CREATE INDEX wish_by_wait ON scheduling.wish USING btree (practice_id, status, created_at, id);

CREATE INDEX bucket_by_age ON sec.bucket USING btree (at);

CREATE INDEX task_done ON tasks.task USING btree (practice_id, done_at, id) WHERE ((status = 'done'::text) AND (deleted_at IS NULL));

CREATE INDEX task_of_patient ON tasks.task USING btree (practice_id, patient_id, due_key, id) WHERE (patient_id IS NOT NULL);

CREATE INDEX task_open ON tasks.task USING btree (practice_id, due_key, id) WHERE ((status = 'open'::text) AND (deleted_at IS NULL));

CREATE INDEX entry_by_patient ON timeline.entry USING btree (practice_id, patient_id, at DESC, id DESC);

CREATE INDEX call_by_case ON voice.call USING btree (practice_id, case_id, created_at) WHERE (case_id IS NOT NULL);

CREATE INDEX call_by_patient ON voice.call USING btree (practice_id, patient_id, created_at) WHERE (patient_id IS NOT NULL);

CREATE INDEX call_by_time ON voice.call USING btree (practice_id, created_at, id);

CREATE INDEX call_by_workflow ON voice.call USING btree (practice_id, call_workflow_id, created_at, id);

CREATE INDEX call_due ON voice.call USING btree (due_at, created_at) WHERE ((state = 'queued'::text) AND (runtime = 'native'::text) AND (transport = 'phone'::text));

CREATE INDEX call_live ON voice.call USING btree (started_at) WHERE ((state = ANY (ARRAY['dialing'::text, 'live'::text])) AND (runtime = 'native'::text));

CREATE UNIQUE INDEX call_of_case_at_once ON voice.call USING btree (practice_id, case_id) WHERE (state <> 'ended'::text);

CREATE UNIQUE INDEX call_of_number ON voice.call USING btree (practice_id, number_key) WHERE (state = ANY (ARRAY['dialing'::text, 'live'::text]));

CREATE INDEX call_to_review ON voice.call USING btree (practice_id, ended_at, id) WHERE (review = 'open'::text);

CREATE INDEX call_under_way ON voice.call USING btree (practice_id, state, due_at) WHERE (state <> 'ended'::text);

CREATE INDEX case_by_patient ON voice."case" USING btree (practice_id, patient_id) WHERE (patient_id IS NOT NULL);

CREATE INDEX case_by_status ON voice."case" USING btree (practice_id, call_workflow_id, call_status, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX case_by_time ON voice."case" USING btree (practice_id, call_workflow_id, created_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX case_import_by_age ON voice.case_import USING btree (expires_at);

CREATE INDEX case_import_row_by_outcome ON voice.case_import_row USING btree (practice_id, import_id, outcome, number);

CREATE INDEX case_term_by_case ON voice.case_term USING btree (practice_id, case_id, kind, term);

CREATE INDEX retell_message_by_call ON voice.retell_message USING btree (practice_id, external_id, id);

CREATE INDEX retell_message_by_time ON voice.retell_message USING btree (practice_id, received_at, id);

CREATE INDEX retell_sandbox_by_time ON voice.retell_sandbox USING btree (practice_id, began_at, external_id);

CREATE INDEX attempt_by_delivery ON webhooks.attempt USING btree (practice_id, delivery_id, id);

CREATE INDEX delivery_by_age ON webhooks.delivery USING btree (created_at);

CREATE INDEX delivery_by_lane ON webhooks.delivery USING btree (practice_id, endpoint_id, lane);

CREATE INDEX delivery_by_state ON webhooks.delivery USING btree (practice_id, endpoint_id, state, created_at, id);

CREATE INDEX delivery_by_time ON webhooks.delivery USING btree (practice_id, endpoint_id, created_at, id);

CREATE INDEX delivery_pending ON webhooks.delivery USING btree (created_at) WHERE (state = 'pending'::text);

CREATE INDEX delivery_waiting ON webhooks.delivery USING btree (practice_id, endpoint_id, lane, seq) WHERE (state = 'pending'::text);

CREATE INDEX webhook_lane_leased ON webhooks.lane USING btree (practice_id, endpoint_id) WHERE (lease IS NOT NULL);

CREATE INDEX webhook_lane_ready ON webhooks.lane USING btree (practice_id, endpoint_id, ready_at) WHERE (pending > 0);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit.checkpoint FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit.head FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit.seal FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.head FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.seal FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON audit_export.request DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE TRIGGER note_seen AFTER INSERT OR UPDATE OF active_at ON auth.session FOR EACH ROW EXECUTE FUNCTION auth.note_seen();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF hash, scopes, revoked_at ON auth.api_key DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF hash, revoked_at ON auth.calendar_feed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF hash, status, role, role_id ON auth.invite DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON auth.patient_link DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON auth.role DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE TRIGGER staff_limit BEFORE INSERT OR UPDATE OF status ON auth.membership FOR EACH ROW WHEN ((new.status = 'active'::text)) EXECUTE FUNCTION administration.check_staff();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON automation.settings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON automation.version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON automation.webhook DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON automation.workflow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON messaging.attachment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON messaging.channel DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON messaging.inbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF state, reason, content, patient_id, not_before, provider_id, read_at ON messaging.message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON messaging.rule DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON messaging.settings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON messaging.suppression DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON messaging.template DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON messaging.template_text DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON notices.notice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.counter DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON patients.duplicate DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.field DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.import DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.merge DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.origin DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.patient DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON patients.patient_tag DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.policy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON patients.relative DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON patients.tag DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON patients.term DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON patients.view DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON platform.access FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON platform.access FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CREATE CONSTRAINT TRIGGER require_audit AFTER UPDATE ON platform.practice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON practice.absence DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON practice.closing_day DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON practice.hours DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON practice.location DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON practice.onboarding DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON practice.provider DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON practice.provider_location DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON practice.provider_service DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON practice.room DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON practice.service DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.appointment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON scheduling.booked DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.calcom DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE OF appointment_id, patient_id, state, error_code, from_there, keep_ours, there, uid, event_type_id, there_start, there_end, heard_at ON scheduling.calcom_booking DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON scheduling.calcom_mapping DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON scheduling.calcom_message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON scheduling.calcom_reservation DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.calcom_sandbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.calcom_uid DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON scheduling.hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.offer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.online DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON scheduling.online_service DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.opening DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.recall DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON scheduling.recall_attempt DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.recall_rule DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.settings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.waitlist_settings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON scheduling.wish DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON tasks.task DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON timeline.entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF state, case_id, patient_id, review, private ON voice.call DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON voice.call_workflow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON voice."case" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON voice.case_import DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON voice.case_term DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON voice.finding DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON voice.flow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF provider, enabled, base_url, api_key, api_key_last_four, webhook_token, from_number, tested_at, test_outcome, version ON voice.retell DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE ON voice.retell_agent DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON voice.retell_done DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON voice.retell_known DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON voice.retell_message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON voice.retell_order DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE ON voice.retell_sandbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON voice.schema_version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR DELETE OR UPDATE ON voice.secret DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT ON voice.turn DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

CREATE CONSTRAINT TRIGGER require_audit AFTER INSERT OR UPDATE OF url, description, events, active, secret, old_secret, deleted_at ON webhooks.endpoint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.require_audit();

ALTER TABLE ONLY administration.challenge
    ADD CONSTRAINT challenge_administrator_fkey FOREIGN KEY (administrator) REFERENCES administration.administrator(id);

ALTER TABLE ONLY administration.founding
    ADD CONSTRAINT founding_administrator_fkey FOREIGN KEY (administrator) REFERENCES administration.administrator(id);

ALTER TABLE ONLY administration.founding
    ADD CONSTRAINT founding_practice_fkey FOREIGN KEY (practice) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY administration.practice_size
    ADD CONSTRAINT practice_size_practice_fkey FOREIGN KEY (practice) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY administration.session
    ADD CONSTRAINT session_administrator_fkey FOREIGN KEY (administrator) REFERENCES administration.administrator(id);

ALTER TABLE ONLY administration.support_access
    ADD CONSTRAINT support_access_administrator_fkey FOREIGN KEY (administrator) REFERENCES administration.administrator(id);

ALTER TABLE ONLY administration.support_access
    ADD CONSTRAINT support_access_practice_fkey FOREIGN KEY (practice) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY administration.support_access
    ADD CONSTRAINT support_access_session_fkey FOREIGN KEY (session) REFERENCES administration.session(id);

ALTER TABLE ONLY api.idempotency_key
    ADD CONSTRAINT idempotency_key_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY audit_export.chunk
    ADD CONSTRAINT chunk_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY audit_export.chunk
    ADD CONSTRAINT chunk_request_fkey FOREIGN KEY (practice_id, request_id) REFERENCES audit_export.request(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY audit_export.request
    ADD CONSTRAINT request_job_fkey FOREIGN KEY (practice_id, job_id) REFERENCES jobs.job(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY audit_export.request
    ADD CONSTRAINT request_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_created_by_fkey FOREIGN KEY (created_by) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.calendar_feed
    ADD CONSTRAINT calendar_feed_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.calendar_feed
    ADD CONSTRAINT calendar_feed_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.challenge
    ADD CONSTRAINT challenge_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.challenge
    ADD CONSTRAINT challenge_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.device
    ADD CONSTRAINT device_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.external_identity
    ADD CONSTRAINT external_identity_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.external_session
    ADD CONSTRAINT external_session_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.external_session
    ADD CONSTRAINT external_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.invite
    ADD CONSTRAINT invite_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.invite
    ADD CONSTRAINT invite_created_by_fkey FOREIGN KEY (created_by) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.invite
    ADD CONSTRAINT invite_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.invite
    ADD CONSTRAINT invite_role_fkey FOREIGN KEY (practice_id, role_id) REFERENCES auth.role(practice_id, id);

ALTER TABLE ONLY auth.mail
    ADD CONSTRAINT mail_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.membership
    ADD CONSTRAINT membership_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.membership
    ADD CONSTRAINT membership_role_fkey FOREIGN KEY (practice_id, role_id) REFERENCES auth.role(practice_id, id);

ALTER TABLE ONLY auth.membership
    ADD CONSTRAINT membership_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.passkey
    ADD CONSTRAINT passkey_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.password_reset
    ADD CONSTRAINT password_reset_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.patient_link
    ADD CONSTRAINT patient_link_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY auth.patient_link
    ADD CONSTRAINT patient_link_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.recovery_code
    ADD CONSTRAINT recovery_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY auth.refresh_token
    ADD CONSTRAINT refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth.session(id);

ALTER TABLE ONLY auth.role
    ADD CONSTRAINT role_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY auth.session
    ADD CONSTRAINT session_user_id_practice_id_fkey FOREIGN KEY (user_id, practice_id) REFERENCES auth.membership(user_id, practice_id);

ALTER TABLE ONLY auth.totp
    ADD CONSTRAINT totp_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id);

ALTER TABLE ONLY automation.cursor
    ADD CONSTRAINT cursor_of_workflow FOREIGN KEY (practice_id, workflow_id) REFERENCES automation.workflow(practice_id, id);

ALTER TABLE ONLY automation.rehearsal_item
    ADD CONSTRAINT item_of_rehearsal FOREIGN KEY (practice_id, rehearsal_id) REFERENCES automation.rehearsal(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY automation.rehearsal
    ADD CONSTRAINT rehearsal_of_workflow FOREIGN KEY (practice_id, workflow_id) REFERENCES automation.workflow(practice_id, id);

ALTER TABLE ONLY automation.run
    ADD CONSTRAINT run_of_version FOREIGN KEY (practice_id, workflow_id, version) REFERENCES automation.version(practice_id, workflow_id, number);

ALTER TABLE ONLY automation.settings
    ADD CONSTRAINT settings_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY automation.step
    ADD CONSTRAINT step_of_run FOREIGN KEY (practice_id, run_id) REFERENCES automation.run(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY automation.version
    ADD CONSTRAINT version_of_workflow FOREIGN KEY (practice_id, workflow_id) REFERENCES automation.workflow(practice_id, id);

ALTER TABLE ONLY automation.wait
    ADD CONSTRAINT wait_of_run FOREIGN KEY (practice_id, run_id) REFERENCES automation.run(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY automation.webhook
    ADD CONSTRAINT webhook_of_workflow FOREIGN KEY (practice_id, workflow_id) REFERENCES automation.workflow(practice_id, id);

ALTER TABLE ONLY automation.workflow
    ADD CONSTRAINT workflow_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY jobs.job
    ADD CONSTRAINT job_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.attachment
    ADD CONSTRAINT attachment_of FOREIGN KEY (practice_id, message_id) REFERENCES messaging.message(practice_id, id);

ALTER TABLE ONLY messaging.attachment
    ADD CONSTRAINT attachment_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.channel
    ADD CONSTRAINT channel_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.inbox
    ADD CONSTRAINT inbox_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.message
    ADD CONSTRAINT message_about FOREIGN KEY (practice_id, appointment_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY messaging.message
    ADD CONSTRAINT message_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY messaging.message
    ADD CONSTRAINT message_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.rule
    ADD CONSTRAINT rule_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.settings
    ADD CONSTRAINT settings_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.suppression
    ADD CONSTRAINT suppression_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY messaging.suppression
    ADD CONSTRAINT suppression_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.template
    ADD CONSTRAINT template_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY messaging.template_text
    ADD CONSTRAINT template_text_of FOREIGN KEY (practice_id, template_id) REFERENCES messaging.template(practice_id, id);

ALTER TABLE ONLY notices.notice
    ADD CONSTRAINT notice_about_appointment FOREIGN KEY (practice_id, appointment_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY notices.notice
    ADD CONSTRAINT notice_about_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY notices.notice
    ADD CONSTRAINT notice_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY outbox.event
    ADD CONSTRAINT event_in_lane FOREIGN KEY (practice_id, lane) REFERENCES outbox.lane(practice_id, lane);

ALTER TABLE ONLY outbox.lane
    ADD CONSTRAINT lane_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.counter
    ADD CONSTRAINT counter_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.duplicate
    ADD CONSTRAINT duplicate_one FOREIGN KEY (practice_id, one_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.duplicate
    ADD CONSTRAINT duplicate_other FOREIGN KEY (practice_id, other_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.field
    ADD CONSTRAINT field_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.import
    ADD CONSTRAINT import_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.import_row
    ADD CONSTRAINT import_row_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.merge
    ADD CONSTRAINT merge_kept FOREIGN KEY (practice_id, kept_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.merge
    ADD CONSTRAINT merge_merged FOREIGN KEY (practice_id, merged_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.origin
    ADD CONSTRAINT origin_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.patient_tag
    ADD CONSTRAINT patient_has_tag FOREIGN KEY (practice_id, tag_id) REFERENCES patients.tag(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY patients.patient
    ADD CONSTRAINT patient_merged_into FOREIGN KEY (practice_id, merged_into) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.patient
    ADD CONSTRAINT patient_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.policy
    ADD CONSTRAINT policy_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.relative
    ADD CONSTRAINT relative_is_patient FOREIGN KEY (practice_id, related_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.relative
    ADD CONSTRAINT relative_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.import_row
    ADD CONSTRAINT row_of_import FOREIGN KEY (practice_id, import_id) REFERENCES patients.import(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY patients.patient_tag
    ADD CONSTRAINT tag_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.tag
    ADD CONSTRAINT tag_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY patients.term
    ADD CONSTRAINT term_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY patients.view
    ADD CONSTRAINT view_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY platform.access
    ADD CONSTRAINT access_administrator_fkey FOREIGN KEY (administrator) REFERENCES administration.administrator(id);

ALTER TABLE ONLY practice.absence
    ADD CONSTRAINT absence_of_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY practice.absence
    ADD CONSTRAINT absence_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.closing_day
    ADD CONSTRAINT closing_day_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.hours
    ADD CONSTRAINT hours_of_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY practice.hours
    ADD CONSTRAINT hours_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.location
    ADD CONSTRAINT location_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.onboarding
    ADD CONSTRAINT onboarding_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.provider_location
    ADD CONSTRAINT provider_at_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY practice.provider_service
    ADD CONSTRAINT provider_does_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY practice.provider_location
    ADD CONSTRAINT provider_location_practice_id_user_id_fkey FOREIGN KEY (practice_id, user_id) REFERENCES practice.provider(practice_id, user_id);

ALTER TABLE ONLY practice.provider
    ADD CONSTRAINT provider_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.provider_service
    ADD CONSTRAINT provider_service_practice_id_user_id_fkey FOREIGN KEY (practice_id, user_id) REFERENCES practice.provider(practice_id, user_id);

ALTER TABLE ONLY practice.room
    ADD CONSTRAINT room_in_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY practice.room
    ADD CONSTRAINT room_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY practice.service
    ADD CONSTRAINT service_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.appointment
    ADD CONSTRAINT appointment_at_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY scheduling.appointment
    ADD CONSTRAINT appointment_for_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.appointment
    ADD CONSTRAINT appointment_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY scheduling.recall_attempt
    ADD CONSTRAINT attempt_of_recall FOREIGN KEY (practice_id, recall_id) REFERENCES scheduling.recall(practice_id, id);

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_by_appointment FOREIGN KEY (practice_id, appointment_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_by_hold FOREIGN KEY (practice_id, hold_id) REFERENCES scheduling.hold(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_provider FOREIGN KEY (practice_id, provider_id) REFERENCES practice.provider(practice_id, user_id);

ALTER TABLE ONLY scheduling.booked
    ADD CONSTRAINT booked_room FOREIGN KEY (practice_id, room_id) REFERENCES practice.room(practice_id, id);

ALTER TABLE ONLY scheduling.calcom_booking
    ADD CONSTRAINT calcom_booking_appointment FOREIGN KEY (practice_id, appointment_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.calcom_booking
    ADD CONSTRAINT calcom_booking_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY scheduling.calcom_booking
    ADD CONSTRAINT calcom_booking_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_provider FOREIGN KEY (practice_id, provider_id) REFERENCES practice.provider(practice_id, user_id);

ALTER TABLE ONLY scheduling.calcom_mapping
    ADD CONSTRAINT calcom_mapping_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.calcom_message
    ADD CONSTRAINT calcom_message_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.calcom
    ADD CONSTRAINT calcom_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.calcom_reservation
    ADD CONSTRAINT calcom_reservation_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.calcom_sandbox
    ADD CONSTRAINT calcom_sandbox_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.calcom_uid
    ADD CONSTRAINT calcom_uid_booking FOREIGN KEY (practice_id, booking_id) REFERENCES scheduling.calcom_booking(practice_id, id);

ALTER TABLE ONLY scheduling.calcom_uid
    ADD CONSTRAINT calcom_uid_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.hold
    ADD CONSTRAINT hold_at_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY scheduling.hold
    ADD CONSTRAINT hold_for_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.hold
    ADD CONSTRAINT hold_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.offer
    ADD CONSTRAINT offer_of_opening FOREIGN KEY (practice_id, opening_id) REFERENCES scheduling.opening(practice_id, id);

ALTER TABLE ONLY scheduling.offer
    ADD CONSTRAINT offer_to_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY scheduling.offer
    ADD CONSTRAINT offer_to_wish FOREIGN KEY (practice_id, wish_id) REFERENCES scheduling.wish(practice_id, id);

ALTER TABLE ONLY scheduling.online
    ADD CONSTRAINT online_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.online_service
    ADD CONSTRAINT online_service_of FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_at_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_filled_by FOREIGN KEY (practice_id, filled_by) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_for_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_of_appointment FOREIGN KEY (practice_id, appointment_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY scheduling.opening
    ADD CONSTRAINT opening_with_provider FOREIGN KEY (practice_id, provider_id) REFERENCES practice.provider(practice_id, user_id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_at_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_booked_as FOREIGN KEY (practice_id, booked_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_for_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_of_appointment FOREIGN KEY (practice_id, appointment_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.recall
    ADD CONSTRAINT recall_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY scheduling.recall_rule
    ADD CONSTRAINT recall_rule_for_service FOREIGN KEY (practice_id, recall_service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.recall_rule
    ADD CONSTRAINT recall_rule_of_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.settings
    ADD CONSTRAINT settings_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.waitlist_settings
    ADD CONSTRAINT waitlist_settings_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY scheduling.wish
    ADD CONSTRAINT wish_at_location FOREIGN KEY (practice_id, location_id) REFERENCES practice.location(practice_id, id);

ALTER TABLE ONLY scheduling.wish
    ADD CONSTRAINT wish_booked FOREIGN KEY (practice_id, booked_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.wish
    ADD CONSTRAINT wish_for_service FOREIGN KEY (practice_id, service_id) REFERENCES practice.service(practice_id, id);

ALTER TABLE ONLY scheduling.wish
    ADD CONSTRAINT wish_gives_up FOREIGN KEY (practice_id, gives_up_id) REFERENCES scheduling.appointment(practice_id, id);

ALTER TABLE ONLY scheduling.wish
    ADD CONSTRAINT wish_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY sec.data_key
    ADD CONSTRAINT data_key_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY tasks.task
    ADD CONSTRAINT task_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY tasks.task
    ADD CONSTRAINT task_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY timeline.entry
    ADD CONSTRAINT entry_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_of_call_workflow FOREIGN KEY (practice_id, call_workflow_id) REFERENCES voice.call_workflow(practice_id, id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_of_case FOREIGN KEY (practice_id, case_id) REFERENCES voice."case"(practice_id, id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_of_flow FOREIGN KEY (practice_id, flow_id) REFERENCES voice.flow(practice_id, id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY voice.call
    ADD CONSTRAINT call_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.call_workflow
    ADD CONSTRAINT call_workflow_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.case_import_row
    ADD CONSTRAINT case_import_row_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice."case"
    ADD CONSTRAINT case_of_call_workflow FOREIGN KEY (practice_id, call_workflow_id) REFERENCES voice.call_workflow(practice_id, id);

ALTER TABLE ONLY voice."case"
    ADD CONSTRAINT case_of_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY voice.finding
    ADD CONSTRAINT finding_of_call FOREIGN KEY (practice_id, call_id) REFERENCES voice.call(practice_id, id);

ALTER TABLE ONLY voice.flow
    ADD CONSTRAINT flow_of_call_workflow FOREIGN KEY (practice_id, call_workflow_id) REFERENCES voice.call_workflow(practice_id, id);

ALTER TABLE ONLY voice.case_import
    ADD CONSTRAINT import_of_call_workflow FOREIGN KEY (practice_id, call_workflow_id) REFERENCES voice.call_workflow(practice_id, id);

ALTER TABLE ONLY voice.retell_agent
    ADD CONSTRAINT retell_agent_of_call_workflow FOREIGN KEY (practice_id, call_workflow_id) REFERENCES voice.call_workflow(practice_id, id);

ALTER TABLE ONLY voice.retell_done
    ADD CONSTRAINT retell_done_of_call FOREIGN KEY (practice_id, call_id) REFERENCES voice.call(practice_id, id);

ALTER TABLE ONLY voice.retell_known
    ADD CONSTRAINT retell_known_of_call FOREIGN KEY (practice_id, call_id) REFERENCES voice.call(practice_id, id);

ALTER TABLE ONLY voice.retell_known
    ADD CONSTRAINT retell_known_patient FOREIGN KEY (practice_id, patient_id) REFERENCES patients.patient(practice_id, id);

ALTER TABLE ONLY voice.retell_message
    ADD CONSTRAINT retell_message_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.retell_order
    ADD CONSTRAINT retell_order_of_call FOREIGN KEY (practice_id, call_id) REFERENCES voice.call(practice_id, id);

ALTER TABLE ONLY voice.retell
    ADD CONSTRAINT retell_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.retell_sandbox
    ADD CONSTRAINT retell_sandbox_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.case_import_row
    ADD CONSTRAINT row_of_case_import FOREIGN KEY (practice_id, import_id) REFERENCES voice.case_import(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY voice.schema_version
    ADD CONSTRAINT schema_of_call_workflow FOREIGN KEY (practice_id, call_workflow_id) REFERENCES voice.call_workflow(practice_id, id);

ALTER TABLE ONLY voice.secret
    ADD CONSTRAINT secret_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY voice.case_term
    ADD CONSTRAINT term_of_case FOREIGN KEY (practice_id, case_id) REFERENCES voice."case"(practice_id, id);

ALTER TABLE ONLY voice.turn
    ADD CONSTRAINT turn_of_call FOREIGN KEY (practice_id, call_id) REFERENCES voice.call(practice_id, id);

ALTER TABLE ONLY webhooks.attempt
    ADD CONSTRAINT attempt_of_delivery FOREIGN KEY (practice_id, delivery_id) REFERENCES webhooks.delivery(practice_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY webhooks.delivery
    ADD CONSTRAINT delivery_in_lane FOREIGN KEY (practice_id, endpoint_id, lane) REFERENCES webhooks.lane(practice_id, endpoint_id, lane);

ALTER TABLE ONLY webhooks.endpoint
    ADD CONSTRAINT endpoint_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES platform.practice(practice_id);

ALTER TABLE ONLY webhooks.lane
    ADD CONSTRAINT lane_of_endpoint FOREIGN KEY (practice_id, endpoint_id) REFERENCES webhooks.endpoint(practice_id, id);

CREATE POLICY claim ON api.idempotency_key TO vantage_dispatch USING (true) WITH CHECK (true);

ALTER TABLE api.idempotency_key ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON api.idempotency_key TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE audit.entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit.head ENABLE ROW LEVEL SECURITY;

CREATE POLICY seal ON audit.entry FOR SELECT TO vantage_dispatch USING (true);

CREATE POLICY seal ON audit.head TO vantage_dispatch USING (true) WITH CHECK (true);

ALTER TABLE audit.seal ENABLE ROW LEVEL SECURITY;

CREATE POLICY seal ON audit.seal TO vantage_dispatch USING (true) WITH CHECK (true);

CREATE POLICY tenant ON audit.entry USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON audit.head TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON audit.seal TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE audit_export.chunk ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_export.request ENABLE ROW LEVEL SECURITY;

CREATE POLICY sweep ON audit_export.request TO vantage_dispatch USING (true);

CREATE POLICY tenant ON audit_export.chunk USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON audit_export.request USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY claim ON automation.cursor FOR SELECT TO vantage_dispatch USING (true);

CREATE POLICY claim ON automation.run TO vantage_dispatch USING (true) WITH CHECK (true);

ALTER TABLE automation.cursor ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.rehearsal ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.rehearsal_item ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.run ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.step ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON automation.cursor USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.rehearsal USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.rehearsal_item USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.run USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.settings USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.step USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.version USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.wait USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.webhook USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON automation.workflow USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE automation.version ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.wait ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.webhook ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation.workflow ENABLE ROW LEVEL SECURITY;

CREATE POLICY claim ON jobs.job TO vantage_dispatch USING (true) WITH CHECK (true);

ALTER TABLE jobs.job ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON jobs.job TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE messaging.attachment ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.channel ENABLE ROW LEVEL SECURITY;

CREATE POLICY claim ON messaging.message FOR SELECT TO vantage_dispatch USING (true);

CREATE POLICY claim ON messaging.rule FOR SELECT TO vantage_dispatch USING (true);

ALTER TABLE messaging.inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.message ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.suppression ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.template ENABLE ROW LEVEL SECURITY;

ALTER TABLE messaging.template_text ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON messaging.attachment USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.channel USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.inbox USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.message USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.rule USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.settings USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.suppression USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.template USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON messaging.template_text USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE notices.notice ENABLE ROW LEVEL SECURITY;

CREATE POLICY sweep ON notices.notice TO vantage_dispatch USING (true);

CREATE POLICY tenant ON notices.notice USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY claim ON outbox.event TO vantage_dispatch USING (true) WITH CHECK (true);

CREATE POLICY claim ON outbox.lane TO vantage_dispatch USING (true) WITH CHECK (true);

ALTER TABLE outbox.event ENABLE ROW LEVEL SECURITY;

ALTER TABLE outbox.lane ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON outbox.event TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON outbox.lane TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE patients.counter ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.duplicate ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.field ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.import ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.import_row ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.merge ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.origin ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.patient ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.patient_tag ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.policy ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.relative ENABLE ROW LEVEL SECURITY;

CREATE POLICY sweep ON patients.import TO vantage_dispatch USING (true);

ALTER TABLE patients.tag ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON patients.counter USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.duplicate USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.field USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.import USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.import_row USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.merge USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.origin USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.patient USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.patient_tag USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.policy USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.relative USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.tag USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.term USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON patients.view USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE patients.term ENABLE ROW LEVEL SECURITY;

ALTER TABLE patients.view ENABLE ROW LEVEL SECURITY;

CREATE POLICY claim ON platform.practice FOR SELECT TO vantage_dispatch USING (true);

ALTER TABLE platform.practice ENABLE ROW LEVEL SECURITY;

CREATE POLICY registry ON platform.practice TO vantage_owner, vantage_auth, vantage_platform USING (true) WITH CHECK (true);

CREATE POLICY tenant ON platform.practice TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE practice.absence ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.closing_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.location ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.onboarding ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.provider ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.provider_location ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.provider_service ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.room ENABLE ROW LEVEL SECURITY;

ALTER TABLE practice.service ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON practice.absence USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.closing_day USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.hours USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.location USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.onboarding USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.provider USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.provider_location USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.provider_service USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.room USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON practice.service USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE scheduling.appointment ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.booked ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom_booking ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom_mapping ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom_reservation ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom_sandbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.calcom_uid ENABLE ROW LEVEL SECURITY;

CREATE POLICY claim ON scheduling.opening FOR SELECT TO vantage_dispatch USING (true);

ALTER TABLE scheduling.hold ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.offer ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.online ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.online_service ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.opening ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.recall ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.recall_attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.recall_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.settings ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON scheduling.appointment USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.booked USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom_booking USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom_mapping USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom_message USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom_reservation USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom_sandbox USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.calcom_uid USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.hold USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.offer USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.online USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.online_service USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.opening USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.recall USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.recall_attempt USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.recall_rule USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.settings USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.waitlist_settings USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON scheduling.wish USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE scheduling.waitlist_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE scheduling.wish ENABLE ROW LEVEL SECURITY;

ALTER TABLE sec.data_key ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON sec.data_key USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE tasks.task ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON tasks.task USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE timeline.entry ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON timeline.entry USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE voice.call ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.call_workflow ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice."case" ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.case_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.case_import_row ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.case_term ENABLE ROW LEVEL SECURITY;

CREATE POLICY claim ON voice.call TO vantage_dispatch USING (true);

ALTER TABLE voice.finding ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.flow ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell_agent ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell_done ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell_known ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell_order ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.retell_sandbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.schema_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice.secret ENABLE ROW LEVEL SECURITY;

CREATE POLICY sweep ON voice.case_import TO vantage_dispatch USING (true);

CREATE POLICY tenant ON voice.call USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.call_workflow USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice."case" USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.case_import USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.case_import_row USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.case_term USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.finding USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.flow USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell_agent USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell_done USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell_known USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell_message USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell_order USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.retell_sandbox USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.schema_version USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.secret USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON voice.turn USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

ALTER TABLE voice.turn ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhooks.attempt ENABLE ROW LEVEL SECURITY;

CREATE POLICY claim ON webhooks.delivery TO vantage_dispatch USING (true) WITH CHECK (true);

CREATE POLICY claim ON webhooks.endpoint TO vantage_dispatch USING (true);

CREATE POLICY claim ON webhooks.lane TO vantage_dispatch USING (true) WITH CHECK (true);

ALTER TABLE webhooks.delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhooks.endpoint ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhooks.lane ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON webhooks.attempt USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON webhooks.delivery TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON webhooks.endpoint USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

CREATE POLICY tenant ON webhooks.lane TO vantage_app USING ((practice_id = ( SELECT sec.practice_id() AS practice_id))) WITH CHECK ((practice_id = ( SELECT sec.practice_id() AS practice_id)));

GRANT USAGE ON SCHEMA administration TO vantage_platform;
GRANT USAGE ON SCHEMA administration TO vantage_app;

GRANT USAGE ON SCHEMA api TO vantage_app;
GRANT USAGE ON SCHEMA api TO vantage_dispatch;

GRANT USAGE ON SCHEMA audit TO vantage_app;
GRANT USAGE ON SCHEMA audit TO vantage_worker;
GRANT USAGE ON SCHEMA audit TO vantage_dispatch;

GRANT USAGE ON SCHEMA audit_export TO vantage_app;
GRANT USAGE ON SCHEMA audit_export TO vantage_dispatch;

GRANT USAGE ON SCHEMA auth TO vantage_auth;
GRANT USAGE ON SCHEMA auth TO vantage_app;
GRANT USAGE ON SCHEMA auth TO vantage_worker;

GRANT USAGE ON SCHEMA automation TO vantage_app;
GRANT USAGE ON SCHEMA automation TO vantage_dispatch;

GRANT USAGE ON SCHEMA claim TO vantage_worker;
GRANT USAGE ON SCHEMA claim TO vantage_platform;

GRANT USAGE ON SCHEMA jobs TO vantage_app;
GRANT USAGE ON SCHEMA jobs TO vantage_dispatch;

GRANT USAGE ON SCHEMA messaging TO vantage_app;
GRANT USAGE ON SCHEMA messaging TO vantage_dispatch;

GRANT USAGE ON SCHEMA notices TO vantage_app;
GRANT USAGE ON SCHEMA notices TO vantage_dispatch;

GRANT USAGE ON SCHEMA outbox TO vantage_app;
GRANT USAGE ON SCHEMA outbox TO vantage_dispatch;

GRANT USAGE ON SCHEMA patients TO vantage_app;
GRANT USAGE ON SCHEMA patients TO vantage_dispatch;

GRANT USAGE ON SCHEMA platform TO vantage_app;
GRANT USAGE ON SCHEMA platform TO vantage_auth;
GRANT USAGE ON SCHEMA platform TO vantage_worker;
GRANT USAGE ON SCHEMA platform TO vantage_platform;
GRANT USAGE ON SCHEMA platform TO vantage_dispatch;

GRANT USAGE ON SCHEMA practice TO vantage_app;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA scheduling TO vantage_app;
GRANT USAGE ON SCHEMA scheduling TO vantage_dispatch;

GRANT USAGE ON SCHEMA sec TO vantage_app;
GRANT USAGE ON SCHEMA sec TO vantage_auth;
GRANT USAGE ON SCHEMA sec TO vantage_worker;
GRANT USAGE ON SCHEMA sec TO vantage_platform;
GRANT USAGE ON SCHEMA sec TO vantage_dispatch;

GRANT USAGE ON SCHEMA tasks TO vantage_app;

GRANT USAGE ON SCHEMA timeline TO vantage_app;

GRANT USAGE ON SCHEMA voice TO vantage_app;
GRANT USAGE ON SCHEMA voice TO vantage_dispatch;

GRANT USAGE ON SCHEMA webhooks TO vantage_app;
GRANT USAGE ON SCHEMA webhooks TO vantage_dispatch;

REVOKE ALL ON FUNCTION administration.check_staff() FROM PUBLIC;

REVOKE ALL ON FUNCTION administration.end_support(access uuid, who text) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.end_support(access uuid, who text) TO vantage_app;

REVOKE ALL ON FUNCTION administration.found(founder uuid, asked_key uuid, asked_hash bytea, new_slug text, new_name text, new_language text, new_country text, new_time_zone text, new_currency text, hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.found(founder uuid, asked_key uuid, asked_hash bytea, new_slug text, new_name text, new_language text, new_country text, new_time_zone text, new_currency text, hours integer) TO vantage_app;

REVOKE ALL ON FUNCTION administration.invites(of_practice uuid, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.invites(of_practice uuid, wanted integer) TO vantage_platform;

REVOKE ALL ON FUNCTION administration.measure(wanted uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.measure(wanted uuid) TO vantage_platform;

REVOKE ALL ON FUNCTION administration.measure_stale(wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.measure_stale(wanted integer) TO vantage_platform;

REVOKE ALL ON FUNCTION administration.open_support(access uuid, person uuid, signed_in uuid, why text, minutes integer) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.open_support(access uuid, person uuid, signed_in uuid, why text, minutes integer) TO vantage_app;

REVOKE ALL ON FUNCTION administration.owners() FROM PUBLIC;
GRANT ALL ON FUNCTION administration.owners() TO vantage_app;

REVOKE ALL ON FUNCTION administration.people(practices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.people(practices uuid[]) TO vantage_platform;

REVOKE ALL ON FUNCTION administration.record(id uuid, administrator uuid, action text, reason text, request_id uuid, ip text, user_agent text) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.record(id uuid, administrator uuid, action text, reason text, request_id uuid, ip text, user_agent text) TO vantage_app;

REVOKE ALL ON FUNCTION administration.resume() FROM PUBLIC;
GRANT ALL ON FUNCTION administration.resume() TO vantage_app;

REVOKE ALL ON FUNCTION administration.set_limits(per_second integer, staff integer) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.set_limits(per_second integer, staff integer) TO vantage_app;

REVOKE ALL ON FUNCTION administration.supports(before_at timestamp with time zone, before_id uuid, wanted integer, one uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.supports(before_at timestamp with time zone, before_id uuid, wanted integer, one uuid) TO vantage_app;

REVOKE ALL ON FUNCTION administration.suspend(why text) FROM PUBLIC;
GRANT ALL ON FUNCTION administration.suspend(why text) TO vantage_app;

REVOKE ALL ON FUNCTION audit.add_partition(partition text, bounds text) FROM PUBLIC;

REVOKE ALL ON FUNCTION audit.checkpoint_note(wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.checkpoint_note(wanted bigint) TO vantage_app;

REVOKE ALL ON FUNCTION audit.drop_month(month timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.drop_month(month timestamp with time zone) TO vantage_worker;

REVOKE ALL ON FUNCTION audit.extend_partitions() FROM PUBLIC;
GRANT ALL ON FUNCTION audit.extend_partitions() TO vantage_worker;

GRANT SELECT,INSERT ON TABLE audit.entry TO vantage_app;
GRANT SELECT ON TABLE audit.entry TO vantage_dispatch;

REVOKE ALL ON FUNCTION audit.newest_checkpoint() FROM PUBLIC;
GRANT ALL ON FUNCTION audit.newest_checkpoint() TO vantage_app;

REVOKE ALL ON FUNCTION auth.accept_invite(invite_hash bytea, person uuid, is_new boolean, person_name text, person_language text, person_password_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.accept_invite(invite_hash bytea, person uuid, is_new boolean, person_name text, person_language text, person_password_hash text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.actor_names(ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.actor_names(ids uuid[]) TO vantage_app;

REVOKE ALL ON FUNCTION auth.add_api_key(key uuid, new_name text, new_hash bytea, new_prefix text, new_last_four text, new_scopes text[], new_expires_at timestamp with time zone, creator uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.add_api_key(key uuid, new_name text, new_hash bytea, new_prefix text, new_last_four text, new_scopes text[], new_expires_at timestamp with time zone, creator uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.add_calendar_feed(new_id uuid, person uuid, new_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.add_calendar_feed(new_id uuid, person uuid, new_hash bytea) TO vantage_app;

REVOKE ALL ON FUNCTION auth.add_invite(invite uuid, new_email text, new_name text, new_role text, new_role_id uuid, new_language text, new_hash bytea, inviter uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.add_invite(invite uuid, new_email text, new_name text, new_role text, new_role_id uuid, new_language text, new_hash bytea, inviter uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.add_passkey(own uuid, new_id uuid, new_credential_id bytea, new_credential jsonb, new_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.add_passkey(own uuid, new_id uuid, new_credential_id bytea, new_credential jsonb, new_name text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.api_keys(only_key uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.api_keys(only_key uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.assignable() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.assignable() TO vantage_app;

REVOKE ALL ON FUNCTION auth.await_link_answer(link uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.await_link_answer(link uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.calendar_feed_of(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.calendar_feed_of(person uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.change_member(person uuid, new_role text, new_role_id uuid, new_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.change_member(person uuid, new_role text, new_role_id uuid, new_status text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.change_password(own uuid, new_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.change_password(own uuid, new_hash text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.change_profile(own uuid, new_name text, new_language text, based_on integer) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.change_profile(own uuid, new_name text, new_language text, based_on integer) TO vantage_app;

REVOKE ALL ON FUNCTION auth.confirm_totp(own uuid, step bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.confirm_totp(own uuid, step bigint) TO vantage_app;

REVOKE ALL ON FUNCTION auth.end_other_sessions(own uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.end_other_sessions(own uuid, reason text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.end_session(own uuid, target uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.end_session(own uuid, target uuid, reason text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.extend_patient_link(what_for text, subject uuid, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.extend_patient_link(what_for text, subject uuid, until timestamp with time zone) TO vantage_app;

REVOKE ALL ON FUNCTION auth.has_company() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.has_company() TO vantage_app;

REVOKE ALL ON FUNCTION auth.has_second_factor(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.has_second_factor(person uuid) TO vantage_auth;

REVOKE ALL ON FUNCTION auth.invites(only_invite uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.invites(only_invite uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.is_member(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.is_member(person uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.link_identity(id uuid, issuer text, subject text, email text, session uuid, person uuid, since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.link_identity(id uuid, issuer text, subject text, email text, session uuid, person uuid, since timestamp with time zone) TO vantage_app;

REVOKE ALL ON FUNCTION auth.make_patient_link(new_id uuid, patient uuid, what_for text, subject uuid, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.make_patient_link(new_id uuid, patient uuid, what_for text, subject uuid, until timestamp with time zone) TO vantage_app;

REVOKE ALL ON FUNCTION auth.members(only_person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.members(only_person uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.note_link_answer(link uuid, is_right boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.note_link_answer(link uuid, is_right boolean) TO vantage_app;

REVOKE ALL ON FUNCTION auth.note_seen() FROM PUBLIC;

REVOKE ALL ON FUNCTION auth.person_of(own uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION auth.put_recovery_codes(own uuid, hashes bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.put_recovery_codes(own uuid, hashes bytea[]) TO vantage_app;

REVOKE ALL ON FUNCTION auth.put_totp(own uuid, sealed bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.put_totp(own uuid, sealed bytea) TO vantage_app;

REVOKE ALL ON FUNCTION auth.queue_mail(mail uuid, mail_kind text, sealed bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.queue_mail(mail uuid, mail_kind text, sealed bytea) TO vantage_app;

REVOKE ALL ON FUNCTION auth.remove_passkey(own uuid, target uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.remove_passkey(own uuid, target uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.remove_totp(own uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.remove_totp(own uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.renew_invite(invite uuid, new_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.renew_invite(invite uuid, new_hash bytea) TO vantage_app;

REVOKE ALL ON FUNCTION auth.revoke_api_key(key uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.revoke_api_key(key uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.revoke_calendar_feed(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.revoke_calendar_feed(person uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.revoke_invites(only_invite uuid, inviter uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.revoke_invites(only_invite uuid, inviter uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.revoke_patient_link(what_for text, subject uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.revoke_patient_link(what_for text, subject uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.role_names(ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.role_names(ids uuid[]) TO vantage_app;

REVOKE ALL ON FUNCTION auth.roles(only_role uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.roles(only_role uuid) TO vantage_app;

REVOKE ALL ON FUNCTION auth.save_role(role uuid, new_name text, new_based_on text, new_permissions text[], archived boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.save_role(role uuid, new_name text, new_based_on text, new_permissions text[], archived boolean) TO vantage_app;

REVOKE ALL ON FUNCTION auth.sign_up(practice uuid, slug text, practice_name text, language text, country text, time_zone text, currency text, person uuid, email text, person_name text, password_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.sign_up(practice uuid, slug text, practice_name text, language text, country text, time_zone text, currency text, person uuid, email text, person_name text, password_hash text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.sweep() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.sweep() TO vantage_worker;

REVOKE ALL ON FUNCTION auth.to_tell(people uuid[], in_role text) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.to_tell(people uuid[], in_role text) TO vantage_app;

REVOKE ALL ON FUNCTION auth.unlink_identity(id uuid, person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION auth.unlink_identity(id uuid, person uuid) TO vantage_app;

REVOKE ALL ON FUNCTION claim.backlog() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.backlog() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.busy(wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.busy(wanted integer) TO vantage_platform;

REVOKE ALL ON FUNCTION claim.checkpoint(number bigint, at timestamp with time zone, note text, practices uuid[], sizes bigint[], roots bytea[], places bigint[], proofs bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.checkpoint(number bigint, at timestamp with time zone, note text, practices uuid[], sizes bigint[], roots bytea[], places bigint[], proofs bytea[]) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.checkpoints(after bigint, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.checkpoints(after bigint, wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.code_of(error text) FROM PUBLIC;

REVOKE ALL ON FUNCTION claim.dead_events(of_practice uuid, before_at timestamp with time zone, before_id uuid, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.dead_events(of_practice uuid, before_at timestamp with time zone, before_id uuid, wanted integer) TO vantage_platform;

REVOKE ALL ON FUNCTION claim.due_calls(wanted integer, each_practice integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.due_calls(wanted integer, each_practice integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.due_messages(at timestamp with time zone, wanted integer, each integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.due_messages(at timestamp with time zone, wanted integer, each integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.due_openings(at timestamp with time zone, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.due_openings(at timestamp with time zone, wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.failed_jobs(of_practice uuid, before_at timestamp with time zone, before_id uuid, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.failed_jobs(of_practice uuid, before_at timestamp with time zone, before_id uuid, wanted integer) TO vantage_platform;

REVOKE ALL ON FUNCTION claim.jobs(wanted integer, each integer, lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.jobs(wanted integer, each integer, lease_seconds integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.lanes(wanted integer, each integer, lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.lanes(wanted integer, each integer, lease_seconds integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.lost_calls(before timestamp with time zone, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.lost_calls(before timestamp with time zone, wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.month_practices(month timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.month_practices(month timestamp with time zone) TO vantage_worker;
GRANT ALL ON FUNCTION claim.month_practices(month timestamp with time zone) TO vantage_owner;

REVOKE ALL ON FUNCTION claim.months() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.months() TO vantage_worker;
GRANT ALL ON FUNCTION claim.months() TO vantage_owner;

REVOKE ALL ON FUNCTION claim.newest_checkpoint() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.newest_checkpoint() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.practices_with_rules() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.practices_with_rules() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.queues(practices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.queues(practices uuid[]) TO vantage_platform;

REVOKE ALL ON FUNCTION claim.retirement(practice uuid, before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.retirement(practice uuid, before timestamp with time zone) TO vantage_worker;
GRANT ALL ON FUNCTION claim.retirement(practice uuid, before timestamp with time zone) TO vantage_owner;

REVOKE ALL ON FUNCTION claim.running_jobs(wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.running_jobs(wanted integer) TO vantage_platform;

REVOKE ALL ON FUNCTION claim.runs(now timestamp with time zone, wanted integer, each integer, lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.runs(now timestamp with time zone, wanted integer, each integer, lease_seconds integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.schedules() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.schedules() TO vantage_platform;

REVOKE ALL ON FUNCTION claim.seal(practices uuid[], seqs bigint[], entries uuid[], ats timestamp with time zone[], leaves bytea[], nodes bytea[], bookmark text, last_xid text, last_entry uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.seal(practices uuid[], seqs bigint[], entries uuid[], ats timestamp with time zone[], leaves bytea[], nodes bytea[], bookmark text, last_xid text, last_entry uuid) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.seal_lag() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.seal_lag() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.seal_state() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.seal_state() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.seal_turn() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.seal_turn() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.sweep() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.sweep() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.sweep_exports(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.sweep_exports(at timestamp with time zone) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.sweep_imports(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.sweep_imports(at timestamp with time zone) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.sweep_notices(told_before timestamp with time zone, read_before timestamp with time zone, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.sweep_notices(told_before timestamp with time zone, read_before timestamp with time zone, wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.sweep_webhooks(before timestamp with time zone, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.sweep_webhooks(before timestamp with time zone, wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.timed_workflows(now timestamp with time zone, wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.timed_workflows(now timestamp with time zone, wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.told(practices uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.told(practices uuid[]) TO vantage_platform;

REVOKE ALL ON FUNCTION claim.trees() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.trees() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.turn(schedule text, every_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.turn(schedule text, every_seconds integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.unsealed(wanted integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.unsealed(wanted integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.webhook_backlog() FROM PUBLIC;
GRANT ALL ON FUNCTION claim.webhook_backlog() TO vantage_worker;

REVOKE ALL ON FUNCTION claim.webhooks(wanted integer, each_practice integer, each_endpoint integer, lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.webhooks(wanted integer, each_practice integer, each_endpoint integer, lease_seconds integer) TO vantage_worker;

REVOKE ALL ON FUNCTION claim.without_seal(practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION claim.without_seal(practice uuid) TO vantage_worker;

REVOKE ALL ON FUNCTION sec.enter(session uuid, person uuid, practice uuid, claimed_role text, own_role uuid, own_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter(session uuid, person uuid, practice uuid, claimed_role text, own_role uuid, own_version integer) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_as_administrator(session uuid, person uuid, practice uuid, founding boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_as_administrator(session uuid, person uuid, practice uuid, founding boolean) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_as_system(practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_as_system(practice uuid) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_as_visitor(practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_as_visitor(practice uuid) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_by_feed(feed uuid, person uuid, practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_by_feed(feed uuid, person uuid, practice uuid) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_by_link(link uuid, patient uuid, practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_by_link(link uuid, patient uuid, practice uuid) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_under_grant(access uuid, session uuid, person uuid, practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_under_grant(access uuid, session uuid, person uuid, practice uuid) TO vantage_app;

REVOKE ALL ON FUNCTION sec.enter_with_key(key uuid, practice uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.enter_with_key(key uuid, practice uuid) TO vantage_app;

REVOKE ALL ON FUNCTION sec.take_token(bucket text, burst integer, per_second double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION sec.take_token(bucket text, burst integer, per_second double precision) TO vantage_app;
GRANT ALL ON FUNCTION sec.take_token(bucket text, burst integer, per_second double precision) TO vantage_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE administration.administrator TO vantage_platform;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE administration.challenge TO vantage_platform;

GRANT SELECT ON TABLE administration.founding TO vantage_platform;

GRANT SELECT ON TABLE administration.practice_size TO vantage_platform;

GRANT SELECT,INSERT,UPDATE ON TABLE administration.session TO vantage_platform;

GRANT SELECT ON TABLE administration.support_access TO vantage_platform;

GRANT SELECT,INSERT ON TABLE api.idempotency_key TO vantage_app;
GRANT SELECT,DELETE ON TABLE api.idempotency_key TO vantage_dispatch;

GRANT UPDATE(status) ON TABLE api.idempotency_key TO vantage_app;

GRANT UPDATE(answer) ON TABLE api.idempotency_key TO vantage_app;

GRANT SELECT,INSERT ON TABLE audit.checkpoint TO vantage_dispatch;

GRANT SELECT ON TABLE audit.head TO vantage_app;
GRANT SELECT,INSERT ON TABLE audit.head TO vantage_dispatch;

GRANT SELECT ON TABLE audit.seal TO vantage_app;
GRANT SELECT,INSERT ON TABLE audit.seal TO vantage_dispatch;

GRANT SELECT,INSERT ON TABLE audit_export.chunk TO vantage_app;

GRANT SELECT,INSERT ON TABLE audit_export.request TO vantage_app;
GRANT SELECT,DELETE ON TABLE audit_export.request TO vantage_dispatch;

GRANT UPDATE(run) ON TABLE audit_export.request TO vantage_app;

GRANT UPDATE(chunks) ON TABLE audit_export.request TO vantage_app;

GRANT UPDATE(bytes) ON TABLE audit_export.request TO vantage_app;

GRANT UPDATE(entries) ON TABLE audit_export.request TO vantage_app;

GRANT SELECT ON TABLE auth.api_key TO vantage_auth;

GRANT UPDATE(last_used_at) ON TABLE auth.api_key TO vantage_auth;

GRANT SELECT ON TABLE auth.calendar_feed TO vantage_auth;

GRANT UPDATE(last_read_at) ON TABLE auth.calendar_feed TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.challenge TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.device TO vantage_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE auth.external_identity TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.external_session TO vantage_auth;

GRANT SELECT ON TABLE auth.invite TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.mail TO vantage_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE auth.membership TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.passkey TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.password_reset TO vantage_auth;

GRANT SELECT ON TABLE auth.patient_link TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.recovery_code TO vantage_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE auth.refresh_token TO vantage_auth;

GRANT SELECT ON TABLE auth.role TO vantage_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE auth.session TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.totp TO vantage_auth;

GRANT SELECT,INSERT,UPDATE ON TABLE auth."user" TO vantage_auth;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE automation.cursor TO vantage_app;
GRANT SELECT ON TABLE automation.cursor TO vantage_dispatch;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE automation.rehearsal TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE automation.rehearsal_item TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE automation.run TO vantage_app;
GRANT SELECT,UPDATE ON TABLE automation.run TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE automation.settings TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE automation.step TO vantage_app;

GRANT SELECT,INSERT ON TABLE automation.version TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE automation.wait TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE automation.webhook TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE automation.workflow TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE jobs.bookmark TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE jobs.job TO vantage_app;
GRANT SELECT,DELETE,UPDATE ON TABLE jobs.job TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE jobs.schedule TO vantage_dispatch;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE messaging.attachment TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE messaging.channel TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE messaging.inbox TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE messaging.message TO vantage_app;
GRANT SELECT ON TABLE messaging.message TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE messaging.rule TO vantage_app;
GRANT SELECT ON TABLE messaging.rule TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE messaging.settings TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE messaging.suppression TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE messaging.template TO vantage_app;

GRANT SELECT,INSERT ON TABLE messaging.template_text TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE notices.notice TO vantage_app;
GRANT DELETE ON TABLE notices.notice TO vantage_dispatch;

GRANT SELECT(practice_id) ON TABLE notices.notice TO vantage_dispatch;

GRANT SELECT(id) ON TABLE notices.notice TO vantage_dispatch;

GRANT SELECT(user_id) ON TABLE notices.notice TO vantage_dispatch;

GRANT SELECT(read_at) ON TABLE notices.notice TO vantage_dispatch;

GRANT SELECT(created_at) ON TABLE notices.notice TO vantage_dispatch;

GRANT SELECT,INSERT ON TABLE outbox.event TO vantage_app;
GRANT SELECT,DELETE ON TABLE outbox.event TO vantage_dispatch;

GRANT UPDATE(state) ON TABLE outbox.event TO vantage_app;

GRANT UPDATE(error) ON TABLE outbox.event TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE outbox.lane TO vantage_app;
GRANT SELECT,UPDATE ON TABLE outbox.lane TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.counter TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE patients.duplicate TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.field TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE patients.import TO vantage_app;
GRANT SELECT,DELETE ON TABLE patients.import TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.import_row TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.merge TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.origin TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.patient TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE patients.patient_tag TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.policy TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE patients.relative TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE patients.tag TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE patients.term TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE patients.view TO vantage_app;

GRANT SELECT,INSERT ON TABLE platform.access TO vantage_platform;

GRANT SELECT ON TABLE platform.migration TO vantage_app;
GRANT SELECT ON TABLE platform.migration TO vantage_auth;
GRANT SELECT ON TABLE platform.migration TO vantage_worker;
GRANT SELECT ON TABLE platform.migration TO vantage_platform;

GRANT SELECT ON TABLE platform.practice TO vantage_app;
GRANT SELECT ON TABLE platform.practice TO vantage_auth;
GRANT SELECT ON TABLE platform.practice TO vantage_platform;

GRANT SELECT(practice_id) ON TABLE platform.practice TO vantage_dispatch;

GRANT UPDATE(slug) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(name) ON TABLE platform.practice TO vantage_app;

GRANT SELECT(status) ON TABLE platform.practice TO vantage_dispatch;

GRANT UPDATE(language) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(country) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(time_zone) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(currency) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(version) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(updated_at) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(idle_minutes) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(second_factor) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(invite_hours) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(legal_name) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(vat_number) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(address) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(phone) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(email) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(logo) ON TABLE platform.practice TO vantage_app;

GRANT UPDATE(logo_tag) ON TABLE platform.practice TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE practice.absence TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE practice.closing_day TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE practice.hours TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE practice.location TO vantage_app;

GRANT SELECT,INSERT ON TABLE practice.onboarding TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE practice.provider TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE practice.provider_location TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE practice.provider_service TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE practice.room TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE practice.service TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.appointment TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.booked TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.calcom TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.calcom_booking TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE scheduling.calcom_mapping TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE scheduling.calcom_message TO vantage_app;

GRANT UPDATE(state) ON TABLE scheduling.calcom_message TO vantage_app;

GRANT UPDATE(reason) ON TABLE scheduling.calcom_message TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE scheduling.calcom_reservation TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.calcom_sandbox TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.calcom_uid TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE scheduling.hold TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.offer TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.online TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE scheduling.online_service TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.opening TO vantage_app;
GRANT SELECT ON TABLE scheduling.opening TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.recall TO vantage_app;

GRANT SELECT,INSERT ON TABLE scheduling.recall_attempt TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.recall_rule TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.settings TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.waitlist_settings TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.wish TO vantage_app;

GRANT SELECT,DELETE ON TABLE sec.bucket TO vantage_dispatch;

GRANT SELECT,INSERT ON TABLE sec.data_key TO vantage_app;

GRANT UPDATE(root_key) ON TABLE sec.data_key TO vantage_app;

GRANT UPDATE(wrapped) ON TABLE sec.data_key TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE tasks.task TO vantage_app;

GRANT SELECT,INSERT ON TABLE timeline.entry TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.call TO vantage_app;

GRANT SELECT(practice_id) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(id) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(runtime) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(transport) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(state) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(due_at) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(started_at) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT(created_at) ON TABLE voice.call TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.call_workflow TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice."case" TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.case_import TO vantage_app;
GRANT SELECT,DELETE ON TABLE voice.case_import TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.case_import_row TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE voice.case_term TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.finding TO vantage_app;

GRANT SELECT,INSERT ON TABLE voice.flow TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.retell TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE voice.retell_agent TO vantage_app;

GRANT SELECT,INSERT ON TABLE voice.retell_done TO vantage_app;

GRANT SELECT,INSERT ON TABLE voice.retell_known TO vantage_app;

GRANT SELECT,INSERT,DELETE ON TABLE voice.retell_message TO vantage_app;

GRANT UPDATE(state) ON TABLE voice.retell_message TO vantage_app;

GRANT UPDATE(reason) ON TABLE voice.retell_message TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.retell_order TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE voice.retell_sandbox TO vantage_app;

GRANT SELECT,INSERT ON TABLE voice.schema_version TO vantage_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE voice.secret TO vantage_app;

GRANT SELECT,INSERT ON TABLE voice.turn TO vantage_app;

GRANT SELECT,INSERT ON TABLE webhooks.attempt TO vantage_app;

GRANT SELECT,INSERT ON TABLE webhooks.delivery TO vantage_app;
GRANT SELECT,DELETE ON TABLE webhooks.delivery TO vantage_dispatch;

GRANT UPDATE(state) ON TABLE webhooks.delivery TO vantage_app;
GRANT UPDATE(state) ON TABLE webhooks.delivery TO vantage_dispatch;

GRANT UPDATE(attempts) ON TABLE webhooks.delivery TO vantage_app;

GRANT UPDATE(due_at) ON TABLE webhooks.delivery TO vantage_app;

GRANT UPDATE(finished_at) ON TABLE webhooks.delivery TO vantage_app;

GRANT SELECT,INSERT,UPDATE ON TABLE webhooks.endpoint TO vantage_app;
GRANT DELETE ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT(practice_id) ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT(id) ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT(active) ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT(failing_since) ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT(quiet_until) ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT(deleted_at) ON TABLE webhooks.endpoint TO vantage_dispatch;

GRANT SELECT,INSERT,UPDATE ON TABLE webhooks.lane TO vantage_app;
GRANT SELECT,DELETE,UPDATE ON TABLE webhooks.lane TO vantage_dispatch;

