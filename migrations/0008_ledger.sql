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
-- few, and what one looks for first
create index entry_not_ok on audit.entry (practice_id, at) where outcome <> 'ok';

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
-- no number yet in this one. A plan is made each time: it must know how little is wanted.
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
               exists (select from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id),
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
           exists (select from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id),
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
