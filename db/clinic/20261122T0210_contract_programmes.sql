-- A contract may be for some programmes alone; lists that were taken before say nothing of it, which means all.
COMMENT ON COLUMN clinic_institutions.contracts IS '契約期間: [{from, to, programmes}] 両端を含む。programmes は契約した予防接種、null はすべて';
