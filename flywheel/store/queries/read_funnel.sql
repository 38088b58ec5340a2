SELECT
    CASE $by WHEN 'source' THEN source ELSE run_id END AS name,
    strftime(arg_max(committed_at, seq), '%Y-%m-%dT%H:%M:%SZ') AS at,
    sum(read)::BIGINT AS read,
    sum(blank)::BIGINT AS blank,
    sum(quarantined)::BIGINT AS quarantined,
    sum(outside)::BIGINT AS outside,
    sum(resent)::BIGINT AS resent,
    sum(stored)::BIGINT AS stored
FROM funnels
GROUP BY 1
ORDER BY max(seq)
