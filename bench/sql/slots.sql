select name_en, duration_minutes, buffer_before_minutes, buffer_after_minutes from practice.service
 where practice_id = :practice and id = :service;
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
 where practice_id = :practice and from_at < current_date + 15 and from_at >= current_date - interval '400 days' and to_at > current_date;
select id, date, name, repeats, holiday, moves from practice.closing_day where practice_id = :practice;
select resource_id, starts_at, ends_at from scheduling.booked
 where practice_id = :practice
   and resource_id = any(array(select bench.id(k, :number * 10 + n) from generate_series(1, 6) n, unnest(array['8005', '8007']) k))
   and starts_at > now() - interval '48 hours' and starts_at < now() + interval '15 days' and ends_at > now() - interval '24 hours'
   and active and (expires_at is null or expires_at > now());
select slot_minutes from scheduling.settings where practice_id = :practice;
select enabled from scheduling.calcom where practice_id = :practice;
