SELECT * EXCLUDE (skipped, unwritten, certainty)
FROM review_queue
WHERE
    ($state IS NULL OR state = $state)
    AND ($target IS NULL OR target = $target)
    AND ($feature IS NULL OR feature = $feature)
    AND ($tenant IS NULL OR tenant = $tenant)
ORDER BY
    skipped,
    unwritten,
    certainty DESC,
    candidate_id
LIMIT $limit
OFFSET $offset
