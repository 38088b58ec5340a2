-- Under which names decisions are recorded, the oldest first.
SELECT reviewer
FROM decisions
GROUP BY reviewer
ORDER BY min(seq)
