-- What migrations of the office that speak of its vault as well grant on the tables of shared code
-- (20261121T0410_numbers, 20261121T2330_key_rotation): the same here, so that one test can hold both to each other.
GRANT UPDATE (wrapped_key, wrapping_key_id) ON second_factors TO sesshu_app;
GRANT SELECT ON settings_documents TO sesshu_vault;
