-- What workflows ask for by its date: policies by their last day.

create index policy_by_end on patients.policy (practice_id, valid_to, id) where deleted_at is null;
