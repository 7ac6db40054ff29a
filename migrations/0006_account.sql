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
