-- Who may do what: roles of a practice's own, keys of its programs, what it demands of whoever signs in, and the doors
-- of tenant transactions that check all of it.

-- What the practice demands ------------------------------------------------------------------------------------

alter table platform.practice
    -- minutes without a touch after which a session must be opened anew; 0 for never
    add column idle_minutes int not null default 0
        constraint practice_idle_minutes_check check (idle_minutes = 0 or idle_minutes between 5 and 480),
    -- who must have a second factor: nobody, whoever may see patients, everybody
    add column second_factor text not null default 'patients'
        constraint practice_second_factor_check check (second_factor in ('nobody', 'patients', 'everybody')),
    -- how long an invitation serves
    add column invite_hours int not null default 72
        constraint practice_invite_hours_check check (invite_hours between 1 and 720);
grant update (idle_minutes, second_factor, invite_hours) on platform.practice to vantage_app;

-- People, their sessions and their roles -----------------------------------------------------------------------

-- Somebody who comes in with a passkey or through another provider only has no password.
alter table auth.user alter column password_hash drop not null;

alter table auth.session
    -- when the person last touched something; reading and refreshing do not count
    add column active_at timestamptz not null default now(),
    -- which second factor was given when signing in
    add column second_factor text constraint session_second_factor_check check (second_factor in ('totp', 'passkey')),
    drop constraint session_end_reason_check,
    add constraint session_end_reason_check check (end_reason in (
        'signed_out', 'token_reused', 'expired', 'idle', 'ended_elsewhere', 'password_changed', 'password_reset',
        'switched', 'suspended', 'removed'));

-- A role of the practice's own. It may exactly what it lists; what it is based on says what its holder is (a provider
-- can be booked) and where its list began. Nothing is based on the owner, of whom there must always be one.
create table auth.role (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null constraint role_name_check check (length(name) between 1 and 60),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    based_on text not null constraint role_based_on_check
        check (based_on in ('admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff')),
    permissions text[] not null,
    archived_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (practice_id, id)
);
create unique index role_name_key on auth.role (practice_id, name_key) where archived_at is null;

alter table auth.membership
    add column role_id uuid,
    add column version int not null default 1,
    add column updated_at timestamptz not null default now(),
    -- kept beyond the sessions it comes from
    add column last_seen_at timestamptz,
    add constraint membership_role_fkey foreign key (practice_id, role_id) references auth.role (practice_id, id),
    add constraint membership_owner_check check (role_id is null or role <> 'owner'),
    drop constraint membership_status_check,
    add constraint membership_status_check check (status in ('active', 'suspended', 'removed'));

create function auth.note_seen() returns trigger language plpgsql as $$
begin
    update auth.membership m set last_seen_at = new.active_at
     where m.user_id = new.user_id and m.practice_id = new.practice_id
       and (m.last_seen_at is null or m.last_seen_at < new.active_at);
    return null;
end $$;
create trigger note_seen after insert or update of active_at on auth.session
    for each row execute function auth.note_seen();

-- A key with which a program comes in. Of the key itself only the hash is kept.
create table auth.api_key (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    name text not null constraint api_key_name_check check (length(name) between 1 and 80),
    hash bytea not null constraint api_key_hash_key unique,
    -- the first and last characters, by which people tell keys apart
    prefix text not null,
    last_four text not null,
    scopes text[] not null,
    expires_at timestamptz not null,
    created_by uuid not null references auth.user,
    created_at timestamptz not null default now(),
    -- to the minute
    last_used_at timestamptz,
    revoked_at timestamptz,
    primary key (practice_id, id)
);
grant select on auth.role, auth.api_key to vantage_auth;
grant update (last_used_at) on auth.api_key to vantage_auth;

-- The doors -------------------------------------------------------------------------------------------------------

-- The door of every tenant transaction of a person: sets the practice, in the same round trip as begin, only while
-- the session lives and somebody is there, the membership stands in exactly the role that the token claims, and the
-- practice is active. Each refusal has a code of its own: a session that is over is not one whose rights have changed.
drop function sec.enter(uuid, uuid, uuid, text);
create function sec.enter(
    session uuid, person uuid, practice uuid, claimed_role text, own_role uuid default null, own_version int default null
) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

-- The same door for a program with a key, whose hash was compared when the request came in.
create function sec.enter_with_key(key uuid, practice uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
revoke all on function sec.enter(uuid, uuid, uuid, text, uuid, int), sec.enter_with_key(uuid, uuid) from public;
grant execute on function sec.enter(uuid, uuid, uuid, text, uuid, int), sec.enter_with_key(uuid, uuid) to vantage_app;

alter table audit.entry
    drop constraint entry_actor_kind_check,
    add constraint entry_actor_kind_check check (
        actor_kind in ('user', 'system', 'api_key', 'voice', 'webhook', 'patient', 'break_glass'));
