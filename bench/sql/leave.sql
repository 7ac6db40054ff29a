commit;
-- how the server cleans a connection before somebody else gets it; one round trip as well
\startpipeline
rollback;
reset all;
\endpipeline
