-- Notices: what somebody who works here is told, each for one person.

create schema notices;
grant usage on schema notices to vantage_app;

create table notices.notice (
    practice_id uuid not null references platform.practice,
    -- what is told to several at once has one id
    id uuid not null,
    user_id uuid not null,
    -- what it says: sealed
    private bytea not null,
    -- what it is about, where it is about somebody
    patient_id uuid,
    appointment_id uuid,
    -- what it comes of: a run of a workflow, or a note
    source text not null check (source in ('workflow', 'mention')),
    source_id uuid not null,
    -- who wrote the note
    created_by uuid,
    read_at timestamptz,
    created_at timestamptz not null,
    primary key (practice_id, id, user_id),
    constraint notice_about_patient foreign key (practice_id, patient_id) references patients.patient (practice_id, id),
    constraint notice_about_appointment foreign key (practice_id, appointment_id)
        references scheduling.appointment (practice_id, id)
);
create index notice_of_user on notices.notice (practice_id, user_id, created_at, id);
create index notice_unread on notices.notice (practice_id, user_id, created_at) where read_at is null;
create index notice_by_age on notices.notice (created_at);
alter table notices.notice enable row level security;
alter table notices.notice force row level security;
create policy tenant on notices.notice
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy sweep on notices.notice to vantage_dispatch using (true);
grant select, insert, update on notices.notice to vantage_app;
grant usage on schema notices to vantage_dispatch;
grant select (practice_id, id, user_id, read_at, created_at), delete on notices.notice to vantage_dispatch;
create constraint trigger require_audit after insert or update on notices.notice
    deferrable initially deferred for each row execute function sec.require_audit();

-- Whom something is told: a member, everybody in a role (also by one of the practice's own that is based on it), if they can
-- come in; with where a mail goes.
create function auth.to_tell(people uuid[], in_role text)
    returns table (id uuid, name text, email text, language text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select u.id, u.name, u.email, u.language from auth.membership m join auth.user u on u.id = m.user_id
     where m.practice_id = sec.practice_id() and m.status = 'active' and (m.user_id = any(people) or m.role = in_role)
     order by u.id $$;

revoke all on function auth.to_tell(uuid[], text) from public;
grant execute on function auth.to_tell(uuid[], text) to vantage_app;

-- Forgets what was told before an instant, at most so much at once, and what was read before another.
set local role vantage_dispatch;
create function claim.sweep_notices(told_before timestamptz, read_before timestamptz, wanted integer) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (
        delete from notices.notice n using (
            select practice_id, id, user_id from notices.notice
             where created_at < told_before or (created_at < read_before and read_at < read_before)
             order by created_at limit wanted) old
         where n.practice_id = old.practice_id and n.id = old.id and n.user_id = old.user_id
        returning 1)
    select count(*) from gone $$;
revoke all on function claim.sweep_notices(timestamptz, timestamptz, integer) from public;
grant execute on function claim.sweep_notices(timestamptz, timestamptz, integer) to vantage_worker;
set local role vantage_owner;
