SELECT
    type,
    field,
    sum(count)::BIGINT AS count
FROM scrub_counts
GROUP BY type, field
ORDER BY type, field
