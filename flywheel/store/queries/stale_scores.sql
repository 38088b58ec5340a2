-- Answers whose feedback or weights have changed since they were scored. One whose feedback was
-- erased altogether is among them: its hash is that of nothing.
WITH given AS (
    SELECT
        interaction_id,
        sha256(string_agg(id, chr(31) ORDER BY id)) AS feedback_hash
    FROM feedback
    GROUP BY interaction_id
)
SELECT
    interactions.id,
    interactions.output,
    coalesce(given.feedback_hash, sha256('')) AS feedback_hash
FROM interactions
LEFT JOIN given ON given.interaction_id = interactions.id
LEFT JOIN current_scores ON current_scores.interaction_id = interactions.id
WHERE
    (given.interaction_id IS NOT NULL OR current_scores.interaction_id IS NOT NULL)
    AND (
        current_scores.feedback_hash IS DISTINCT FROM coalesce(given.feedback_hash, sha256(''))
        OR current_scores.weights_version IS DISTINCT FROM $weights_version
    )
ORDER BY interactions.id
LIMIT $limit
