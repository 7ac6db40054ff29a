-- What a job follows from: the workflow that asked for it, its run, and the workflows that led there.

alter table jobs.job add column cause jsonb;
