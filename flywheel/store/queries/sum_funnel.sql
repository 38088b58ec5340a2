SELECT
    coalesce(sum(read), 0)::BIGINT AS read,
    coalesce(sum(blank), 0)::BIGINT AS blank,
    coalesce(sum(quarantined), 0)::BIGINT AS quarantined,
    coalesce(sum(outside), 0)::BIGINT AS outside,
    coalesce(sum(resent), 0)::BIGINT AS resent,
    coalesce(sum(stored), 0)::BIGINT AS stored
FROM funnels
