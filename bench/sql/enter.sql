-- Every fiftieth time a client goes to another place, which costs it next to nothing; no two are in one practice, unless
-- apart is 0: then all of them are in the same.
\if :turn % 50 = 0
\set number 1 + :apart * (:client_id + :clients * random(0, 200 / :clients - 1))
\set service_number random(2, 60)
select practice, person, session, service from bench.place where number = :number and service_number = :service_number \gset
\endif
\set turn :turn + 1
-- one round trip, as the server does it
\startpipeline
begin;
select sec.enter(:session, :person, :practice, 'owner');
\endpipeline
