SELECT
    state,
    target,
    feature,
    count(*) AS count
FROM candidate_states
GROUP BY ALL
ORDER BY ALL
