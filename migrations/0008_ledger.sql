-- The ledger is sealed: each entry becomes a leaf of its practice's Merkle tree (RFC 6962), whose heads are signed about
-- twice a second. Sealing follows the commits and takes no part in them, so it makes nobody wait.

create function audit.part(field text) returns bytea language sql stable parallel safe as $$
    select coalesce(int4send(octet_length(convert_to(field, 'UTF8'))) || convert_to(field, 'UTF8'), '\xffffffff') $$;

-- The leaf of an entry: SHA-256 over a zero byte, then every field as its length in bytes (four of them, the highest
-- first; -1 for null) and its text in UTF-8. What a change holds is hashed as it lies there, sealed with the practice's
-- key: when that key is destroyed, the ledger still verifies.
create function audit.leaf(e audit.entry) returns bytea language sql stable parallel safe as $$
    select sha256('\x00'::bytea || audit.part('vantage.audit.1') || audit.part(e.practice_id::text)
        || audit.part((extract(epoch from e.at) * 1000000)::bigint::text) || audit.part(e.id::text)
        || audit.part(e.xid::text) || audit.part(e.request_id::text) || audit.part(e.actor_kind)
        || audit.part(e.actor_id::text) || audit.part(e.action) || audit.part(e.resource_type)
        || audit.part(e.resource_id::text) || audit.part(e.patient_id::text) || audit.part(e.outcome)
        || audit.part(e.ip) || audit.part(e.user_agent) || audit.part(e.detail::text) || audit.part(e.changes::text)) $$;

-- A reference to the practice would lock its row for every entry, which took a fifth of the rate. The practice of an
-- entry is that of the transaction, which sec.enter has looked up and row-level security holds it to.
alter table audit.entry drop constraint entry_practice_id_fkey;

-- The sealer goes by transactions: sequences and clocks do not follow the order of commits.
create index entry_by_xid on audit.entry (xid, id);
create index entry_by_patient on audit.entry (practice_id, patient_id, at) where patient_id is not null;
create index entry_by_actor on audit.entry (practice_id, actor_id, at);
create index entry_by_action on audit.entry (practice_id, action, at);
-- a record is looked for by its number alone, and a kind of record without one
create index entry_by_record on audit.entry (practice_id, resource_id, at) where resource_id is not null;
drop index audit.entry_by_resource;
create index entry_by_kind on audit.entry (practice_id, resource_type, at);
-- few, and what one looks for first
create index entry_not_ok on audit.entry (practice_id, outcome, at) where outcome <> 'ok';

-- A leaf in its practice's tree. Stays when the entry leaves after its years: it is a hash, and the tree still verifies.
create table audit.seal (
    practice_id uuid not null,
    -- from 0, without gaps
    seq bigint not null check (seq >= 0),
    entry_id uuid not null,
    entry_at timestamptz not null,
    leaf bytea not null check (octet_length(leaf) = 32),
    -- hashes of the complete subtrees that this leaf completes, from level 1 upwards
    nodes bytea not null check (octet_length(nodes) % 32 = 0),
    sealed_at timestamptz not null default clock_timestamp(),
    primary key (practice_id, seq),
    constraint seal_entry_key unique (practice_id, entry_id)
);
alter table audit.seal enable row level security;
alter table audit.seal force row level security;
create policy tenant on audit.seal to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy seal on audit.seal to vantage_dispatch using (true) with check (true);
grant select on audit.seal to vantage_app;
grant select, insert on audit.seal to vantage_dispatch;

-- The size and root of a practice's tree, as a checkpoint signed them: proof leads from there to the checkpoint's root.
create table audit.head (
    practice_id uuid not null,
    size bigint not null check (size > 0),
    root bytea not null check (octet_length(root) = 32),
    checkpoint bigint not null,
    place bigint not null,
    proof bytea not null check (octet_length(proof) % 32 = 0),
    primary key (practice_id, size)
);
alter table audit.head enable row level security;
alter table audit.head force row level security;
create policy tenant on audit.head to vantage_app
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy seal on audit.head to vantage_dispatch using (true) with check (true);
grant select on audit.head to vantage_app;
grant select, insert on audit.head to vantage_dispatch;

-- A signed note over the heads of all practices (C2SP signed-note, tlog-checkpoint). Also in a file outside of here.
create table audit.checkpoint (
    number bigint primary key,
    at timestamptz not null,
    note text not null
);
grant select, insert on audit.checkpoint to vantage_dispatch;

create trigger append_only before update or delete on audit.seal for each row execute function audit.refuse_change();
create trigger append_only before update or delete on audit.head for each row execute function audit.refuse_change();
create trigger append_only before update or delete on audit.checkpoint for each row execute function audit.refuse_change();
create trigger no_truncate before truncate on audit.seal for each statement execute function audit.refuse_change();
create trigger no_truncate before truncate on audit.head for each statement execute function audit.refuse_change();
create trigger no_truncate before truncate on audit.checkpoint for each statement execute function audit.refuse_change();

-- How far the sealer has come: everything up to this transaction and entry is sealed. No evidence, only a bookmark: what
-- was sealed already is not sealed again even without it.
create table jobs.bookmark (
    name text primary key,
    xid xid8 not null,
    id uuid not null
);
insert into jobs.bookmark (name, xid, id) values ('seal', '0', '00000000-0000-0000-0000-000000000000');
grant select, insert, update, delete on jobs.bookmark to vantage_dispatch;

create policy seal on audit.entry for select to vantage_dispatch using (true);
grant usage on schema audit to vantage_dispatch;
grant select on audit.entry to vantage_dispatch;

-- Lists that several patients were on.
create index entry_of_lists on audit.entry (practice_id, at) where action = 'read' and patient_id is null;

-- Names for the ledger: of people who are or were members of this practice, and of its keys for programs.
create function auth.actor_names(ids uuid[]) returns table (id uuid, name text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select u.id, u.name from auth.user u
      join auth.membership m on m.user_id = u.id and m.practice_id = sec.practice_id()
     where u.id = any(ids)
    union all
    select k.id, k.name from auth.api_key k where k.practice_id = sec.practice_id() and k.id = any(ids) $$;
revoke all on function auth.actor_names(uuid[]) from public;
grant execute on function auth.actor_names(uuid[]) to vantage_app;

-- A checkpoint tells nothing of any practice: how many there are, and one hash over all of them.
create function audit.checkpoint_note(wanted bigint) returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select c.note from audit.checkpoint c where c.number = wanted $$;
create function audit.newest_checkpoint() returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select c.note from audit.checkpoint c order by c.number desc limit 1 $$;
revoke all on function audit.checkpoint_note(bigint), audit.newest_checkpoint() from public;
grant execute on function audit.checkpoint_note(bigint), audit.newest_checkpoint() to vantage_app;

-- Taking the ledger out ---------------------------------------------------------------------------------------------

create schema audit_export;
grant usage on schema audit_export to vantage_app, vantage_dispatch;

-- What somebody asked for, and the job that makes it. It is there for some hours, and the ledger says for ever that it was
-- asked for and taken.
create table audit_export.request (
    practice_id uuid not null references platform.practice,
    id uuid not null,
    job_id uuid not null,
    format text collate "C" not null constraint request_format_check check (format in ('csv', 'fhir', 'bundle')),
    created_by uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- which try of the job was finished; its chunks are the file
    run uuid,
    chunks int not null default 0,
    bytes bigint not null default 0,
    entries bigint not null default 0,
    primary key (practice_id, id),
    constraint request_job_fkey foreign key (practice_id, job_id) references jobs.job on delete cascade
);
create index request_by_age on audit_export.request (expires_at);
create index request_by_job on audit_export.request (practice_id, job_id);
alter table audit_export.request enable row level security;
alter table audit_export.request force row level security;
create policy tenant on audit_export.request
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
create policy sweep on audit_export.request to vantage_dispatch using (true);
grant select, insert on audit_export.request to vantage_app;
grant update (run, chunks, bytes, entries) on audit_export.request to vantage_app;
grant select, delete on audit_export.request to vantage_dispatch;
create constraint trigger require_audit after insert on audit_export.request
    deferrable initially deferred for each row execute function sec.require_audit();

-- Pieces of the file in order, each sealed with the practice's key to its place.
create table audit_export.chunk (
    practice_id uuid not null references platform.practice,
    request_id uuid not null,
    run uuid not null,
    number int not null check (number >= 0),
    body bytea not null,
    primary key (practice_id, request_id, run, number),
    constraint chunk_request_fkey foreign key (practice_id, request_id) references audit_export.request on delete cascade
);
alter table audit_export.chunk enable row level security;
alter table audit_export.chunk force row level security;
create policy tenant on audit_export.chunk
    using (practice_id = (select sec.practice_id())) with check (practice_id = (select sec.practice_id()));
grant select, insert on audit_export.chunk to vantage_app;

set local role vantage_dispatch;

-- One sealer at a time, until its transaction ends; null for any other. Answers how far the last one came, by which it
-- knows whether what it remembers of the trees is still true.
create function claim.seal_turn() returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if pg_try_advisory_xact_lock(7246153922) then
        -- a statement after the lock, which sees what was committed under it
        return (select string_agg(b::text, ' ' order by b.name) from jobs.bookmark b);
    end if;
    return null;
end $$;

-- The next entries in the order of their transactions, with their leaves; never one whose transaction, or an earlier
-- one, might still commit. A database that was dumped and restored counts its transactions anew: then the walk begins
-- again, passing by what is sealed, and first takes what the former life left over: entries of transactions that have
-- no number yet in this one. A plan is made each time: it must know how little is wanted. Seals are looked up entry by
-- entry: `exists` may have all of them read.
create function claim.unsealed(wanted int)
    returns table (practice_id uuid, entry_id uuid, entry_at timestamptz, leaf bytea, is_sealed boolean, xid text, bookmark text)
    language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    mark record;
begin
    with anew as (
        update jobs.bookmark b set xid = '0', id = '00000000-0000-0000-0000-000000000000'
         where b.name = 'seal' and b.xid > pg_snapshot_xmin(pg_current_snapshot()) returning 1
    )
    insert into jobs.bookmark (name, xid, id)
    select 'seal.former', '0', '00000000-0000-0000-0000-000000000000' from anew on conflict do nothing;
    select b.xid, b.id into mark from jobs.bookmark b where b.name = 'seal.former';
    if found then
        return query
        select e.practice_id, e.id, e.at, audit.leaf(e),
               (select true from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id) is not null,
               e.xid::text, 'seal.former'
          from audit.entry e
         where (e.xid, e.id) > (mark.xid, mark.id) and e.xid >= pg_snapshot_xmax(pg_current_snapshot())
         order by e.xid, e.id limit wanted;
        if found then
            return;
        end if;
        delete from jobs.bookmark b where b.name = 'seal.former';
    end if;
    select b.xid, b.id into mark from jobs.bookmark b where b.name = 'seal';
    return query
    select e.practice_id, e.id, e.at, audit.leaf(e),
           (select true from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id) is not null,
           e.xid::text, 'seal'
      from audit.entry e
     where (e.xid, e.id) > (mark.xid, mark.id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by e.xid, e.id limit wanted;
end $$;

-- Seals, and moves the bookmark; answers as claim.seal_turn does.
create function claim.seal(
    practices uuid[], seqs bigint[], entries uuid[], ats timestamptz[], leaves bytea[], nodes bytea[],
    bookmark text, last_xid text, last_entry uuid
) returns text
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into audit.seal (practice_id, seq, entry_id, entry_at, leaf, nodes)
    select * from unnest(practices, seqs, entries, ats, leaves, nodes);
    update jobs.bookmark b set xid = last_xid::xid8, id = last_entry where b.name = bookmark;
    select string_agg(b::text, ' ' order by b.name) from jobs.bookmark b;
$$;

-- Every practice's tree: its size, the hashes of its complete subtrees from the largest to the smallest, and the size
-- that was last signed.
create function claim.trees() returns table (practice_id uuid, size bigint, peaks bytea[], signed bigint)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive known as (
        (select s.practice_id as id from audit.seal s order by s.practice_id limit 1)
        union all
        select (select s.practice_id from audit.seal s where s.practice_id > k.id order by s.practice_id limit 1)
          from known k where k.id is not null
    ), tree as (
        select k.id, (select s.seq + 1 from audit.seal s where s.practice_id = k.id order by s.seq desc limit 1) as size
          from known k where k.id is not null
    )
    select t.id, t.size,
           (select array_agg(case when level = 0 then s.leaf else substr(s.nodes, (level - 1) * 32 + 1, 32) end order by level desc)
              from generate_series(0, 62) level
              join audit.seal s on s.practice_id = t.id and s.seq = ((t.size >> level) << level) - 1
             where (t.size >> level) & 1 = 1),
           (select h.size from audit.head h where h.practice_id = t.id order by h.size desc limit 1)
      from tree t
$$;

create function claim.newest_checkpoint() returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select max(c.number) from audit.checkpoint c $$;

create function claim.checkpoint(
    number bigint, at timestamptz, note text,
    practices uuid[], sizes bigint[], roots bytea[], places bigint[], proofs bytea[]
) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into audit.checkpoint (number, at, note) values (number, at, note);
    insert into audit.head (practice_id, size, root, checkpoint, place, proof)
    select h.practice, h.size, h.root, number, h.place, h.proof
      from unnest(practices, sizes, roots, places, proofs) h (practice, size, root, place, proof);
$$;

-- For how long the oldest entry has waited, and since when there has been a transaction that all wait for.
create function claim.seal_lag() returns double precision
    language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    mark record;
begin
    select b.xid, b.id into mark from jobs.bookmark b where b.name = 'seal';
    return coalesce((
        select extract(epoch from clock_timestamp() - e.at) from audit.entry e
         where (e.xid, e.id) > (mark.xid, mark.id) order by e.xid, e.id limit 1), 0);
end $$;

-- For verification: signed notes in order, and ids of entries that have no seal, the oldest first; passed are those
-- whose transaction the sealer has left behind.
create function claim.checkpoints(after bigint, wanted int) returns table (number bigint, note text)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select c.number, c.note from audit.checkpoint c where c.number > after order by c.number limit wanted $$;

create function claim.without_seal(practice uuid) returns table (entry_id uuid, entry_at timestamptz, is_passed boolean)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select e.id, e.at, (e.xid, e.id) <= (b.xid, b.id) from audit.entry e, jobs.bookmark b
     where e.practice_id = practice and b.name = 'seal'
       and not exists (select from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id)
     order by e.at limit 10000 $$;

-- What has been there for its hours goes, with its pieces.
create function claim.sweep_exports(at timestamptz) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (delete from audit_export.request r where r.expires_at <= at returning 1) select count(*) from gone $$;
revoke all on function claim.sweep_exports(timestamptz) from public;
grant execute on function claim.sweep_exports(timestamptz) to vantage_worker;

-- For retention: the months that have a table, the oldest first; whose entries are in one; and how a practice stands with
-- everything before an instant: entries (as many as there ever were), of these without a seal, whether its ledger says
-- that they go, and whether that is under a signed checkpoint.
create function claim.months() returns table (month timestamptz)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select to_timestamp(substr(c.relname, 7) || ' +00', 'YYYY_MM TZH') as month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit.entry'::regclass and c.relname ~ '^entry_[0-9]{4}_[0-9]{2}$' order by 1 $$;

create function claim.month_practices(month timestamptz) returns table (practice_id uuid)
    language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    until timestamptz := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
begin
    return query
    with recursive known as (
        (select e.practice_id as id from audit.entry e where e.at >= month and e.at < until order by e.practice_id limit 1)
        union all
        select (select e.practice_id from audit.entry e
                 where e.at >= month and e.at < until and e.practice_id > k.id order by e.practice_id limit 1)
          from known k where k.id is not null
    )
    select k.id from known k where k.id is not null;
end $$;

create function claim.retirement(practice uuid, before timestamptz)
    returns table (entries bigint, unsealed bigint, is_written boolean, is_signed boolean)
    language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    select count(*) into entries from audit.seal s where s.practice_id = practice and s.entry_at < before;
    select count(*) into unsealed from audit.entry e
     where e.practice_id = practice and e.at < before
       and not exists (select from audit.seal s where s.practice_id = practice and s.entry_id = e.id);
    select count(*) > 0, coalesce(bool_or(s.seq < (select max(h.size) from audit.head h where h.practice_id = practice)), false)
      into is_written, is_signed
      from audit.entry e left join audit.seal s on s.practice_id = practice and s.entry_id = e.id
     where e.practice_id = practice and e.action = 'retire' and e.resource_type = 'ledger' and e.actor_kind = 'system'
       and (e.detail ->> 'before')::timestamptz = before and (e.detail ->> 'entries')::bigint = entries;
    return next;
end $$;
revoke all on function claim.months(), claim.month_practices(timestamptz), claim.retirement(uuid, timestamptz) from public;
grant execute on function claim.months(), claim.month_practices(timestamptz), claim.retirement(uuid, timestamptz)
    to vantage_worker, vantage_owner;

-- How the sealer stands, in numbers: for how long the oldest entry has waited, and the newest checkpoint.
create function claim.seal_state() returns table (waiting double precision, checkpoint bigint, checkpoint_at timestamptz)
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select claim.seal_lag(), c.number, c.at
      from (values (1)) one left join (select n.number, n.at from audit.checkpoint n order by n.number desc limit 1) c on true $$;
revoke all on function claim.seal_state() from public;
grant execute on function claim.seal_state() to vantage_worker;

revoke all on function claim.checkpoints(bigint, int), claim.without_seal(uuid) from public;
grant execute on function claim.checkpoints(bigint, int), claim.without_seal(uuid) to vantage_worker;
revoke all on function claim.seal_turn(), claim.unsealed(int),
    claim.seal(uuid[], bigint[], uuid[], timestamptz[], bytea[], bytea[], text, text, uuid), claim.trees(),
    claim.newest_checkpoint(),
    claim.checkpoint(bigint, timestamptz, text, uuid[], bigint[], bytea[], bigint[], bytea[]), claim.seal_lag() from public;
grant execute on function claim.seal_turn(), claim.unsealed(int),
    claim.seal(uuid[], bigint[], uuid[], timestamptz[], bytea[], bytea[], text, text, uuid), claim.trees(),
    claim.newest_checkpoint(),
    claim.checkpoint(bigint, timestamptz, text, uuid[], bigint[], bytea[], bigint[], bytea[]), claim.seal_lag() to vantage_worker;
set local role vantage_owner;

-- Entries leave after their years, a month at a time, the oldest first, and only once every practice that has some says
-- so in its own ledger, under a signed checkpoint. What was sealed of them stays.
create function audit.drop_month(month timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    child text := 'entry_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    until timestamptz := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
begin
    if exists (select from claim.months() m where m.month < drop_month.month) then
        raise exception 'an older month is still there';
    end if;
    if exists (select from claim.month_practices(month) p
                where not (select r.is_signed and r.unsealed = 0 from claim.retirement(p.practice_id, until) r)) then
        raise exception 'a practice''s ledger does not say that % leaves', child;
    end if;
    execute format('alter table audit.entry detach partition audit.%I', child);
    execute format('drop table audit.%I', child);
end $$;
revoke all on function audit.drop_month(timestamptz) from public;
grant execute on function audit.drop_month(timestamptz) to vantage_worker;
