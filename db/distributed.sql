-- For operators who spread many municipalities over several machines with Citus (distributed PostgreSQL).
--
-- Run once as the owner, on a database that `sesshu init` has made, with the extension installed:
--   psql "$SESSHU_OWNER_URL" -v ON_ERROR_STOP=1 -f db/distributed.sql
-- Running it again does nothing. A migration that adds a table needs it run again.
--
-- Every table of a municipality is distributed by lg_code and colocated, so that one municipality's rows lie on one
-- node and every statement of the application is routed there. Tables of the installation (which migrations were
-- applied) and the job queue's own schema stay where the coordinator is. Staging tables (UNLOGGED) are distributed as
-- well: rows pass from them into the tables of facts by INSERT … SELECT within one municipality.
-- Foreign keys are taken off before and put back afterwards: Citus accepts them only between distributed tables.
BEGIN;
SET LOCAL citus.propagate_set_commands = 'local';

DO $$
DECLARE
  first_table constant regclass := 'public.municipalities';
  relation record;
  foreign_key record;
BEGIN
  CREATE TEMPORARY TABLE kept_foreign_keys ON COMMIT DROP AS
    SELECT conrelid::regclass::text AS relation, conname, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint
     WHERE contype = 'f' AND conparentid = 0 AND connamespace IN ('public'::regnamespace, 'number_vault'::regnamespace);
  FOR foreign_key IN SELECT * FROM kept_foreign_keys LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', foreign_key.relation, foreign_key.conname);
  END LOOP;

  FOR relation IN
    SELECT n.nspname || '.' || c.relname AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('public', 'number_vault')
       AND c.relname <> 'schema_migrations' AND c.oid::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition)
     ORDER BY (c.relname <> 'municipalities'), 1
  LOOP
    PERFORM create_distributed_table(relation.name::regclass, 'lg_code',
      colocate_with => CASE WHEN relation.name::regclass = first_table THEN 'none' ELSE first_table::text END);
  END LOOP;

  FOR foreign_key IN SELECT * FROM kept_foreign_keys LOOP
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', foreign_key.relation, foreign_key.conname,
      foreign_key.definition);
  END LOOP;
END
$$;
COMMIT;
