SELECT
    seq,
    candidate_id,
    verdict,
    reviewer,
    decided_at,
    output,
    reason
FROM decisions
WHERE seq > $after
ORDER BY seq
LIMIT $limit
