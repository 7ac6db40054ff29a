select p.user_id, p.colour, p.bookable, p.all_services,
       array(select l.location_id from practice.provider_location l
              where l.practice_id = p.practice_id and l.user_id = p.user_id order by 1) as locations,
       array(select s.service_id from practice.provider_service s
              where s.practice_id = p.practice_id and s.user_id = p.user_id order by 1) as services, p.version
  from practice.provider p where p.practice_id = :practice order by p.user_id limit 1000;
select id, name, time_zone, archived_at from practice.location where practice_id = :practice and id = bench.id('8006', :number);
select time_zone from platform.practice where practice_id = :practice;
select id from practice.room where practice_id = :practice and location_id = bench.id('8006', :number) and archived_at is null
 order by sort, id limit 500;
select owner_id, week from practice.hours where practice_id = :practice and week is not null
   and owner_id = any(select bench.id('8005', :number * 10 + n) from generate_series(1, 6) n union all select :practice::uuid);
select owner_id, kind, from_at, to_at from practice.absence
 where practice_id = :practice and from_at < current_date + 2 and from_at >= current_date - interval '400 days' and to_at > current_date;
select id, date, name, repeats, holiday, moves from practice.closing_day where practice_id = :practice;
select a.id, a.patient_id, a.service_id, a.location_id,
       array(select b.resource_id from scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id
                and b.kind = 'provider' order by b.position) as providers,
       array(select b.resource_id from scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id
                and b.kind = 'room' order by b.position) as rooms,
       a.starts_at, a.ends_at, a.time_zone, a.status, a.confirmed_at, a.arrived_at, a.seated_at, a.completed_at,
       a.checked_out_at, a.no_show_at, a.cancelled_at, a.cancelled_by, a.cancel_reason, a.private, a.colour, a.deposit,
       a.source, a.moves, a.patient_moves, a.series_id, a.series_number, a.series_length, a.version, a.created_at, a.updated_at
  from scheduling.appointment a
 where a.practice_id = :practice and a.location_id = bench.id('8006', :number)
   and a.starts_at > current_date + interval '2 days' and a.starts_at < current_date + interval '4 days'
   and a.ends_at > current_date + interval '3 days' order by a.starts_at, a.id limit 2001;
select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date, p.sex, p.phone,
       p.email, p.status, p.alerts, p.custom, p.deleted_at, p.version, p.created_at, p.updated_at,
       array(select t.tag_id from patients.patient_tag t
              where t.practice_id = p.practice_id and t.patient_id = p.id order by t.tag_id) as tags
  from patients.patient p where p.practice_id = :practice
   and p.id = any(array(select a.patient_id from scheduling.appointment a where a.practice_id = :practice
        and a.starts_at > current_date + interval '3 days' and a.starts_at < current_date + interval '4 days'));
