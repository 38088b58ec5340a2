-- Candidates that are approved, or that stand as an example, with what promote has to know.
WITH newest AS (
    SELECT decision_id, outcome, reason
    FROM promotions
    QUALIFY row_number() OVER (PARTITION BY decision_id ORDER BY seq DESC) = 1
),

added AS (
    SELECT
        candidate_id,
        max_by(decision_id IN (SELECT decision_id FROM reopenings), seq) AS is_reopened
    FROM promotions
    WHERE outcome = 'added'
    GROUP BY candidate_id
)

SELECT
    states.candidate_id,
    states.cluster_id AS case_id,
    CASE WHEN left_open.example THEN current_examples.target ELSE states.goes_to END AS target,
    states.decision_id,
    left_open.example OR coalesce(states.verdict IN ('approve', 'edit'), FALSE) AS approved,
    CASE
        WHEN left_open.example THEN current_examples.output
        WHEN states.verdict = 'edit' THEN states.decided_output
        ELSE states.proposed_output
    END AS ideal_output,
    CASE
        WHEN states.interaction_id IS NULL THEN TRUE
        ELSE interactions.consent
    END AS consent,
    current_examples.output AS standing_output,
    current_examples.target AS standing_target,
    left_open.example
    OR (
        current_examples.critical IS NOT DISTINCT FROM states.critical
        AND coalesce(current_examples.labels, []) = coalesce(states.labels, [])
    ) AS same_marks,
    CASE WHEN newest.outcome <> 'added' THEN newest.reason END AS kept_out,
    states.messages,
    states.context
FROM candidate_states AS states
LEFT JOIN interactions ON interactions.id = states.interaction_id
LEFT JOIN current_examples ON current_examples.candidate_id = states.candidate_id
LEFT JOIN added ON added.candidate_id = states.candidate_id
-- Who skips a re-opened case or passes it on has not judged it: its example stands as it was added.
CROSS JOIN LATERAL (
    SELECT
        current_examples.candidate_id IS NOT NULL
        AND coalesce(states.verdict IN ('skip', 'send'), FALSE)
        AND coalesce(added.is_reopened, FALSE) AS example
) AS left_open
LEFT JOIN newest ON newest.decision_id = states.decision_id
WHERE states.verdict IN ('approve', 'edit') OR current_examples.candidate_id IS NOT NULL;
