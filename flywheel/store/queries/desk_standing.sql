-- What the desk keeps of candidates besides what a reviewer sees.
SELECT
    states.candidate_id,
    states.cluster_id,
    CASE WHEN states.reopened_reason IS NOT NULL THEN states.decision_id END AS reopened,
    states.state,
    coalesce(cases.variants, 0) AS variants,
    coalesce(cases.users, 0) AS users
FROM candidate_states AS states
LEFT JOIN cases ON cases.case_id = states.cluster_id
WHERE
    $candidate_ids IS NULL
    OR states.candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
