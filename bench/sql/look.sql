insert into audit.entry (practice_id, id, actor_kind, action, resource_type, detail)
values (:practice, gen_random_uuid(), 'user', 'read', 'patient', '{}');
