\set minute 60 * random(0, 4000000)
\set who random(1, 6)
\set patient_number random(1, 754)
select gen_random_uuid() as id, to_timestamp(2000000000.0 + :minute) as start, bench.id('8005', :number * 10 + :who) as provider,
       bench.id('8007', :number * 10 + :who) as room, bench.id('8004', :number * 100000 + :patient_number) as patient \gset
insert into scheduling.appointment (practice_id, id, patient_id, service_id, location_id, starts_at, ends_at, time_zone,
                                    status, deposit, created_at, updated_at)
values (:practice, :id, :patient, :service, bench.id('8006', :number), :start, :start::timestamptz + interval '30 minutes',
        'Asia/Riyadh', 'scheduled', false, now(), now());
select pg_advisory_xact_lock(hashtextextended(key::text, 0)) from unnest(array[:provider::uuid, :room::uuid, :patient::uuid]) key order by key;
delete from scheduling.booked where practice_id = :practice and resource_id = any(array[:provider, :room, :patient]::uuid[]) and expires_at <= now();
select distinct kind, resource_id from scheduling.booked
 where practice_id = :practice and resource_id = any(array[:provider, :room, :patient]::uuid[]) and active and holder_id <> :id
   and starts_at > :start::timestamptz - interval '1 day' and starts_at < :start::timestamptz + interval '35 minutes' and ends_at > :start;
insert into scheduling.booked (practice_id, holder_id, appointment_id, kind, resource_id, position, starts_at, ends_at, active, over_another)
select :practice, :id, :id, kind, resource, 1, :start, :start::timestamptz + interval '30 minutes', true, false
  from unnest(array['provider', 'room', 'patient'], array[:provider, :room, :patient]::uuid[]) t (kind, resource)
    on conflict do nothing;
insert into audit.entry (practice_id, id, actor_kind, action, resource_type, resource_id, patient_id, detail)
values (:practice, gen_random_uuid(), 'user', 'create', 'appointment', :id, :patient, '{}');
