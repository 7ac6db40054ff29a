select s.id, s.name_en, s.name_ar, s.name_key, s.code, s.category, s.duration_minutes, s.buffer_before_minutes,
       s.buffer_after_minutes, s.price_minor, s.currency, s.vat_category, s.colour, s.archived_at, s.version,
       s.created_at, s.updated_at
  from practice.service s where s.practice_id = :practice and s.archived_at is null
 order by s.name_key asc, s.id asc limit 51;
