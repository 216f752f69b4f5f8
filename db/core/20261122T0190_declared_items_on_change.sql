-- 項目の一覧 (CB-15): changes of a head row are held to it as new rows are. Whoever changes a record from before the list
-- takes out what is no longer declared (writeLink does); the versions of before stay and are shown to nobody.
CREATE POLICY declared_items_on_change ON persons AS RESTRICTIVE FOR UPDATE TO sesshu_app USING (true) WITH CHECK (
  (phone IS NULL OR CASE WHEN is_non_registered THEN (SELECT may_hold_item('persons.phone', 'nonRegistered')) ELSE (SELECT may_hold_item('persons.phone', 'residents')) END)
  AND (household_number IS NULL OR CASE WHEN is_non_registered THEN (SELECT may_hold_item('persons.householdNumber', 'nonRegistered')) ELSE (SELECT may_hold_item('persons.householdNumber', 'residents')) END)
  AND (relation IS NULL OR CASE WHEN is_non_registered THEN (SELECT may_hold_item('persons.relation', 'nonRegistered')) ELSE (SELECT may_hold_item('persons.relation', 'residents')) END)
);

-- Who moved in lately (LG-09) is asked after every feed: without this the whole municipality is read for it.
CREATE INDEX persons_arrivals ON persons (lg_code, became_resident_on)
  WHERE ceased_resident_on IS NULL AND NOT is_cancelled AND NOT is_non_registered;
