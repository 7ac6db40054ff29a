-- The roles that everything else stands on. Runs as whoever migrates; every later file runs as vantage_owner.
-- Roles belong to the whole server, so a second database on it finds them in place.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['vantage_owner', 'vantage_dispatch'] loop
        begin
            execute format('create role %I nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication', wanted);
        exception when duplicate_object or unique_violation then null;
        end;
    end loop;
    foreach wanted in array array['vantage_app', 'vantage_auth', 'vantage_worker', 'vantage_platform'] loop
        begin
            execute format('create role %I login nosuperuser nobypassrls nocreatedb nocreaterole noreplication', wanted);
        exception when duplicate_object or unique_violation then null;
        end;
    end loop;
    -- whoever migrates must be able to become the two that own things
    if not pg_has_role(current_user, 'vantage_owner', 'member') then
        execute format('grant vantage_owner to %I', current_user);
    end if;
    if not pg_has_role(current_user, 'vantage_dispatch', 'member') then
        execute format('grant vantage_dispatch to %I', current_user);
    end if;
    if not pg_has_role('vantage_owner', 'vantage_dispatch', 'member') then
        grant vantage_dispatch to vantage_owner;
    end if;
end $$;

revoke all on schema public from public;

-- Applied migrations. Every role may read them: a server checks them before it starts.
create schema platform authorization vantage_owner;
create table platform.migration (
    version int primary key,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now()
);
alter table platform.migration owner to vantage_owner;
grant usage on schema platform to vantage_app, vantage_auth, vantage_worker, vantage_platform;
grant select on platform.migration to vantage_app, vantage_auth, vantage_worker, vantage_platform;
