-- The queue without its texts; in the order of read_candidates.sql, which a test compares.
SELECT
    candidate_id,
    target,
    feature,
    verdict IS NOT DISTINCT FROM 'skip' AS skipped
FROM candidate_states
WHERE
    state = $state
    AND ($tenant IS NULL OR tenant = $tenant)
ORDER BY
    verdict IS NOT DISTINCT FROM 'skip',
    proposed_output IS NULL,
    abs(coalesce(p_good, 0.5) - 0.5) DESC,
    candidate_id
