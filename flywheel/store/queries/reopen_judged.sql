-- Approved answers of the bank that users have found bad since: their score is newer and low.
SELECT
    states.candidate_id,
    states.decision_id,
    states.state,
    states.reviewer,
    states.decided_at,
    current_scores.p_good
FROM candidate_states AS states
JOIN decisions USING (decision_id)
JOIN current_scores ON current_scores.interaction_id = states.interaction_id
WHERE
    states.state = 'approved'
    AND states.goes_to = 'bank'
    AND states.verdict = 'approve'
    AND states.reason_code = 'confirmed_good'
    AND current_scores.p_good <= $max_p_good
    AND current_scores.scored_at > decisions.recorded_at
ORDER BY states.candidate_id
