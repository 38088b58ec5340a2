-- The approved examples of the bank that stand, each with its case; kept_at: when a reviewer kept it
-- though its removal had been proposed for this cause.
WITH proposed AS (
    SELECT candidate_id
    FROM reopenings
    WHERE code = $code
    GROUP BY candidate_id
)

SELECT
    current_examples.id,
    states.candidate_id,
    states.decision_id,
    states.cluster_id,
    CASE WHEN proposed.candidate_id IS NOT NULL THEN decisions.recorded_at END AS kept_at
FROM current_examples
JOIN candidate_states AS states USING (candidate_id)
JOIN decisions USING (decision_id)
LEFT JOIN proposed USING (candidate_id)
WHERE
    current_examples.target = 'bank'
    AND states.goes_to = 'bank'
    AND states.state = 'approved'
ORDER BY current_examples.id
