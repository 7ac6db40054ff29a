\if :turn % 50 = 1
\set word_number random(1, 8)
select word, sound, word || chr(1114111) as word_end, sound || chr(1114111) as sound_end from bench.word where n = :word_number \gset
\endif
select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date, p.sex, p.phone,
       p.email, p.status, p.alerts, array(select l.tag_id from patients.patient_tag l
           where l.practice_id = p.practice_id and l.patient_id = p.id order by l.tag_id), p.deleted_at, p.version,
       p.created_at, p.updated_at, p.name_key
  from patients.patient p where p.practice_id = :practice and p.deleted_at is null
   and p.id in ((select null::uuid where false
       union all (select t.patient_id from patients.term t where t.practice_id = :practice and t.kind = 'name'
           and t.term >= :word and t.term < :word_end order by t.term limit 500)
       union all (select t.patient_id from patients.term t where t.practice_id = :practice and t.kind = 'sound'
           and t.term >= :sound and t.term < :sound_end order by t.term limit 500)))
 order by p.id in ((select null::uuid where false
       union all (select t.patient_id from patients.term t where t.practice_id = :practice and t.kind = 'name'
           and t.term >= :word and t.term < :word_end order by t.term limit 500))) desc, p.name_key, p.id limit 10;
