SELECT * RENAME (decided_at AS time)
FROM decisions
WHERE decision_id = $decision_id
