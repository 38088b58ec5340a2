-- Candidates that are approved, or that stand as an example, with what promote has to know.
WITH newest AS (
    SELECT decision_id, outcome, reason
    FROM promotions
    QUALIFY row_number() OVER (PARTITION BY decision_id ORDER BY seq DESC) = 1
),

-- By which decision an example came to stand: it is withdrawn under that one when no other stands,
-- as when it was taken back, or when two have to judge the case and one of them thinks again.
promoted AS (
    SELECT candidate_id, arg_max(decision_id, seq) AS decision_id
    FROM promotions
    WHERE outcome = 'added'
    GROUP BY candidate_id
)

SELECT
    states.candidate_id,
    states.cluster_id AS case_id,
    states.goes_to AS target,
    coalesce(states.decision_id, promoted.decision_id) AS decision_id,
    coalesce(states.verdict IN ('approve', 'edit'), FALSE) AS approved,
    CASE
        WHEN states.verdict = 'edit' THEN states.decided_output
        ELSE states.proposed_output
    END AS ideal_output,
    CASE
        WHEN states.interaction_id IS NULL THEN TRUE
        ELSE interactions.consent
    END AS consent,
    current_examples.output AS standing_output,
    current_examples.target AS standing_target,
    (
        current_examples.critical IS NOT DISTINCT FROM states.critical
        AND coalesce(current_examples.labels, []) = coalesce(states.labels, [])
    ) AS same_marks,
    CASE WHEN newest.outcome <> 'added' THEN newest.reason END AS kept_out,
    states.messages,
    states.context
FROM candidate_states AS states
LEFT JOIN interactions ON interactions.id = states.interaction_id
LEFT JOIN current_examples ON current_examples.candidate_id = states.candidate_id
LEFT JOIN promoted ON promoted.candidate_id = states.candidate_id
LEFT JOIN newest ON newest.decision_id = states.decision_id
WHERE states.verdict IN ('approve', 'edit') OR current_examples.candidate_id IS NOT NULL;
