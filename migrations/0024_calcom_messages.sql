-- What webhooks of Cal.com said is forgotten after thirty days, as names and notes of people lie in it. That they are gone is
-- written to the ledger, as whatever else is deleted.
grant delete on scheduling.calcom_message to vantage_app;
drop trigger require_audit on scheduling.calcom_message;
create constraint trigger require_audit after insert or delete or update on scheduling.calcom_message
    deferrable initially deferred for each row execute function sec.require_audit();
