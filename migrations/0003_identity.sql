-- Who may come in: looked up before a practice is known, and therefore out of reach of the tenants' role.

create schema auth;
grant usage on schema auth to vantage_auth, vantage_app;

create table auth.user (
    id uuid primary key,
    -- lower-cased by the server
    email text collate "C" not null constraint user_email_key unique check (length(email) between 3 and 254),
    name text not null check (length(name) between 1 and 120),
    password_hash text not null,
    language text not null check (language in ('en', 'ar')),
    created_at timestamptz not null default now(),
    version int not null default 1
);

create table auth.membership (
    user_id uuid not null references auth.user,
    practice_id uuid not null references platform.practice,
    role text not null check (role in ('owner', 'admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff')),
    status text not null default 'active' check (status in ('active', 'suspended')),
    created_at timestamptz not null default now(),
    primary key (user_id, practice_id)
);
create index membership_by_practice on auth.membership (practice_id);

-- One sign-in on one device. Refresh tokens of a session are one family.
create table auth.session (
    id uuid primary key,
    user_id uuid not null,
    practice_id uuid not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (end_reason in ('signed_out', 'token_reused', 'expired')),
    ip text,
    user_agent text,
    foreign key (user_id, practice_id) references auth.membership
);
create index session_by_user on auth.session (user_id) where ended_at is null;

create table auth.refresh_token (
    hash bytea primary key,
    session_id uuid not null references auth.session,
    created_at timestamptz not null default now(),
    used_at timestamptz
);
create index refresh_token_by_session on auth.refresh_token (session_id);

grant select, insert, update on auth.user, auth.membership, auth.session, auth.refresh_token to vantage_auth;

-- The door of every tenant transaction of a person: sets the practice, in the same round trip as begin, only while
-- the session lives, the membership stands in that role and the practice is not suspended.
create function sec.enter(session uuid, person uuid, practice uuid, claimed_role text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from auth.session s
      join auth.membership m on m.user_id = s.user_id and m.practice_id = s.practice_id
      join platform.practice p on p.practice_id = s.practice_id
     where s.id = session and s.user_id = person and s.practice_id = practice
       and s.ended_at is null and s.expires_at > now()
       and m.role = claimed_role and m.status = 'active' and p.status = 'active';
    if not found then
        raise exception 'the session has ended' using errcode = 'VT401';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

-- The same door for work without a person (events, jobs): the practice must exist.
create function sec.enter_as_system(practice uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from platform.practice p where p.practice_id = practice;
    if not found then
        raise exception 'there is no such practice' using errcode = 'VT404';
    end if;
    perform set_config('app.practice_id', practice::text, true);
end $$;

-- A clinic signs up: practice, owner and membership in one step, inside the new practice's first transaction.
create function auth.sign_up(
    practice uuid, slug text, practice_name text, language text, country text, time_zone text, currency text,
    person uuid, email text, person_name text, password_hash text
) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into platform.practice (practice_id, slug, name, language, country, time_zone, currency)
    values (practice, slug, practice_name, language, country, time_zone, currency);
    insert into auth.user (id, email, name, password_hash, language)
    values (person, email, person_name, password_hash, language);
    insert into auth.membership (user_id, practice_id, role) values (person, practice, 'owner');
end $$;

-- Forgets sessions that ended a month ago, with their tokens.
create function auth.sweep() returns void
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
$$;
revoke all on function auth.sweep() from public;
grant usage on schema auth to vantage_worker;
grant execute on function auth.sweep() to vantage_worker;

revoke all on function sec.enter(uuid, uuid, uuid, text), sec.enter_as_system(uuid),
    auth.sign_up(uuid, text, text, text, text, text, text, uuid, text, text, text) from public;
grant execute on function sec.enter(uuid, uuid, uuid, text), sec.enter_as_system(uuid),
    auth.sign_up(uuid, text, text, text, text, text, text, uuid, text, text, text) to vantage_app;
