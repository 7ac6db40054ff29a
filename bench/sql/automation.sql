-- What automations are measured with: 20,000 patients in practice bench-1 and 754 in each of the next sixteen, each taken from
-- the demo's, and what a busy year has left there: 200,000 ended runs with two lines of history each, and as many events
-- that were told. Without it PostgreSQL would plan for empty tables.

begin;
set local session_replication_role = replica;

create table bench.source as
select row_number() over (order by p.number) as n, p.*
  from patients.patient p join platform.practice c using (practice_id) where c.slug = 'alpha';

create table bench.patient as
select o.practice, o.number as place, g, bench.id('8004', o.number * 100000 + g) as id, 1 + (g * 7 + o.number) % 80 as a
  from bench.owner o, lateral generate_series(1, case when o.number = 1 then 20000 else 754 end) g where o.number <= 17;

insert into patients.patient (practice_id, id, number, given_name, family_name, given_name_other, family_name_other, name_key,
                              birth_date, sex, phones, emails, phone, email, address, contact_method, language, alerts,
                              consents, lead_source, status, created_at, updated_at)
select p.practice, p.id, p.g, a.given_name, a.family_name, a.given_name_other, a.family_name_other, lower(a.given_name),
       a.birth_date, a.sex, a.phones, a.emails, a.phone, a.email, a.address, a.contact_method, a.language, a.alerts,
       a.consents, a.lead_source, 'active', now(), now()
  from bench.patient p join bench.source a on a.n = p.a;
insert into patients.counter (practice_id, next_number) select practice, max(g) + 1 from bench.patient group by practice;

create table bench.run as
select o.practice, p.id as patient, gen_random_uuid() as event, now() - i * interval '2 minutes' as at,
       (lpad(to_hex((extract(epoch from now() - i * interval '2 minutes') * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid as id
  from generate_series(1, 200000) i
  join bench.owner o on o.number = case when i % 2 = 0 then 1 else 2 + i / 2 % 16 end
  join bench.patient p on p.place = o.number and p.g = 1 + i / 32 % 754;

insert into automation.workflow (practice_id, id, name, status, draft, published, latest, created_at, updated_at)
select practice, bench.id('8007', number), 'Of last year', 'paused', '{"trigger":null,"steps":[]}', 1, 1, now(), now()
  from bench.owner where number <= 17;
insert into automation.version (practice_id, workflow_id, number, definition, published_at, created_at)
select practice, bench.id('8007', number), 1, '{"trigger":null,"steps":[]}', now(), now() from bench.owner where number <= 17;
insert into automation.run (practice_id, id, workflow_id, version, cause, subject_type, subject_id, patient_id, state, test,
                            chain, data, started_at, ended_at)
select r.practice, r.id, bench.id('8007', o.number), 1, 'event:' || r.event, 'patient', r.patient, r.patient, 'done', false,
       array[bench.id('8007', o.number)], '', r.at, r.at
  from bench.run r join bench.owner o on o.practice = r.practice order by r.at;
insert into automation.step (practice_id, run_id, seq, step_id, iteration, kind, state, attempts, started_at, duration_us, data)
select practice, id, seq, 'step' || seq, '{}', 'action', 'done', 1, at, 100, decode(repeat('5a', 120), 'hex')
  from bench.run, generate_series(1, 2) seq order by at;
insert into outbox.lane (practice_id, lane, next_seq)
select practice, 'patient:' || patient, count(*) + 1 from bench.run group by practice, patient;
insert into outbox.event (practice_id, id, lane, seq, at, name, subject_type, subject_id, version, payload, state)
select practice, event, 'patient:' || patient, row_number() over (partition by practice, patient order by at), at,
       'patient.changed', 'patient', patient, 2, '{"fields": ["tags"], "actor": "user"}', 'dispatched' from bench.run;
commit;

analyze;
