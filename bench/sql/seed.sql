-- What is measured with: sixty services and a session for each practice that has signed up as bench-<number>, and two
-- thousand people who only sign in.

begin;
-- nobody changes anything here, so there is nothing for the ledger: no triggers
set local session_replication_role = replica;
create schema bench;

-- Ids that follow from a number; the program makes the same ones.
create function bench.id(kind text, number int) returns uuid language sql immutable as
    $$ select ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;

create table bench.owner as
select substr(p.slug, 7)::int as number, p.practice_id as practice, m.user_id as person,
       bench.id('8002', substr(p.slug, 7)::int) as session
  from platform.practice p join auth.membership m using (practice_id)
 where p.slug ~ '^bench-[0-9]+$';

insert into auth.session (id, user_id, practice_id, expires_at)
select session, person, practice, now() + interval '1 day' from bench.owner;

insert into practice.service (practice_id, id, name_en, name_ar, code, category, duration_minutes, buffer_after_minutes,
                              price_minor, currency, vat_category, colour, created_at, updated_at)
select practice, bench.id('8003', number * 1000 + n), 'Treatment number ' || n, 'علاج رقم ' || n,
       'D' || lpad(n::text, 4, '0'), 'Category ' || n % 8, 30, 5, 10000 + n * 100, 'SAR', 'standard', 'teal', now(), now()
  from bench.owner, generate_series(1, 60) n
 -- a practice enters its list in one go
 order by number, n;

insert into auth.user (id, email, name, password_hash, language)
select bench.id('8001', n), 'staff-' || n || '@bench.example', 'Person ' || n,
       (select password_hash from auth.user where email = 'owner@alpha.example'), 'en'
  from generate_series(1, 2000) n;

insert into auth.membership (user_id, practice_id, role)
select bench.id('8001', n), (select practice from bench.owner where number = n % 200 + 1), 'receptionist'
  from generate_series(1, 2000) n;

-- Where a client of pgbench can be: it has no other way to know ids.
create table bench.place as
select number, n as service_number, practice, person, session, bench.id('8003', number * 1000 + n) as service
  from bench.owner, generate_series(1, 60) n;
alter table bench.place add primary key (number, service_number);
grant usage on schema bench to vantage_app;
grant select on bench.place to vantage_app;
commit;

analyze;
