SELECT
    state,
    target,
    feature,
    count(*) AS count
FROM candidate_states
WHERE $tenant IS NULL OR tenant = $tenant
GROUP BY ALL
ORDER BY ALL
