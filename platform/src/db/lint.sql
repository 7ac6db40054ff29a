-- Every row is a mistake. A table with a practice_id is a tenant's, except in schema auth, which is looked up before
-- a practice is known and must therefore be out of reach of the tenants' role altogether.
with relation as (
    select c.oid, n.nspname || '.' || c.relname as name, n.nspname, c.relname, c.relkind, c.relrowsecurity,
           c.relforcerowsecurity, c.relispartition, c.reloptions, c.relowner
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
), tenant as (
    select r.* from relation r
      join pg_attribute a on a.attrelid = r.oid and a.attname = 'practice_id' and not a.attisdropped
     where r.nspname <> 'auth'
), tenant_table as (
    select * from tenant where relkind in ('r', 'p')
), runtime as (
    select oid, rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles
     where rolname in ('vantage_app', 'vantage_auth', 'vantage_worker', 'vantage_platform', 'vantage_dispatch')
), own (expression) as (values ('(practice_id = ( SELECT sec.practice_id() AS practice_id))')
), definer (name) as (values
    ('sec.enter(uuid,uuid,uuid,text,uuid,integer)'), ('sec.enter_with_key(uuid,uuid)'), ('sec.enter_as_system(uuid)'), ('sec.take_token(text,integer,double precision)'),
    ('auth.sign_up(uuid,text,text,text,text,text,text,uuid,text,text,text)'), ('audit.extend_partitions()'),
    ('claim.lanes(integer,integer,integer)'), ('claim.jobs(integer,integer,integer)'), ('claim.turn(text,integer)'),
    ('claim.backlog()'), ('claim.sweep()'), ('auth.sweep()'), ('auth.is_member(uuid)'),
    ('audit.checkpoint_note(bigint)'), ('audit.newest_checkpoint()'), ('claim.seal_turn()'), ('claim.unsealed(integer)'),
    ('claim.seal(uuid[],bigint[],uuid[],timestamp with time zone[],bytea[],bytea[],text,text,uuid)'), ('claim.trees()'),
    ('claim.newest_checkpoint()'), ('claim.seal_lag()'), ('claim.checkpoints(bigint,integer)'), ('claim.without_seal(uuid)'),
    ('claim.checkpoint(bigint,timestamp with time zone,text,uuid[],bigint[],bytea[],bigint[],bytea[])'),
    ('claim.sweep_exports(timestamp with time zone)'), ('claim.sweep_imports(timestamp with time zone)'), ('claim.months()'), ('claim.month_practices(timestamp with time zone)'),
    ('claim.retirement(uuid,timestamp with time zone)'), ('audit.drop_month(timestamp with time zone)'),
    ('claim.seal_state()'), ('claim.webhooks(integer,integer,integer,integer)'), ('claim.webhook_backlog()'),
    ('claim.due_calls(integer,integer)'), ('claim.lost_calls(timestamp with time zone,integer)'),
    ('claim.sweep_webhooks(timestamp with time zone,integer)'), ('claim.due_openings(timestamp with time zone,integer)'),
    ('claim.due_messages(timestamp with time zone,integer,integer)'), ('claim.practices_with_rules()'),
    ('sec.enter_by_link(uuid,uuid,uuid)'), ('sec.enter_by_feed(uuid,uuid,uuid)'),
    ('auth.make_patient_link(uuid,uuid,text,uuid,timestamp with time zone)'), ('auth.extend_patient_link(text,uuid,timestamp with time zone)'),
    ('auth.revoke_patient_link(text,uuid)'), ('auth.await_link_answer(uuid)'), ('auth.note_link_answer(uuid,boolean)'),
    ('auth.calendar_feed_of(uuid)'), ('auth.revoke_calendar_feed(uuid)'), ('auth.add_calendar_feed(uuid,uuid,bytea)'),
    ('auth.queue_mail(uuid,text,bytea)'), ('auth.change_profile(uuid,text,text,integer)'), ('auth.change_password(uuid,text)'),
    ('auth.end_session(uuid,uuid,text)'), ('auth.end_other_sessions(uuid,text)'), ('auth.put_totp(uuid,bytea)'),
    ('auth.confirm_totp(uuid,bigint)'), ('auth.remove_totp(uuid)'), ('auth.put_recovery_codes(uuid,bytea[])'),
    ('auth.add_passkey(uuid,uuid,bytea,jsonb,text)'), ('auth.remove_passkey(uuid,uuid)'),
    ('auth.actor_names(uuid[])'),
    ('auth.has_company()'),
    ('auth.link_identity(uuid,text,text,text,uuid,uuid,timestamp with time zone)'),
    ('sec.enter_under_grant(uuid,uuid,uuid,uuid)'), ('sec.enter_as_visitor(uuid)'), ('administration.open_support(uuid,uuid,uuid,text,integer)'),
    ('administration.end_support(uuid,text)'), ('administration.owners()'), ('administration.supports(timestamp with time zone,uuid,integer,uuid)'),
    ('auth.unlink_identity(uuid,uuid)'),
    ('sec.enter_as_administrator(uuid,uuid,uuid,boolean)'), ('administration.check_staff()'), ('administration.people(uuid[])'),
    ('administration.measure(uuid)'), ('administration.measure_stale(integer)'), ('administration.suspend(text)'),
    ('administration.resume()'), ('administration.set_limits(integer,integer)'), ('administration.invites(uuid,integer)'),
    ('administration.found(uuid,uuid,bytea,text,text,text,text,text,text,integer)'),
    ('administration.record(uuid,uuid,text,text,uuid,text,text)'), ('claim.queues(uuid[])'), ('claim.told(uuid[])'), ('claim.busy(integer)'),
    ('claim.dead_events(uuid,timestamp with time zone,uuid,integer)'), ('claim.running_jobs(integer)'),
    ('claim.failed_jobs(uuid,timestamp with time zone,uuid,integer)'), ('claim.schedules()'),
    ('auth.members(uuid)'), ('auth.change_member(uuid,text,uuid,text)'), ('auth.roles(uuid)'),
    ('auth.save_role(uuid,text,text,text[],boolean)'), ('auth.invites(uuid)'),
    ('auth.add_invite(uuid,text,text,text,uuid,text,bytea,uuid)'), ('auth.renew_invite(uuid,bytea)'),
    ('auth.assignable()'), ('auth.role_names(uuid[])'), ('auth.to_tell(uuid[],text)'),
    ('claim.sweep_notices(timestamp with time zone,timestamp with time zone,integer)'),
    ('auth.revoke_invites(uuid,uuid)'), ('auth.accept_invite(bytea,uuid,boolean,text,text,text)'), ('auth.api_keys(uuid)'),
    ('auth.add_api_key(uuid,text,bytea,text,text,text[],timestamp with time zone,uuid)'), ('auth.revoke_api_key(uuid)'),
    ('claim.runs(timestamp with time zone,integer,integer,integer)'), ('claim.timed_workflows(timestamp with time zone,integer)'),
    ('claim.practices_with_runs(uuid)')
), excused (rule, object) as (values
    -- the address of a practice is public and unique over all of them
    ('unique without practice_id', 'platform.practice / platform.practice_slug_key'),
    -- the register of practices is looked up before a practice is known; it holds no patients
    ('policy ignores practice', 'platform.practice / registry'),
    -- the claim functions see ids of every practice, and nothing else uses these policies
    ('policy ignores practice', 'outbox.lane / claim'), ('policy ignores practice', 'outbox.event / claim'),
    ('policy ignores practice', 'jobs.job / claim'), ('policy ignores practice', 'api.idempotency_key / claim'),
    -- and which practices are suspended
    ('policy ignores practice', 'platform.practice / claim'),
    -- the functions of the sealer see every practice's entries, hand out only their hashes, and write only seals
    ('policy ignores practice', 'audit.entry / seal'), ('policy ignores practice', 'audit.seal / seal'),
    ('policy ignores practice', 'audit.head / seal'),
    -- what was taken out of the ledger goes after its hours
    ('policy ignores practice', 'audit_export.request / sweep'),
    -- what files said goes after its days
    ('policy ignores practice', 'patients.import / sweep'), ('policy ignores practice', 'voice.case_import / sweep'),
    -- and what people were told
    ('policy ignores practice', 'notices.notice / sweep'),
    -- and which openings must be looked after
    ('policy ignores practice', 'scheduling.opening / claim'),
    -- and which messages, and who has rules for reminders
    ('policy ignores practice', 'messaging.message / claim'), ('policy ignores practice', 'messaging.rule / claim'),
    -- and what is to be told to which endpoints of webhooks
    ('policy ignores practice', 'webhooks.endpoint / claim'), ('policy ignores practice', 'webhooks.lane / claim'),
    ('policy ignores practice', 'webhooks.delivery / claim'),
    -- and which calls are due
    ('policy ignores practice', 'voice.call / claim'),
    -- and which runs are due, and whose time must be looked at
    ('policy ignores practice', 'automation.run / claim'), ('policy ignores practice', 'automation.cursor / claim'),
    -- the history of runs is itself the account of what was done; what their actions change has entries of its own
    ('change without audit', 'automation.run'), ('change without audit', 'automation.step'),
    ('change without audit', 'automation.wait'), ('change without audit', 'automation.cursor'),
    -- what would have been done is no change
    ('change without audit', 'automation.rehearsal'), ('change without audit', 'automation.rehearsal_item'),
    -- written by the product's own bookkeeping, or itself the ledger
    ('change without audit', 'audit.seal'), ('change without audit', 'audit.head'), ('change without audit', 'audit_export.chunk'),
    -- what a file says is no record before it is entered
    ('change without audit', 'patients.import_row'), ('change without audit', 'voice.case_import_row'),
    -- telling what the ledger has already
    ('change without audit', 'webhooks.lane'), ('change without audit', 'webhooks.delivery'), ('change without audit', 'webhooks.attempt'),
    ('change without audit', 'audit.entry'), ('change without audit', 'outbox.lane'), ('change without audit', 'outbox.event'),
    ('change without audit', 'jobs.job'), ('change without audit', 'api.idempotency_key'), ('change without audit', 'sec.data_key')
), mistake (rule, object) as (
    select 'row-level security off', name from tenant_table where not relrowsecurity
    union all select 'row-level security not forced', name from tenant_table where not relforcerowsecurity
    union all select 'no policy', name from tenant_table t where not exists (select from pg_policy p where p.polrelid = t.oid)
    union all select 'policy ignores practice', name || ' / ' || p.polname
      from tenant_table t join pg_policy p on p.polrelid = t.oid
     where p.polcmd <> 'a' and coalesce(pg_get_expr(p.polqual, p.polrelid), '') <> (select expression from own)
        or p.polcmd in ('*', 'a', 'w') and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') <> (select expression from own)
    union all select 'practice_id may be null', name from tenant_table t
      join pg_attribute a on a.attrelid = t.oid and a.attname = 'practice_id' where not a.attnotnull
    union all select 'primary key does not start with practice_id', name from tenant_table t
     where not exists (select from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attname = 'practice_id'
                        where i.indrelid = t.oid and i.indisprimary and i.indkey[0] = a.attnum)
    union all select 'unique without practice_id', name || ' / ' || i.indexrelid::regclass
      from tenant_table t join pg_index i on i.indrelid = t.oid
     where (i.indisunique or i.indisexclusion) and not exists (
           select from unnest(i.indkey) k join pg_attribute a on a.attrelid = t.oid and a.attnum = k and a.attname = 'practice_id')
    union all select 'foreign key without practice_id', k.conrelid::regclass || ' / ' || k.conname from pg_constraint k
     where k.contype = 'f' and k.conrelid in (select oid from tenant_table) and k.confrelid in (select oid from tenant_table)
       and not exists (select from unnest(k.conkey) x join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x and a.attname = 'practice_id')
    union all select 'change without audit', name from tenant_table t
     where not relispartition
       and not exists (select from pg_trigger g join pg_proc f on f.oid = g.tgfoid join pg_namespace n on n.oid = f.pronamespace
                        where g.tgrelid = t.oid and n.nspname = 'sec' and f.proname = 'require_audit' and g.tginitdeferred
                          and g.tgenabled in ('O', 'A') and g.tgqual is null and g.tgtype & 1 = 1 and g.tgtype & 20 <> 0)
    union all select 'view runs as its owner', name from relation
     where relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions) or 'security_invoker=on' = any (reloptions), false)
    union all select 'materialised view of tenants', name from relation where relkind = 'm'
    union all select 'partition reachable directly', r.name || ' / ' || u.rolname from relation r cross join runtime u
     where r.relispartition and r.relkind in ('r', 'p') and has_table_privilege(u.oid, r.oid, 'SELECT, INSERT, UPDATE, DELETE')
    union all select 'definer function not on the list', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
       and p.oid::regprocedure::text not in (select name from definer)
    union all select 'definer function without a fixed search_path', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
       and not coalesce('search_path=pg_catalog, pg_temp' = any (p.proconfig), false)
    union all select 'definer function open to everybody', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege('public', p.oid, 'EXECUTE')
    union all select 'runtime role too strong', rolname from runtime
     where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
    union all select 'runtime role may become another', u.rolname || ' / ' || g.rolname from runtime u
      join pg_auth_members m on m.member = u.oid join pg_roles g on g.oid = m.roleid
    union all select 'runtime role owns a relation', r.name from relation r join runtime u on u.oid = r.relowner
    union all select 'runtime role may truncate, refer to or trigger', r.name || ' / ' || u.rolname from relation r cross join runtime u
     where r.relkind in ('r', 'p') and has_table_privilege(u.oid, r.oid, 'TRUNCATE, REFERENCES, TRIGGER')
    union all select 'runtime role may create in a schema', n.nspname || ' / ' || u.rolname from pg_namespace n cross join runtime u
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(u.oid, n.oid, 'CREATE')
       and not (n.nspname = 'claim' and u.rolname = 'vantage_dispatch')
    union all select 'ledger can be changed', r.name || ' / ' || u.rolname from relation r cross join runtime u
     where r.nspname = 'audit' and r.relkind in ('r', 'p') and has_table_privilege(u.oid, r.oid, 'UPDATE, DELETE')
    union all select 'tenants'' role reaches beyond practices', r.name from relation r
     where r.relkind in ('r', 'p') and r.name <> 'platform.migration' and r.oid not in (select oid from tenant_table)
       and has_any_column_privilege('vantage_app', r.oid, 'SELECT, INSERT, UPDATE')
    union all select 'role beyond its schema', r.name || ' / ' || u.rolname from tenant_table r cross join runtime u
     where u.rolname in ('vantage_auth', 'vantage_worker', 'vantage_platform') and r.name <> 'platform.practice'
       and has_any_column_privilege(u.oid, r.oid, 'SELECT, INSERT, UPDATE')
    union all select 'role beyond its schema', r.name || ' / ' || u.rolname from relation r cross join runtime u
     where r.relkind in ('r', 'p') and (r.nspname = 'auth') and u.rolname <> 'vantage_auth'
       and (has_any_column_privilege(u.oid, r.oid, 'SELECT, INSERT, UPDATE') or has_table_privilege(u.oid, r.oid, 'DELETE'))
    union all select 'role beyond its schema', r.name || ' / ' || u.rolname from relation r cross join runtime u
     where r.relkind in ('r', 'p') and (r.nspname = 'administration' or r.name = 'platform.access') and u.rolname <> 'vantage_platform'
       and (has_any_column_privilege(u.oid, r.oid, 'SELECT, INSERT, UPDATE') or has_table_privilege(u.oid, r.oid, 'DELETE'))
    union all select 'ledger can be changed', r.name || ' / ' || u.rolname from relation r cross join runtime u
     where r.name = 'platform.access'
       and (has_any_column_privilege(u.oid, r.oid, 'UPDATE') or has_table_privilege(u.oid, r.oid, 'DELETE'))
    union all select 'wide policy for the tenants'' role', t.name || ' / ' || p.polname
      from tenant_table t join pg_policy p on p.polrelid = t.oid
     where (p.polroles @> array[0::oid] or p.polroles @> array[(select oid from runtime where rolname = 'vantage_app')])
       and p.polname <> 'tenant'
    union all select 'everybody can read', name from relation
     where relkind in ('r', 'p', 'v', 'm') and has_table_privilege('public', oid, 'SELECT')
)
select rule as "rule!", object as "object!" from mistake m
 where not exists (select from excused e where e.rule = m.rule and e.object = m.object)
 order by 1, 2
