-- Tasks: things for people to do, entered by people and by automations.

create schema tasks;
grant usage on schema tasks to vantage_app;

create table tasks.task (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    -- what is to be done, and what else is to be known: sealed
    private bytea not null,
    patient_id uuid,
    -- whose it is: a member's, a role's, or nobody's
    user_id uuid,
    role text check (role in ('owner', 'admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff')),
    role_id uuid,
    -- by the practice's clocks
    due_on date,
    due_time time,
    -- when it is too late, by the same clocks; what has no date comes last
    due_key timestamp not null generated always as
        (coalesce(due_on + coalesce(due_time, time '24:00'), timestamp '9999-12-31 00:00')) stored,
    priority text not null check (priority in ('normal', 'high')),
    status text not null check (status in ('open', 'done')),
    done_at timestamptz,
    done_by uuid,
    -- who entered it, and what it came of
    source text not null check (source in ('person', 'workflow')),
    source_id uuid,
    created_by uuid,
    deleted_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (practice_id, id),
    constraint task_assignee check (num_nonnulls(user_id, role, role_id) <= 1),
    constraint task_time_of_day check (due_time is null or due_on is not null),
    constraint task_done check ((status = 'done') = (done_at is not null)),
    constraint task_of_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id)
);
create index task_open on tasks.task (practice_id, due_key, id) where status = 'open' and deleted_at is null;
create index task_done on tasks.task (practice_id, done_at, id) where status = 'done' and deleted_at is null;
create index task_of_patient on tasks.task (practice_id, patient_id, due_key, id) where patient_id is not null;
alter table tasks.task enable row level security;
alter table tasks.task force row level security;
create policy tenant on tasks.task
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert, update on tasks.task to vantage_app;
create constraint trigger require_audit after insert or update on tasks.task
    deferrable initially deferred for each row execute function sec.require_audit();

-- Whom something can be given to: members who can come in, and the practice's own roles that are in use.
create function auth.assignable() returns table (kind text, id uuid, name text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select 'person', u.id, u.name from auth.membership m join auth.user u on u.id = m.user_id
     where m.practice_id = sec.practice_id() and m.status = 'active'
    union all
    select 'own_role', r.id, r.name from auth.role r
     where r.practice_id = sec.practice_id() and r.archived_at is null $$;
-- What roles of the practice's own are or were called.
create function auth.role_names(ids uuid[]) returns table (id uuid, name text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select r.id, r.name from auth.role r where r.practice_id = sec.practice_id() and r.id = any(ids) $$;
revoke all on function auth.assignable(), auth.role_names(uuid[]) from public;
grant execute on function auth.assignable(), auth.role_names(uuid[]) to vantage_app;
