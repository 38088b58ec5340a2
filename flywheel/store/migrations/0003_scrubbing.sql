-- What scrubbing did, as facts: by which policy, how much of what, and how sure it was.

-- Under which policy and settings a batch was scrubbed, by the hash of both.
CREATE TABLE batch_scrubbings (
    batch_id VARCHAR PRIMARY KEY,
    version VARCHAR NOT NULL
);

CREATE TABLE scrub_counts (
    batch_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    recogniser VARCHAR NOT NULL,
    count BIGINT NOT NULL
);

-- Invented identities that a run planted into copies of its records, and how many it found again.
CREATE TABLE canaries (
    run_id VARCHAR NOT NULL,
    batch_id VARCHAR NOT NULL, -- the first that the run wrote
    type VARCHAR NOT NULL,
    planted BIGINT NOT NULL,
    found BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE canary_seq;

-- Those of the newest run.
CREATE VIEW current_canaries AS
SELECT * FROM canaries
WHERE run_id = (SELECT run_id FROM canaries ORDER BY seq DESC LIMIT 1);
