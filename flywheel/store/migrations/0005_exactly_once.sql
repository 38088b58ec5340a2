-- The primary keys of the two big tables cost every batch a rewrite of an index over all history.
-- Ingest asks for known ids itself, inside the transaction that only one process can have.

CREATE TABLE interactions_without_index AS SELECT * FROM interactions;
DROP TABLE interactions;
ALTER TABLE interactions_without_index RENAME TO interactions;
ALTER TABLE interactions ALTER COLUMN id SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN time SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN messages SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN context SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN output SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN consent SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN tags SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN content_key SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN case_id SET NOT NULL;
ALTER TABLE interactions ALTER COLUMN batch_id SET NOT NULL;

CREATE TABLE feedback_without_index AS SELECT * FROM feedback;
DROP TABLE feedback;
ALTER TABLE feedback_without_index RENAME TO feedback;
ALTER TABLE feedback ALTER COLUMN id SET NOT NULL;
ALTER TABLE feedback ALTER COLUMN time SET NOT NULL;
ALTER TABLE feedback ALTER COLUMN interaction_id SET NOT NULL;
ALTER TABLE feedback ALTER COLUMN signal SET NOT NULL;
ALTER TABLE feedback ALTER COLUMN kind SET NOT NULL;
ALTER TABLE feedback ALTER COLUMN tags SET NOT NULL;
ALTER TABLE feedback ALTER COLUMN batch_id SET NOT NULL;

-- Lines whose event lies outside `--since` and `--until`.
ALTER TABLE batches ADD COLUMN outside BIGINT DEFAULT 0;

-- The last line that was read: whoever reads on looks whether it still stands there.
ALTER TABLE cursors ADD COLUMN last_offset BIGINT;
ALTER TABLE cursors ADD COLUMN last_sha256 VARCHAR;

-- Read = blank + malformed + failed_expectations + outside + resent + interactions + feedback.
CREATE VIEW funnels AS
SELECT
    rowid AS seq,
    run_id,
    source,
    committed_at,
    lines_read AS read,
    blank,
    malformed + failed_expectations AS quarantined,
    outside,
    resent,
    interactions + feedback AS stored
FROM batches;
