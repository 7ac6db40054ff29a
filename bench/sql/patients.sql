-- 200,000 patients: 50,000 in practice bench-1 and some 750 in each of the others. Each takes its given name from one of
-- the demo's patients and its family name from another, with the terms that the server made for both.

begin;
set local session_replication_role = replica;

create table bench.source as
select row_number() over (order by p.number) as n, p.*
  from patients.patient p join platform.practice c using (practice_id) where c.slug = 'alpha';

create table bench.patient as
select o.practice, o.number as place, g, bench.id('8004', o.number * 100000 + g) as id, 1 + (g * 7 + o.number) % 80 as a, 1 + (g / 80 + o.number) % 80 as b,
       '9665' || lpad(((g::bigint * 7919 + o.number * 104729) % 100000000)::text, 8, '0') as phone
  from bench.owner o, lateral generate_series(1, case when o.number = 1 then 50000 else 754 end) g;

insert into patients.patient (practice_id, id, number, given_name, family_name, given_name_other, family_name_other, name_key,
                              birth_date, sex, phones, emails, phone, email, address, contact_method, language, alerts,
                              consents, lead_source, status, created_at, updated_at)
select p.practice, p.id, p.g, a.given_name, b.family_name, a.given_name_other, b.family_name_other,
       lower(coalesce(b.family_name, '') || ' ' || a.given_name), a.birth_date + p.g % 365, a.sex,
       jsonb_build_array(jsonb_build_object('number', '+' || p.phone, 'kind', 'mobile', 'preferred', true)), a.emails,
       '+' || p.phone, a.email, a.address, b.contact_method, a.language, a.alerts, b.consents, b.lead_source, a.status,
       now() - p.g * interval '1 minute', now() - p.g * interval '1 second'
  from bench.patient p join bench.source a on a.n = p.a join bench.source b on b.n = p.b;

insert into patients.term (practice_id, kind, term, patient_id)
select p.practice, t.kind, t.term, p.id
  from bench.patient p join bench.source s on s.n in (p.a, p.b)
  join patients.term t on t.practice_id = s.practice_id and t.patient_id = s.id and t.kind in ('name', 'sound')
    on conflict do nothing;
insert into patients.term (practice_id, kind, term, patient_id)
select practice, 'phone', reverse(phone), id from bench.patient;

insert into patients.counter (practice_id, next_number)
select practice, max(g) + 1 from bench.patient group by practice;

-- What clients ask for, numbered: a word and how it sounds; the last digits of a number; a patient.
create table bench.word (n int primary key, word text, sound text);
insert into bench.word values (1, 'qahtani', 'khtn'), (2, 'ghamdi', 'ghmd'), (3, 'harbi', 'hrb'), (4, 'zahrani', 'zhrn'),
    (5, 'dossari', 'dsr'), (6, 'mansour', 'mnswr'), (7, 'faisal', 'fsl'), (8, 'noura', 'nr');
alter table bench.patient add column n int;
update bench.patient set n = g where g <= 754;
create unique index patient_by_turn on bench.patient (place, n);
grant select on bench.word, bench.patient to vantage_app;
commit;

analyze;
