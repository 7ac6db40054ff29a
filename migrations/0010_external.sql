-- People that another provider vouches for (OpenID Connect, Supabase), and who they are here. Which practice and which
-- role never come from the provider: only from memberships.

-- A person has one name (issuer, subject) at a provider that never changes hands (OpenID Connect Core §5.7).
create table auth.external_identity (
    id uuid primary key,
    issuer text collate "C" not null check (length(issuer) between 1 and 500),
    subject text collate "C" not null check (length(subject) between 1 and 255),
    user_id uuid not null references auth.user,
    linked_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    constraint external_identity_key unique (issuer, subject)
);
create index external_identity_by_user on auth.external_identity (user_id);

-- Which session of ours stands for one of the provider's whose access tokens come with requests. A session of ours that
-- has ended stays named here, so that it is not opened again by the next token; hence no foreign key.
create table auth.external_session (
    issuer text collate "C" not null check (length(issuer) between 1 and 500),
    external_id text collate "C" not null check (length(external_id) between 1 and 255),
    practice_id uuid not null references platform.practice,
    session_id uuid not null,
    user_id uuid not null references auth.user,
    created_at timestamptz not null default now(),
    primary key (issuer, external_id, practice_id)
);
create index external_session_by_user on auth.external_session (user_id, created_at);

grant select, insert, update on auth.external_identity, auth.external_session to vantage_auth;
grant delete on auth.external_session to vantage_auth;

-- Links a person of a provider to the person of a session that began after the provider vouched, with that person's
-- own password or invitation; the e-mail that the provider checked must be theirs. Answers what came of it.
create function auth.link_identity(
    id uuid, issuer text, subject text, email text, session uuid, person uuid, since timestamptz
) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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

-- Ends a link of a member's own; whether there was one.
create function auth.unlink_identity(id uuid, person uuid) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    delete from auth.external_identity i
     where i.id = unlink_identity.id and i.user_id = person
       and exists (select from auth.membership m where m.user_id = person and m.practice_id = sec.practice_id());
    return found;
end $$;
revoke all on function auth.link_identity(uuid, text, text, text, uuid, uuid, timestamptz),
    auth.unlink_identity(uuid, uuid) from public;
grant execute on function auth.link_identity(uuid, text, text, text, uuid, uuid, timestamptz),
    auth.unlink_identity(uuid, uuid) to vantage_app;
