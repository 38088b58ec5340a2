SELECT
    target,
    reason_code AS reason,
    coalesce(feature, '–') AS feature,
    count(*) FILTER (WHERE state = 'pending') AS pending,
    count(*) AS proposed
FROM candidate_states
GROUP BY ALL
ORDER BY pending DESC, target, reason, feature
