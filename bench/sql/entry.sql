-- as long as what is sealed for one changed number
insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type, resource_id, patient_id,
                         ip, user_agent, changes)
values (:practice, gen_random_uuid(), gen_random_uuid(), 'user', :person, 'update', 'service', :service, null, '127.0.0.1',
        null, '[{"field": "durationMinutes", "before": "AZ6xkQ5VdHy7nRk9ZqUq0yqk3mWb1x8eQfOa5yq4Yc2m0v7Yd1kLr3g0sPzT",
                 "after": "AZ6xkQ5VdHy7nRk9ZqUq0yqk3mWb1x8eQfOa5yq4Yc2m0v7Yd1kLr3g0sPzT"}]');
