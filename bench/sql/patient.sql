\if :turn % 50 = 1
\set patient_number random(1, 754)
select id as patient from bench.patient where place = :number and n = :patient_number \gset
\endif
select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date, p.sex, p.phones,
       p.emails, p.address, p.contact_method, p.language, p.alerts, p.consents, p.lead_source, p.status, p.private,
       p.deleted_at, p.version, p.created_at, p.updated_at,
       array(select t.tag_id from patients.patient_tag t
              where t.practice_id = p.practice_id and t.patient_id = p.id order by t.tag_id) as tags
  from patients.patient p where p.practice_id = :practice and p.id = :patient;
