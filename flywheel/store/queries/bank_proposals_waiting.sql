-- How many gaps and redundant examples wait for a reviewer: the policy bounds both.
SELECT
    count(*) FILTER (WHERE reason_code = $gap AND reopened_reason IS NULL) AS gaps,
    count(*) FILTER (
        WHERE decision_id IN (SELECT decision_id FROM reopenings WHERE code = $redundant)
    ) AS redundant
FROM candidate_states
WHERE state = 'pending'
