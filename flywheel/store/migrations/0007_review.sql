-- Several reviewers: what they say besides yes and no, what they take back, and how a case came to
-- them. Facts; what a case stands at is a view.

ALTER TABLE decisions ADD COLUMN target VARCHAR; -- where it goes instead of where it was proposed
ALTER TABLE decisions ADD COLUMN critical BOOLEAN; -- a golden case that must never fail
ALTER TABLE decisions ADD COLUMN labels VARCHAR[];
ALTER TABLE decisions ADD COLUMN note VARCHAR;
ALTER TABLE decisions ADD COLUMN rubric JSON; -- {criterion: 1..5}
ALTER TABLE decisions ADD COLUMN text_version VARCHAR; -- a hash of what the reviewer was shown
ALTER TABLE decisions ADD COLUMN seconds DOUBLE; -- from the case's showing to the decision
ALTER TABLE decisions ADD COLUMN sent_to VARCHAR;
ALTER TABLE decisions ADD COLUMN adjudicates BOOLEAN;
ALTER TABLE decisions ADD COLUMN undoes VARCHAR; -- the decision that is taken back

-- A case that a round of sampling picked, and with which probability it could have.
CREATE TABLE draws (
    candidate_id VARCHAR NOT NULL,
    round_id VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL, -- telling: taken for certain; random: by lot from the rest
    probability DOUBLE NOT NULL,
    population BIGINT NOT NULL, -- of the round: all that waited
    reviewers INTEGER NOT NULL, -- 2: to be judged by two, neither of whom sees the other's verdict
    why VARCHAR NOT NULL,
    seq BIGINT NOT NULL,
    drawn_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE draw_seq;

CREATE VIEW standing_decisions AS
SELECT decisions.*
FROM decisions
ANTI JOIN (
    SELECT undoes AS decision_id FROM decisions WHERE undoes IS NOT NULL
) AS undone USING (decision_id)
WHERE decisions.verdict <> 'undo';

-- Each reviewer's own newest judgement of a candidate; an adjudication is nobody's own.
CREATE VIEW verdicts AS
WITH newest AS (
    SELECT *
    FROM standing_decisions
    WHERE NOT coalesce(adjudicates, FALSE)
    QUALIFY row_number() OVER (
        PARTITION BY candidate_id, reviewer ORDER BY decided_at DESC, seq DESC
    ) = 1
)

SELECT
    newest.*,
    newest.verdict IN ('approve', 'edit') AS yes,
    CASE
        WHEN newest.verdict = 'reject' THEN NULL
        ELSE coalesce(newest.target, candidates.target)
    END AS goes_to,
    CASE newest.verdict
        WHEN 'approve' THEN candidates.proposed_output
        WHEN 'edit' THEN newest.output
    END AS ideal_output
FROM newest
JOIN candidates USING (candidate_id)
WHERE newest.verdict IN ('approve', 'edit', 'reject');

-- Candidates that two have to judge. They differ when one says no, sends it elsewhere, or writes
-- another ideal output; case and white space apart.
CREATE VIEW double_reviews AS
SELECT
    twice.candidate_id,
    count(verdicts.decision_id) AS given,
    count(DISTINCT concat_ws(
        chr(0),
        verdicts.yes,
        verdicts.goes_to,
        trim(regexp_replace(lower(verdicts.ideal_output), '\s+', ' ', 'g'))
    )) > 1 AS differ,
    arg_max(verdicts.decision_id, (verdicts.decided_at, verdicts.seq)) AS newest_id
FROM (SELECT DISTINCT candidate_id FROM draws WHERE reviewers = 2) AS twice
LEFT JOIN verdicts USING (candidate_id)
GROUP BY twice.candidate_id;

-- The decision that a candidate stands by: the newest; of one that two have to judge, the
-- adjudication, or the newer of two that agree.
CREATE OR REPLACE VIEW current_decisions AS
SELECT standing_decisions.*
FROM standing_decisions
LEFT JOIN double_reviews USING (candidate_id)
WHERE
    double_reviews.candidate_id IS NULL
    OR coalesce(standing_decisions.adjudicates, FALSE)
    OR (
        double_reviews.given >= 2
        AND NOT double_reviews.differ
        AND standing_decisions.decision_id = double_reviews.newest_id
    )
QUALIFY row_number() OVER (
    PARTITION BY standing_decisions.candidate_id
    ORDER BY
        double_reviews.candidate_id IS NOT NULL AND standing_decisions.adjudicates DESC NULLS LAST,
        standing_decisions.decided_at DESC,
        standing_decisions.seq DESC
) = 1;

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
        coalesce(newest.target, candidates.target) AS goes_to,
        coalesce(newest.critical, FALSE) AS critical,
        newest.labels,
        newest.note,
        newest.sent_to,
        CASE WHEN double_reviews.candidate_id IS NULL THEN 1 ELSE 2 END AS reviewers,
        coalesce(double_reviews.given, 0) AS given,
        CASE
            WHEN double_reviews.candidate_id IS NULL THEN FALSE
            WHEN newest.decision_id IS NULL
                THEN double_reviews.given >= 2 AND double_reviews.differ
            ELSE coalesce(newest.adjudicates, FALSE) AND newest.reopened_reason IS NOT NULL
        END AS disputed,
        CASE
            WHEN newest.verdict IN ('approve', 'edit') THEN 1
            WHEN newest.verdict = 'reject' THEN 2
            ELSE 3
        END AS standing
    FROM candidates
    LEFT JOIN newest USING (candidate_id)
    LEFT JOIN double_reviews USING (candidate_id)
    LEFT JOIN clusters ON clusters.case_id = candidates.case_id
)

SELECT
    * EXCLUDE (standing, disputed),
    CASE
        WHEN disputed THEN 'disputed'
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
WITH drawn AS (
    SELECT
        candidate_id,
        max_by(stratum, seq) AS stratum,
        max_by(probability, seq) AS probability,
        max_by(population, seq) AS population,
        max_by(why, seq) AS drawn_why,
        max(seq) AS drawn_seq
    FROM draws
    GROUP BY candidate_id
)

SELECT
    candidate_states.* EXCLUDE (decision_id, example_id, reason, cluster_id, reopened_reason),
    concat_ws(' ', candidate_states.reopened_reason, candidate_states.reason) AS reason,
    candidate_states.cluster_id,
    candidate_states.reopened_reason IS NOT NULL AS reopened,
    interactions.model,
    interactions.provider,
    interactions.prompt_name || '@' || interactions.prompt_version AS prompt,
    interactions.time,
    interactions.cost_usd,
    interactions.latency_ms,
    interactions.input_tokens,
    interactions.output_tokens,
    coalesce(cases.variants, 0) AS variants,
    coalesce(cases.wordings, 0) AS wordings,
    coalesce(cases.users, 0) AS users,
    cases.first_seen,
    cases.last_seen,
    drawn.stratum,
    drawn.probability,
    drawn.population,
    drawn.drawn_why,
    drawn.drawn_seq,
    candidate_states.verdict IS NOT DISTINCT FROM 'skip' AS skipped,
    candidate_states.proposed_output IS NULL AS unwritten,
    abs(coalesce(candidate_states.p_good, 0.5) - 0.5) AS certainty
FROM candidate_states
LEFT JOIN interactions ON interactions.id = candidate_states.interaction_id
LEFT JOIN cases ON cases.case_id = candidate_states.cluster_id
LEFT JOIN drawn ON drawn.candidate_id = candidate_states.candidate_id;

-- Where the decision that an example was added by wants it, and whether it must never fail.
CREATE OR REPLACE VIEW current_examples AS
WITH newest AS (
    SELECT *
    FROM promotions
    WHERE outcome IN ('added', 'withdrawn')
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY seq DESC) = 1
)
SELECT
    coalesce(candidates.example_id, candidates.candidate_id) AS id,
    candidates.case_id,
    coalesce(decisions.target, candidates.target) AS target,
    candidates.messages,
    candidates.context,
    newest.output,
    candidates.feature,
    candidates.tenant,
    candidates.tags,
    coalesce(decisions.critical, FALSE) AS critical,
    decisions.labels,
    decisions.reviewer,
    decisions.decided_at,
    candidates.candidate_id
FROM newest
JOIN candidates USING (candidate_id)
JOIN decisions USING (decision_id)
WHERE newest.outcome = 'added';
