-- Other systems ask for policies in the order of their changes, and for patients by their days of birth. (The index that
-- lists are sorted by holds an expression, by which nothing can be looked up beneath a policy.)

create index policy_by_update on patients.policy (practice_id, updated_at, id) where deleted_at is null;
create index patient_by_birth_date on patients.patient (practice_id, birth_date) where deleted_at is null;
