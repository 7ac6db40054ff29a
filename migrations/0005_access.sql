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

-- Invitations -----------------------------------------------------------------------------------------------------

-- Somebody is asked to join. Of the token in the link only the hash is kept.
create table auth.invite (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- lower-cased by the server
    email text collate "C" not null constraint invite_email_check check (length(email) between 3 and 254),
    name text constraint invite_name_check check (length(name) between 1 and 120),
    role text not null constraint invite_role_check
        check (role in ('owner', 'admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff')),
    role_id uuid,
    language text not null constraint invite_language_check check (language in ('en', 'ar')),
    hash bytea not null constraint invite_hash_key unique,
    -- an open one whose time is over counts as expired; that is written when the person is invited anew
    status text not null default 'open' constraint invite_status_check
        check (status in ('open', 'accepted', 'expired', 'revoked')),
    expires_at timestamptz not null,
    -- null when the platform invites, whose own ledger says who it was
    created_by uuid references auth.user,
    created_at timestamptz not null default now(),
    accepted_by uuid references auth.user,
    closed_at timestamptz,
    version int not null default 1,
    primary key (practice_id, id),
    constraint invite_role_fkey foreign key (practice_id, role_id) references auth.role (practice_id, id),
    constraint invite_owner_check check (role_id is null or role <> 'owner')
);
create unique index invite_open_key on auth.invite (practice_id, email) where status = 'open';
grant select on auth.invite to vantage_auth;

-- What happens to these is in the ledger, or does not happen.
create constraint trigger require_audit after insert or update on auth.role
    deferrable initially deferred for each row execute function sec.require_audit();
create constraint trigger require_audit after insert or update of hash, scopes, revoked_at on auth.api_key
    deferrable initially deferred for each row execute function sec.require_audit();
create constraint trigger require_audit after insert or update of hash, status, role, role_id on auth.invite
    deferrable initially deferred for each row execute function sec.require_audit();

-- What a practice may see and change of all this. The tenants' role cannot reach these tables; each function keeps to
-- the practice of the transaction, and leaves rules to the server, which decides under a lock on the practice.

-- Whether somebody has set up a second factor; there are none before accounts have them.
create function auth.has_second_factor(person uuid) returns boolean language sql stable as $$ select false $$;

-- Everybody who belongs to the practice, or one of them.
create function auth.members(only_person uuid) returns table (
    user_id uuid, name text, name_key text, email text, role text, role_id uuid, role_name text, permissions text[],
    status text, last_seen_at timestamptz, second_factor boolean, open_sessions bigint, joined_at timestamptz, version int)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select u.id, u.name, lower(u.name), u.email, m.role, m.role_id, r.name, r.permissions, m.status, m.last_seen_at,
           auth.has_second_factor(u.id),
           (select count(*) from auth.session s
             where s.user_id = m.user_id and s.practice_id = m.practice_id and s.ended_at is null and s.expires_at > now()),
           m.created_at, m.version
      from auth.membership m join auth.user u on u.id = m.user_id
      left join auth.role r on r.practice_id = m.practice_id and r.id = m.role_id
     where m.practice_id = sec.practice_id() and m.status <> 'removed' and (only_person is null or m.user_id = only_person)
$$;

-- Changes a membership. Whoever is suspended or removed is out at once.
create function auth.change_member(person uuid, new_role text, new_role_id uuid, new_status text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update auth.membership m
       set role = new_role, role_id = new_role_id, status = new_status, version = m.version + 1, updated_at = now()
     where m.practice_id = sec.practice_id() and m.user_id = person;
    if new_status <> 'active' then
        update auth.session s set ended_at = now(), end_reason = new_status
         where s.practice_id = sec.practice_id() and s.user_id = person and s.ended_at is null;
    end if;
end $$;

-- The practice's own roles that are in use, and how many hold each.
create function auth.roles(only_role uuid) returns table (
    id uuid, name text, based_on text, permissions text[], members bigint, open_invites bigint, version int)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select r.id, r.name, r.based_on, r.permissions,
           (select count(*) from auth.membership m
             where m.practice_id = r.practice_id and m.role_id = r.id and m.status <> 'removed'),
           (select count(*) from auth.invite i
             where i.practice_id = r.practice_id and i.role_id = r.id and i.status = 'open' and i.expires_at > now()),
           r.version
      from auth.role r
     where r.practice_id = sec.practice_id() and r.archived_at is null and (only_role is null or r.id = only_role)
$$;

-- Makes a role, or changes it.
create function auth.save_role(role uuid, new_name text, new_based_on text, new_permissions text[], archived boolean)
    returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into auth.role as r (practice_id, id, name, based_on, permissions)
    values (sec.practice_id(), role, new_name, new_based_on, new_permissions)
    on conflict (practice_id, id) do update
       set name = new_name, permissions = new_permissions, version = r.version + 1, updated_at = now(),
           archived_at = case when archived then now() end
$$;

-- Invitations of the practice, or one of them, each in the state that it is in by now.
create function auth.invites(only_invite uuid) returns table (
    id uuid, email text, name text, role text, role_id uuid, role_name text, permissions text[], language text,
    status text, expires_at timestamptz, created_by uuid, created_by_name text, created_at timestamptz, version int)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select i.id, i.email, i.name, i.role, i.role_id, r.name, r.permissions, i.language,
           case when i.status = 'open' and i.expires_at <= now() then 'expired' else i.status end,
           i.expires_at, i.created_by, u.name, i.created_at, i.version
      from auth.invite i left join auth.user u on u.id = i.created_by
      left join auth.role r on r.practice_id = i.practice_id and r.id = i.role_id
     where i.practice_id = sec.practice_id() and (only_invite is null or i.id = only_invite)
$$;

-- Invites somebody, for as long as the practice's policy says. Addresses of those who never came are kept for 90 days.
create function auth.add_invite(
    invite uuid, new_email text, new_name text, new_role text, new_role_id uuid, new_language text, new_hash bytea,
    inviter uuid
) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from auth.invite i
     where i.practice_id = sec.practice_id() and i.status <> 'accepted' and i.expires_at < now() - interval '90 days';
    update auth.invite i set status = 'expired', closed_at = now()
     where i.practice_id = sec.practice_id() and i.email = new_email and i.status = 'open' and i.expires_at <= now();
    insert into auth.invite (practice_id, id, email, name, role, role_id, language, hash, expires_at, created_by)
    select p.practice_id, invite, new_email, new_name, new_role, new_role_id, new_language, new_hash,
           now() + make_interval(hours => p.invite_hours), inviter
      from platform.practice p where p.practice_id = sec.practice_id()
$$;

-- A new link for an invitation, whose time begins anew; the old link is dead.
create function auth.renew_invite(invite uuid, new_hash bytea) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.invite i
       set hash = new_hash, status = 'open', closed_at = null, version = i.version + 1,
           expires_at = now() + make_interval(hours => p.invite_hours)
      from platform.practice p
     where p.practice_id = sec.practice_id() and i.practice_id = p.practice_id and i.id = invite
       and i.status in ('open', 'expired')
$$;

-- Takes back one open invitation, or all that somebody made.
create function auth.revoke_invites(only_invite uuid, inviter uuid) returns setof uuid
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.invite i set status = 'revoked', closed_at = now(), version = i.version + 1
     where i.practice_id = sec.practice_id() and i.status = 'open' and i.expires_at > now()
       and (i.id = only_invite or i.created_by = inviter)
    returning i.id
$$;

-- Somebody comes in by an invitation: account (only a new one; one that exists stays as it is) and membership. Answers
-- what the invitation was found to be; only for 'open' anything happened. Two who race end as one, on the row's lock.
create function auth.accept_invite(
    invite_hash bytea, person uuid, is_new boolean, person_name text, person_language text, person_password_hash text
) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

-- Keys of the practice's programs, or one of them.
create function auth.api_keys(only_key uuid) returns table (
    id uuid, name text, prefix text, last_four text, scopes text[], expires_at timestamptz, created_by uuid,
    created_by_name text, creator_is_here boolean, created_at timestamptz, last_used_at timestamptz, revoked_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select k.id, k.name, k.prefix, k.last_four, k.scopes, k.expires_at, k.created_by, u.name,
           exists (select from auth.membership m
                    where m.user_id = k.created_by and m.practice_id = k.practice_id and m.status = 'active'),
           k.created_at, k.last_used_at, k.revoked_at
      from auth.api_key k join auth.user u on u.id = k.created_by
     where k.practice_id = sec.practice_id() and (only_key is null or k.id = only_key)
$$;

create function auth.add_api_key(
    key uuid, new_name text, new_hash bytea, new_prefix text, new_last_four text, new_scopes text[],
    new_expires_at timestamptz, creator uuid
) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into auth.api_key (practice_id, id, name, hash, prefix, last_four, scopes, expires_at, created_by)
    values (sec.practice_id(), key, new_name, new_hash, new_prefix, new_last_four, new_scopes, new_expires_at, creator)
$$;

create function auth.revoke_api_key(key uuid) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.api_key k set revoked_at = now()
     where k.practice_id = sec.practice_id() and k.id = key and k.revoked_at is null
$$;

revoke all on function auth.has_second_factor(uuid), auth.members(uuid), auth.change_member(uuid, text, uuid, text),
    auth.roles(uuid), auth.save_role(uuid, text, text, text[], boolean), auth.invites(uuid),
    auth.add_invite(uuid, text, text, text, uuid, text, bytea, uuid), auth.renew_invite(uuid, bytea),
    auth.revoke_invites(uuid, uuid), auth.accept_invite(bytea, uuid, boolean, text, text, text), auth.api_keys(uuid),
    auth.add_api_key(uuid, text, bytea, text, text, text[], timestamptz, uuid), auth.revoke_api_key(uuid),
    auth.note_seen() from public;
grant execute on function auth.has_second_factor(uuid) to vantage_auth;
grant execute on function auth.members(uuid), auth.change_member(uuid, text, uuid, text),
    auth.roles(uuid), auth.save_role(uuid, text, text, text[], boolean), auth.invites(uuid),
    auth.add_invite(uuid, text, text, text, uuid, text, bytea, uuid), auth.renew_invite(uuid, bytea),
    auth.revoke_invites(uuid, uuid), auth.accept_invite(bytea, uuid, boolean, text, text, text), auth.api_keys(uuid),
    auth.add_api_key(uuid, text, bytea, text, text, text[], timestamptz, uuid), auth.revoke_api_key(uuid) to vantage_app;
