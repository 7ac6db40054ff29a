\set minutes random(5, 720)
select from practice.service where practice_id = :practice and id = :service for update;
select id, name_en, name_ar, name_key, code, category, duration_minutes, buffer_before_minutes, buffer_after_minutes,
       price_minor, currency, vat_category, colour, archived_at, version, created_at, updated_at
  from practice.service where practice_id = :practice and id = :service \gset
select currency from platform.practice where practice_id = :practice;
update practice.service
   set name_en = :name_en, name_ar = :name_ar, code = :code, category = :category, duration_minutes = :minutes,
       buffer_before_minutes = :buffer_before_minutes, buffer_after_minutes = :buffer_after_minutes,
       price_minor = :price_minor, currency = :currency, vat_category = :vat_category, colour = :colour,
       archived_at = null, version = :version + 1, updated_at = now()
 where practice_id = :practice and id = :service;
-- as long as what is sealed for one changed number
insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type, resource_id, patient_id,
                         ip, user_agent, changes)
values (:practice, gen_random_uuid(), gen_random_uuid(), 'user', :person, 'update', 'service', :service, null, '127.0.0.1',
        null, '[{"field": "durationMinutes", "before": "AZ6xkQ5VdHy7nRk9ZqUq0yqk3mWb1x8eQfOa5yq4Yc2m0v7Yd1kLr3g0sPzT",
                 "after": "AZ6xkQ5VdHy7nRk9ZqUq0yqk3mWb1x8eQfOa5yq4Yc2m0v7Yd1kLr3g0sPzT"}]');
with lane as (
   insert into outbox.lane as l (practice_id, lane, next_seq, pending) values (:practice, 'service:' || :service, 2, 1)
   on conflict (practice_id, lane) do update
      set next_seq = l.next_seq + 1, pending = l.pending + 1,
          ready_at = case when l.pending = 0 then now() else l.ready_at end
   returning next_seq - 1 as seq)
insert into outbox.event (practice_id, id, lane, seq, name, subject_type, subject_id, version, payload)
select :practice, gen_random_uuid(), 'service:' || :service, seq, 'service.changed', 'service', :service, :version + 1,
       '{"fields": ["durationMinutes"]}' from lane;
