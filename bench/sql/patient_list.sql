select p.id, p.number, p.given_name, p.family_name, p.given_name_other, p.family_name_other, p.birth_date, p.sex, p.phone,
       p.email, p.status, p.alerts, array(select l.tag_id from patients.patient_tag l
           where l.practice_id = p.practice_id and l.patient_id = p.id order by l.tag_id), p.deleted_at, p.version,
       p.created_at, p.updated_at, p.name_key
  from patients.patient p where p.practice_id = :practice and p.deleted_at is null
   and (p.status = 'active' and p.birth_date < '2000-01-01') order by p.updated_at desc, p.id desc limit 51;
