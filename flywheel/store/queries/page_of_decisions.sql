SELECT * RENAME (decided_at AS time)
FROM decisions
WHERE seq > $after
ORDER BY seq
LIMIT $limit
