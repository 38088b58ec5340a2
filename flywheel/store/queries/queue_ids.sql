SELECT candidate_id
FROM review_queue
WHERE $state IS NULL OR state = $state
ORDER BY
    skipped,
    unwritten,
    certainty DESC,
    candidate_id
