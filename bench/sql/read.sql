select id, name_en, name_ar, name_key, code, category, duration_minutes, buffer_before_minutes, buffer_after_minutes,
       price_minor, currency, vat_category, colour, archived_at, version, created_at, updated_at
  from practice.service where practice_id = :practice and id = :service;
