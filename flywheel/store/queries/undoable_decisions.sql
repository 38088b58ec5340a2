SELECT
    decision_id,
    candidate_id,
    reviewer
FROM standing_decisions
WHERE decision_id IN (SELECT unnest($decision_ids::VARCHAR[]))
