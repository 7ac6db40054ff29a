-- What comes in without an account: a patient by the link that was sent to them, a calendar program by its address.

-- A link for one patient and one thing. Of its token nothing is kept: it is this id and what a key of the practice makes
-- of it.
create table auth.patient_link (
    practice_id uuid not null references platform.practice,
    id uuid not null constraint patient_link_id_key unique,
    patient_id uuid not null,
    -- what it is for, and which one
    purpose text not null constraint patient_link_purpose_check check (purpose in ('appointment', 'offer')),
    subject_id uuid not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    -- answers since the last right one that were not, and until when none is taken
    wrong int not null default 0 check (wrong >= 0),
    locked_until timestamptz,
    primary key (practice_id, id),
    constraint patient_link_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create unique index patient_link_live_key on auth.patient_link (practice_id, purpose, subject_id) where revoked_at is null;
create index patient_link_by_end on auth.patient_link (expires_at);
grant select on auth.patient_link to vantage_auth;

-- The address under which a calendar program reads a provider's schedule. Of its token only the hash is kept.
create table auth.calendar_feed (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    user_id uuid not null references auth.user,
    hash bytea not null constraint calendar_feed_hash_key unique,
    created_at timestamptz not null default now(),
    -- to the hour
    last_read_at timestamptz,
    revoked_at timestamptz,
    primary key (practice_id, id)
);
create unique index calendar_feed_live_key on auth.calendar_feed (practice_id, user_id) where revoked_at is null;
grant select on auth.calendar_feed to vantage_auth;
grant update (last_read_at) on auth.calendar_feed to vantage_auth;

-- What happens to these is in the ledger, or does not happen.
create constraint trigger require_audit after insert or update on auth.patient_link
    deferrable initially deferred for each row execute function sec.require_audit();
create constraint trigger require_audit after insert or update of hash, revoked_at on auth.calendar_feed
    deferrable initially deferred for each row execute function sec.require_audit();

alter table audit.entry
    drop constraint entry_actor_kind_check,
    add constraint entry_actor_kind_check check (actor_kind in
        ('user', 'system', 'api_key', 'voice', 'webhook', 'patient', 'calendar_feed', 'break_glass', 'platform'));

-- The doors -------------------------------------------------------------------------------------------------------

-- The door of a patient's transaction: while the link serves and the practice is active. Whatever is against it, the
-- refusal is the same.
create function sec.enter_by_link(link uuid, patient uuid, practice uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from auth.patient_link l join platform.practice p on p.practice_id = l.practice_id
      where l.practice_id = practice and l.id = link and l.patient_id = patient and l.revoked_at is null
        and l.expires_at > now() and p.status = 'active';
    if not found then
        raise exception 'the link does not serve' using errcode = 'VT412';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

-- The door of a calendar program: while its address serves, whose schedule it shows works here, and the practice is
-- active. It only reads.
create function sec.enter_by_feed(feed uuid, person uuid, practice uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

-- What a practice does with links. Each function keeps to the practice of the transaction.

-- Makes a link, or finds the one that there is and has it end then. Nothing when that one is another patient's.
create function auth.make_patient_link(new_id uuid, patient uuid, what_for text, subject uuid, until timestamptz) returns uuid
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into auth.patient_link as l (practice_id, id, patient_id, purpose, subject_id, expires_at)
    values (sec.practice_id(), new_id, patient, what_for, subject, until)
    on conflict (practice_id, purpose, subject_id) where revoked_at is null
       do update set expires_at = excluded.expires_at where l.patient_id = excluded.patient_id
    returning l.id
$$;

-- Has a link end then, if there is one.
create function auth.extend_patient_link(what_for text, subject uuid, until timestamptz) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.patient_link l set expires_at = until
     where l.practice_id = sec.practice_id() and l.purpose = what_for and l.subject_id = subject and l.revoked_at is null
       and l.expires_at <> until
$$;

-- Ends a link at once; which one it was.
create function auth.revoke_patient_link(what_for text, subject uuid) returns uuid
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.patient_link l set revoked_at = now()
     where l.practice_id = sec.practice_id() and l.purpose = what_for and l.subject_id = subject and l.revoked_at is null
    returning l.id
$$;

-- Until when no answer is taken; null when one is. Others who answer wait until this one has been judged.
create function auth.await_link_answer(link uuid) returns timestamptz
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select case when l.locked_until > now() then l.locked_until end from auth.patient_link l
     where l.practice_id = sec.practice_id() and l.id = link for update
$$;

-- Counts an answer. Every fifth wrong one in a row locks the link for an hour, the twentieth ends it.
create function auth.note_link_answer(link uuid, is_right boolean) returns table (wrong int, locked_until timestamptz)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.patient_link l
       set wrong = case when is_right then 0 else l.wrong + 1 end,
           locked_until = case when not is_right and (l.wrong + 1) % 5 = 0 then now() + interval '1 hour' end,
           revoked_at = case when not is_right and l.wrong + 1 >= 20 then now() end
     where l.practice_id = sec.practice_id() and l.id = link and l.revoked_at is null
    returning l.wrong, l.locked_until
$$;

-- And with calendars.

create function auth.calendar_feed_of(person uuid) returns table (created_at timestamptz, last_read_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select f.created_at, f.last_read_at from auth.calendar_feed f
     where f.practice_id = sec.practice_id() and f.user_id = person and f.revoked_at is null
$$;

-- Ends the address of a provider's calendar, if there is one; whether there was.
create function auth.revoke_calendar_feed(person uuid) returns boolean
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (
        update auth.calendar_feed f set revoked_at = now()
         where f.practice_id = sec.practice_id() and f.user_id = person and f.revoked_at is null returning f.id
    )
    select exists (select from gone)
$$;

create function auth.add_calendar_feed(new_id uuid, person uuid, new_hash bytea) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into auth.calendar_feed (practice_id, id, user_id, hash) values (sec.practice_id(), new_id, person, new_hash)
$$;

-- What is over for a month goes: sessions, and links.
create or replace function auth.sweep() returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
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

revoke all on function sec.enter_by_link(uuid, uuid, uuid), sec.enter_by_feed(uuid, uuid, uuid),
    auth.make_patient_link(uuid, uuid, text, uuid, timestamptz), auth.extend_patient_link(text, uuid, timestamptz),
    auth.revoke_patient_link(text, uuid), auth.await_link_answer(uuid), auth.note_link_answer(uuid, boolean),
    auth.calendar_feed_of(uuid), auth.revoke_calendar_feed(uuid), auth.add_calendar_feed(uuid, uuid, bytea) from public;
grant execute on function sec.enter_by_link(uuid, uuid, uuid), sec.enter_by_feed(uuid, uuid, uuid),
    auth.make_patient_link(uuid, uuid, text, uuid, timestamptz), auth.extend_patient_link(text, uuid, timestamptz),
    auth.revoke_patient_link(text, uuid), auth.await_link_answer(uuid), auth.note_link_answer(uuid, boolean),
    auth.calendar_feed_of(uuid), auth.revoke_calendar_feed(uuid), auth.add_calendar_feed(uuid, uuid, bytea) to vantage_app;

-- How often the patients themselves have moved a visit, which practices limit.
alter table scheduling.appointment add column patient_moves int not null default 0 check (patient_moves between 0 and moves);
