-- Other systems ask for policies in the order of their changes.

create index policy_by_update on patients.policy (practice_id, updated_at, id) where deleted_at is null;
