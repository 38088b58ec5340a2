SELECT
    candidate_id,
    coalesce(trim(proposed_output) <> '', false) AS has_ideal,
    CASE WHEN reopened_reason IS NULL THEN verdict END AS verdict,
    decided_output,
    decided_reason,
    reviewer,
    decided_at
FROM candidate_states
WHERE candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
