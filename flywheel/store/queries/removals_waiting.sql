-- How many examples wait for a reviewer because their removal was proposed for this cause.
SELECT count(*) AS waiting
FROM candidate_states
WHERE
    state = 'pending'
    AND decision_id IN (SELECT decision_id FROM reopenings WHERE code = $code)
