-- Decided candidates, each with a correction of its case that came in after the decision: all that
-- stand, or these, whatever became of them, with what users of their own tenant said.
SELECT
    states.candidate_id,
    states.decision_id,
    CASE states.verdict WHEN 'reject' THEN 'rejected' ELSE 'approved' END AS state,
    states.reviewer,
    states.decided_at,
    CASE states.verdict WHEN 'edit' THEN states.decided_output ELSE states.proposed_output END
        AS decided,
    coalesce(feedback.user_key, 'event ' || feedback.id) AS voter,
    feedback.correction
FROM candidate_states AS states
JOIN decisions USING (decision_id)
JOIN interaction_cases ON interaction_cases.case_id = states.cluster_id
JOIN interactions ON interactions.id = interaction_cases.id
JOIN feedback ON feedback.interaction_id = interactions.id
LEFT JOIN batches ON batches.batch_id = feedback.batch_id
WHERE
    CASE
        WHEN $candidate_ids IS NULL THEN states.state IN ('approved', 'rejected')
        ELSE
            states.candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
            AND interactions.tenant = states.tenant
    END
    AND interactions.consent
    AND feedback.signal = 'correction'
    AND feedback.correction IS NOT NULL
    AND coalesce(batches.committed_at, feedback.time) > decisions.recorded_at
ORDER BY states.candidate_id, feedback.id
