SELECT decision_id
FROM decisions
WHERE decision_id IN (SELECT unnest($decision_ids::VARCHAR[]))
