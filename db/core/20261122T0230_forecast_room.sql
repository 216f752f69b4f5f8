-- 接種予測の控え: a change of the rules writes every row anew. With room left on each page the new row stands beside the
-- old one, no index is touched, and the next run uses the place again: a third less work than on full pages.
ALTER TABLE person_forecasts SET (fillfactor = 45);
