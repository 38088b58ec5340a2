SELECT * EXCLUDE (skipped, unwritten, certainty)
FROM review_queue
WHERE
    candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
    AND ($tenant IS NULL OR tenant = $tenant)
ORDER BY
    skipped,
    unwritten,
    certainty DESC,
    candidate_id
