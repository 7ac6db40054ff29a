-- A million appointments: five thousand in each practice, over three months, with six providers in six chairs. Three of
-- four times of a day are taken.

begin;
set local session_replication_role = replica;

insert into practice.location (practice_id, id, name, created_at, updated_at)
select practice, bench.id('8006', number), 'Main', now(), now() from bench.owner;
insert into practice.hours (practice_id, owner_id, owner_kind, week, version, updated_at)
select practice, practice, 'practice',
       (select jsonb_agg(jsonb_build_object('weekday', day, 'intervals', jsonb_build_array(jsonb_build_object('from', '08:00', 'to', '17:00'))))
          from generate_series(1, 7) day), 1, now()
  from bench.owner
    on conflict (practice_id, owner_id) do update set week = excluded.week;
insert into practice.provider (practice_id, user_id, colour, bookable, all_services, updated_at)
select practice, bench.id('8005', number * 10 + n), 'teal', true, true, now() from bench.owner, generate_series(1, 6) n;
insert into practice.room (practice_id, id, location_id, name, kind, colour, sort, created_at, updated_at)
select practice, bench.id('8007', number * 10 + n), bench.id('8006', number), 'Chair ' || n, 'chair', 'teal', n, now(), now()
  from bench.owner, generate_series(1, 6) n;

-- the times of a provider's day, 45 minutes apart; which of them are taken differs from one to the next
create table bench.visit as
select o.practice, o.number as place, row_number() over (partition by o.number order by day, pos, n) as g, n,
       (current_date + day) at time zone 'Asia/Riyadh' + interval '8 hours' + pos * interval '45 minutes' as starts_at
  from bench.owner o, generate_series(1, 6) n, generate_series(-60, 32) day, generate_series(0, 11) pos
 where (n + day + 60 + pos + o.number) % 4 <> 0;
delete from bench.visit where g > 5000;
alter table bench.visit add column id uuid, add column patient uuid;
update bench.visit set id = bench.id('8008', place * 10000 + g::int), patient = bench.id('8004', place * 100000 + 1 + (g * 7 % 754)::int);

insert into scheduling.appointment (practice_id, id, patient_id, service_id, location_id, starts_at, ends_at, time_zone,
                                    status, completed_at, deposit, created_at, updated_at)
select practice, id, patient, bench.id('8003', place * 1000 + 1 + (g % 60)::int), bench.id('8006', place), starts_at,
       starts_at + interval '30 minutes', 'Asia/Riyadh', case when starts_at < now() then 'completed' else 'scheduled' end,
       case when starts_at < now() then starts_at end, false, now(), now()
  from bench.visit order by practice, starts_at;
insert into scheduling.booked (practice_id, holder_id, appointment_id, kind, resource_id, position, starts_at, ends_at, active, over_another)
select v.practice, v.id, v.id, t.kind, t.resource, 1, v.starts_at, v.starts_at + t.length, true, t.kind = 'patient' and false
  from bench.visit v, lateral (values ('provider', bench.id('8005', v.place * 10 + v.n), interval '35 minutes'),
                                      ('room', bench.id('8007', v.place * 10 + v.n), interval '35 minutes')) t (kind, resource, length)
 order by v.practice, v.starts_at;
-- who would be in two places is in one
insert into scheduling.booked (practice_id, holder_id, appointment_id, kind, resource_id, position, starts_at, ends_at, active, over_another)
select practice, id, id, 'patient', patient, 1, starts_at, starts_at + interval '30 minutes', true, false
  from bench.visit order by practice, starts_at
    on conflict do nothing;
grant select on bench.visit to vantage_app;
commit;

analyze;
