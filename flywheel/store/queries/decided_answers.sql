-- Decided candidates with the answer that they were proposed for.
SELECT
    states.candidate_id,
    states.cluster_id,
    states.interaction_id,
    states.output,
    states.p_good,
    states.verdict,
    CASE states.verdict WHEN 'edit' THEN states.decided_output ELSE states.proposed_output END
        AS ideal_output,
    states.proposed_output,
    states.decided_reason
FROM candidate_states AS states
JOIN interactions ON interactions.id = states.interaction_id
WHERE states.verdict IN ('approve', 'edit', 'reject') AND states.output IS NOT NULL
ORDER BY states.candidate_id
