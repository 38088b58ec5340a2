-- Each reviewer's newest word on these candidates that stands, whatever it is.
SELECT * RENAME (decided_at AS time)
FROM standing_decisions
WHERE candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
QUALIFY row_number() OVER (
    PARTITION BY candidate_id, reviewer ORDER BY decided_at DESC, seq DESC
) = 1
ORDER BY candidate_id, time, seq
