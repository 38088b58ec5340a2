-- One case for its thousand wordings. Facts: which core a case has, whose copy a core's documents
-- are, and what moved from one cluster to another. What is in a cluster is a view.

-- What an input asks and about what, without noise; the case that was first seen with it founds a
-- cluster of its own.
CREATE TABLE cores (
    core_id VARCHAR PRIMARY KEY,
    cluster_id VARCHAR NOT NULL,
    ask_key VARCHAR NOT NULL,
    size BIGINT NOT NULL, -- words of its documents
    figures UBIGINT NOT NULL, -- a bit for each of their figures, by a hash: a copy has no others
    version VARCHAR NOT NULL,
    seq BIGINT NOT NULL
);
CREATE SEQUENCE core_seq;

CREATE TABLE case_cores (
    case_id VARCHAR PRIMARY KEY,
    core_id VARCHAR NOT NULL
);

-- The bands of a core's MinHash signature: two cores that share one are compared word by word.
CREATE TABLE core_bands (
    band UBIGINT NOT NULL,
    core_seq BIGINT NOT NULL
);

CREATE TABLE core_parts (
    part VARCHAR NOT NULL,
    whole VARCHAR NOT NULL
);

-- The right answer of a core that has parts: near copies with different ones stay apart.
CREATE TABLE core_answers (
    core_id VARCHAR NOT NULL,
    answer_key VARCHAR,
    evidence_hash VARCHAR NOT NULL,
    seq BIGINT NOT NULL
);
CREATE SEQUENCE core_answer_seq;

-- A core that goes to another cluster: two became one, or one turned out to be two.
CREATE TABLE core_moves (
    core_id VARCHAR NOT NULL,
    from_cluster VARCHAR NOT NULL,
    cluster_id VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE core_move_seq;

-- A decided candidate whose case got new evidence against the decision.
CREATE TABLE reopenings (
    candidate_id VARCHAR NOT NULL,
    decision_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    reopened_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE reopening_seq;

CREATE VIEW clusters AS
WITH moved AS (
    SELECT core_id, cluster_id
    FROM core_moves
    QUALIFY row_number() OVER (PARTITION BY core_id ORDER BY seq DESC) = 1
)
SELECT
    case_cores.case_id,
    case_cores.core_id,
    cores.seq AS core_seq,
    coalesce(moved.cluster_id, cores.cluster_id) AS cluster_id
FROM case_cores
JOIN cores USING (core_id)
LEFT JOIN moved USING (core_id);

-- Every answer with its case: that of its cluster, once it was compared with the others.
CREATE VIEW interaction_cases AS
SELECT
    interactions.id,
    interactions.case_id AS wording_id,
    coalesce(clusters.cluster_id, interactions.case_id) AS case_id,
    interactions.user_key,
    interactions.time
FROM interactions
LEFT JOIN clusters ON clusters.case_id = interactions.case_id;

CREATE OR REPLACE VIEW cases AS
SELECT
    case_id,
    count(*) AS variants,
    count(DISTINCT wording_id) AS wordings,
    count(DISTINCT user_key) AS users,
    min(time) AS first_seen,
    max(time) AS last_seen
FROM interaction_cases
GROUP BY case_id;

-- How often a case was asked, by the week (Monday, UTC).
CREATE VIEW case_weeks AS
SELECT
    case_id,
    date_trunc('week', time)::DATE AS week,
    count(*) AS asked,
    count(DISTINCT user_key) AS users
FROM interaction_cases
GROUP BY ALL;

-- Of several candidates of one case and target, since their cases became one: the decided one
-- stands for all, else the oldest. The others wait for nothing: 'merged'.
CREATE OR REPLACE VIEW candidate_states AS
WITH newest AS (
    SELECT
        current_decisions.*,
        reopenings.reason AS reopened_reason
    FROM current_decisions
    LEFT JOIN (
        SELECT decision_id, max_by(reason, seq) AS reason
        FROM reopenings
        GROUP BY decision_id
    ) AS reopenings USING (decision_id)
),

known AS (
    SELECT
        candidates.*,
        coalesce(clusters.cluster_id, candidates.case_id) AS cluster_id,
        newest.decision_id,
        newest.verdict,
        newest.output AS decided_output,
        newest.reason AS decided_reason,
        newest.reviewer,
        newest.decided_at,
        newest.reopened_reason,
        CASE
            WHEN newest.verdict IN ('approve', 'edit') THEN 1
            WHEN newest.verdict = 'reject' THEN 2
            ELSE 3
        END AS standing
    FROM candidates
    LEFT JOIN newest USING (candidate_id)
    LEFT JOIN clusters ON clusters.case_id = candidates.case_id
)

SELECT
    * EXCLUDE (standing),
    CASE
        WHEN reopened_reason IS NOT NULL THEN 'pending'
        WHEN standing = 1 THEN 'approved'
        WHEN standing = 2 THEN 'rejected'
        WHEN
            row_number() OVER (
                PARTITION BY cluster_id, target
                ORDER BY standing, proposed_at, candidate_id
            ) > 1
            THEN 'merged'
        ELSE 'pending'
    END AS state
FROM known;

CREATE OR REPLACE VIEW review_queue AS
SELECT
    candidate_states.* EXCLUDE (decision_id, example_id, reason, cluster_id, reopened_reason),
    concat_ws(' ', candidate_states.reopened_reason, candidate_states.reason) AS reason,
    candidate_states.cluster_id,
    candidate_states.reopened_reason IS NOT NULL AS reopened,
    interactions.model,
    interactions.provider,
    interactions.prompt_name || '@' || interactions.prompt_version AS prompt,
    interactions.time,
    coalesce(cases.variants, 0) AS variants,
    coalesce(cases.wordings, 0) AS wordings,
    coalesce(cases.users, 0) AS users,
    cases.first_seen,
    cases.last_seen,
    candidate_states.verdict IS NOT DISTINCT FROM 'skip' AS skipped,
    candidate_states.proposed_output IS NULL AS unwritten,
    abs(coalesce(candidate_states.p_good, 0.5) - 0.5) AS certainty
FROM candidate_states
LEFT JOIN interactions ON interactions.id = candidate_states.interaction_id
LEFT JOIN cases ON cases.case_id = candidate_states.cluster_id;
