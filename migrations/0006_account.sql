-- What people have beyond a password: mail that reaches them, resets, second factors, devices that are known.

-- Mails, most of which come before a practice is known. What they say is sealed with the installation's key.
create table auth.mail (
    id uuid primary key,
    -- null for what concerns an account and no practice
    practice_id uuid references platform.practice,
    kind text not null constraint mail_kind_check check (length(kind) between 1 and 60),
    -- address, subject and body; wiped when it has gone out
    content bytea,
    -- sandbox: kept and shown, as no server for outgoing mail is set
    state text not null default 'queued' constraint mail_state_check check (state in ('queued', 'sent', 'failed', 'sandbox')),
    attempts int not null default 0,
    next_at timestamptz not null default now(),
    -- a code, never what the other server said: that could repeat an address
    error text,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint mail_content_check check (content is not null or state in ('sent', 'failed'))
);
create index mail_due on auth.mail (next_at) where state = 'queued';
create index mail_by_age on auth.mail (created_at);
grant select, insert, update, delete on auth.mail to vantage_auth;

-- Queues a mail with a change of a practice.
create function auth.queue_mail(mail uuid, mail_kind text, sealed bytea) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into auth.mail (id, practice_id, kind, content) values (mail, sec.practice_id(), mail_kind, sealed);
$$;
revoke all on function auth.queue_mail(uuid, text, bytea) from public;
grant execute on function auth.queue_mail(uuid, text, bytea) to vantage_app;

-- A way back in for whoever has forgotten the password. Of the token only the hash is kept.
create table auth.password_reset (
    hash bytea primary key,
    user_id uuid not null references auth.user,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index password_reset_by_user on auth.password_reset (user_id);
create index password_reset_by_age on auth.password_reset (expires_at);
grant select, insert, update, delete on auth.password_reset to vantage_auth;

-- Second factors ------------------------------------------------------------------------------------------------

-- Codes of an authenticator app (RFC 6238).
create table auth.totp (
    user_id uuid primary key references auth.user,
    -- sealed with the installation's key
    seed bytea not null,
    created_at timestamptz not null default now(),
    -- null until a first code has shown that the app has the seed
    confirmed_at timestamptz,
    -- the newest step that was used: no code serves twice
    last_step bigint not null default 0
);

-- For the day when the telephone is gone. Only hashes are kept, and each serves once.
create table auth.recovery_code (
    user_id uuid not null references auth.user,
    hash bytea not null,
    created_at timestamptz not null default now(),
    used_at timestamptz,
    primary key (user_id, hash)
);

-- Passkeys (WebAuthn). The credential holds a public key and a counter, which are not secret.
create table auth.passkey (
    id uuid primary key,
    user_id uuid not null references auth.user,
    credential_id bytea not null constraint passkey_credential_key unique,
    credential jsonb not null,
    name text not null constraint passkey_name_check check (length(name) between 1 and 80),
    created_at timestamptz not null default now(),
    last_used_at timestamptz
);
create index passkey_by_user on auth.passkey (user_id);

-- Whether somebody has set up a second factor, and not only begun to.
create or replace function auth.has_second_factor(person uuid) returns boolean language sql stable as $$
    select exists (select from auth.totp t where t.user_id = person and t.confirmed_at is not null)
        or exists (select from auth.passkey p where p.user_id = person)
$$;

-- A question that was asked of somebody and waits for its answer: a second factor, a passkey. Five minutes.
create table auth.challenge (
    -- of the token that was handed out
    hash bytea primary key,
    kind text not null constraint challenge_kind_check check (kind in ('second_factor', 'passkey', 'add_passkey')),
    -- null where the answer says who it is
    user_id uuid references auth.user,
    practice_id uuid references platform.practice,
    -- what the answer is checked against, sealed with the installation's key
    state bytea,
    wrong int not null default 0,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '5 minutes',
    used_at timestamptz
);
create index challenge_by_age on auth.challenge (expires_at);

-- Browsers in which somebody has signed in before, by a cookie of which only the hash is kept.
create table auth.device (
    user_id uuid not null references auth.user,
    hash bytea not null,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    primary key (user_id, hash)
);
create index device_by_age on auth.device (last_seen_at);

grant select, insert, update, delete on auth.totp, auth.recovery_code, auth.passkey, auth.challenge, auth.device to vantage_auth;

-- What people change of their own account, inside a transaction of the practice that they are signed in to, so that the
-- ledger says it or it did not happen. Each function takes the caller's own session and reaches no other account.

create function auth.person_of(own uuid) returns uuid language plpgsql stable as $$
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
revoke all on function auth.person_of(uuid) from public;

-- Null when somebody else was faster.
create function auth.change_profile(own uuid, new_name text, new_language text, based_on int) returns int
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.user set name = new_name, language = new_language, version = version + 1
     where id = auth.person_of(own) and version = based_on returning version
$$;

create function auth.change_password(own uuid, new_hash text) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.user set password_hash = new_hash, version = version + 1 where id = auth.person_of(own);
    update auth.password_reset set used_at = now() where user_id = auth.person_of(own) and used_at is null;
    -- a question that waits was asked behind the old password
    update auth.challenge set used_at = now() where user_id = auth.person_of(own) and used_at is null;
$$;

-- Ends one session of the caller, in whichever practice. False when it is nobody's, another's, or over.
create function auth.end_session(own uuid, target uuid, reason text) returns boolean
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with ended as (
        update auth.session set ended_at = now(), end_reason = reason
         where id = target and user_id = auth.person_of(own) and ended_at is null and expires_at > now() returning id
    )
    select exists (select from ended)
$$;

-- Ends all of the caller's sessions but this one.
create function auth.end_other_sessions(own uuid, reason text) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    update auth.session set ended_at = now(), end_reason = reason
     where id <> own and user_id = auth.person_of(own) and ended_at is null and expires_at > now()
$$;

-- Replaces a seed that was not confirmed; false when one that was is in use.
create function auth.put_totp(own uuid, sealed bytea) returns boolean
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with put as (
        insert into auth.totp as t (user_id, seed) values (auth.person_of(own), sealed)
        on conflict (user_id) do update set seed = sealed, created_at = now(), last_step = 0 where t.confirmed_at is null
        returning user_id
    )
    select exists (select from put)
$$;

-- The first right code: the seed holds, and the session counts as one with a second factor.
create function auth.confirm_totp(own uuid, step bigint) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update auth.totp set confirmed_at = now(), last_step = step where user_id = auth.person_of(own) and confirmed_at is null;
    if not found then
        return false;
    end if;
    update auth.session set second_factor = 'totp' where id = own;
    return true;
end $$;

create function auth.remove_totp(own uuid) returns boolean
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (
        delete from auth.totp where user_id = auth.person_of(own) and confirmed_at is not null returning user_id
    )
    select exists (select from gone)
$$;

-- Puts these in place of all earlier ones.
create function auth.put_recovery_codes(own uuid, hashes bytea[]) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from auth.recovery_code where user_id = auth.person_of(own);
    insert into auth.recovery_code (user_id, hash) select auth.person_of(own), unnest(hashes);
$$;

create function auth.add_passkey(own uuid, new_id uuid, new_credential_id bytea, new_credential jsonb, new_name text) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into auth.passkey (id, user_id, credential_id, credential, name)
    values (new_id, auth.person_of(own), new_credential_id, new_credential, new_name);
    update auth.session set second_factor = 'passkey' where id = own;
$$;

create function auth.remove_passkey(own uuid, target uuid) returns boolean
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (delete from auth.passkey where id = target and user_id = auth.person_of(own) returning id)
    select exists (select from gone)
$$;

revoke all on function auth.change_profile(uuid, text, text, int), auth.change_password(uuid, text),
    auth.end_session(uuid, uuid, text), auth.end_other_sessions(uuid, text), auth.put_totp(uuid, bytea),
    auth.confirm_totp(uuid, bigint), auth.remove_totp(uuid), auth.put_recovery_codes(uuid, bytea[]),
    auth.add_passkey(uuid, uuid, bytea, jsonb, text), auth.remove_passkey(uuid, uuid) from public;
grant execute on function auth.change_profile(uuid, text, text, int), auth.change_password(uuid, text),
    auth.end_session(uuid, uuid, text), auth.end_other_sessions(uuid, text), auth.put_totp(uuid, bytea),
    auth.confirm_totp(uuid, bigint), auth.remove_totp(uuid), auth.put_recovery_codes(uuid, bytea[]),
    auth.add_passkey(uuid, uuid, bytea, jsonb, text), auth.remove_passkey(uuid, uuid) to vantage_app;
