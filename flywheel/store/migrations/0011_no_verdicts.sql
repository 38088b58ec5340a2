-- A skip and a pass are no verdicts: what was judged stands until somebody judges again or takes it
-- back. A judged case that was passed on waits in the colleague's queue meanwhile.

CREATE OR REPLACE VIEW verdicts AS
WITH newest AS (
    SELECT *
    FROM standing_decisions
    WHERE
        NOT coalesce(adjudicates, FALSE)
        AND verdict IN ('approve', 'edit', 'reject')
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
JOIN candidates USING (candidate_id);

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
        standing_decisions.verdict IN ('approve', 'edit', 'reject') DESC,
        standing_decisions.decided_at DESC,
        standing_decisions.seq DESC
) = 1;

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

-- Who had the last word, a skip or a pass included; and whether it was passed on since it was judged.
words AS (
    SELECT
        candidate_id,
        arg_max(verdict, (decided_at, seq)) AS verdict,
        arg_max(coalesce(sent_to, ''), (decided_at, seq)) AS sent_to,
        coalesce(
            max((decided_at, seq)) FILTER (WHERE verdict = 'send')
            > max((decided_at, seq)) FILTER (WHERE verdict IN ('approve', 'edit', 'reject')),
            FALSE
        ) AS passed_on
    FROM standing_decisions
    GROUP BY candidate_id
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
        CASE WHEN newest.decision_id IS NOT NULL THEN nullif(words.sent_to, '') END AS sent_to,
        newest.decision_id IS NOT NULL AND words.verdict = 'skip' AS skipped,
        newest.decision_id IS NOT NULL AND words.passed_on AS passed_on,
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
    LEFT JOIN words USING (candidate_id)
    LEFT JOIN double_reviews USING (candidate_id)
    LEFT JOIN clusters ON clusters.case_id = candidates.case_id
)

SELECT
    * EXCLUDE (standing, disputed, passed_on),
    CASE
        WHEN disputed THEN 'disputed'
        WHEN reopened_reason IS NOT NULL OR passed_on THEN 'pending'
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
    candidate_states.proposed_output IS NULL AS unwritten,
    abs(coalesce(candidate_states.p_good, 0.5) - 0.5) AS certainty
FROM candidate_states
LEFT JOIN interactions ON interactions.id = candidate_states.interaction_id
LEFT JOIN cases ON cases.case_id = candidate_states.cluster_id
LEFT JOIN drawn ON drawn.candidate_id = candidate_states.candidate_id;
