-- The primary keys of cores, too, cost every comparison a rewrite of an index over all history. What
-- is appended is sifted by `insert_cores`, inside the transaction that only one process can have.

CREATE TABLE cores_without_index AS SELECT * FROM cores;
DROP TABLE cores;
ALTER TABLE cores_without_index RENAME TO cores;
ALTER TABLE cores ALTER COLUMN core_id SET NOT NULL;
ALTER TABLE cores ALTER COLUMN cluster_id SET NOT NULL;
ALTER TABLE cores ALTER COLUMN ask_key SET NOT NULL;
ALTER TABLE cores ALTER COLUMN size SET NOT NULL;
ALTER TABLE cores ALTER COLUMN figures SET NOT NULL;
ALTER TABLE cores ALTER COLUMN version SET NOT NULL;
ALTER TABLE cores ALTER COLUMN seq SET NOT NULL;

CREATE TABLE case_cores_without_index AS SELECT * FROM case_cores;
DROP TABLE case_cores;
ALTER TABLE case_cores_without_index RENAME TO case_cores;
ALTER TABLE case_cores ALTER COLUMN case_id SET NOT NULL;
ALTER TABLE case_cores ALTER COLUMN core_id SET NOT NULL;
