-- 接種予定: the forecast of everybody leaves out what a 禁忌 forbids, as the person's page and cohorts do. What was worked out
-- before of people with one is forgotten, so that the next night judges them anew; all others' still holds.
DELETE FROM person_forecasts f USING person_facts told
 WHERE told.lg_code = f.lg_code AND told.person_id = f.person_id AND told.kind = 'contraindication';
DELETE FROM person_forecasts f USING persons p, persons holder, person_facts told
 WHERE p.lg_code = f.lg_code AND p.person_id = f.person_id AND p.principal_id IS NOT NULL
   AND holder.lg_code = f.lg_code AND holder.principal_id = p.principal_id
   AND told.lg_code = f.lg_code AND told.person_id = holder.person_id AND told.kind = 'contraindication';
