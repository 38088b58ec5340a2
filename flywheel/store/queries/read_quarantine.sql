SELECT
    fault_id,
    source,
    line,
    byte_offset AS "offset",
    reason,
    field,
    sha256,
    stage,
    strftime(quarantined_at, '%Y-%m-%dT%H:%M:%SZ') AS quarantined_at
FROM open_quarantine
WHERE
    ($reason IS NULL OR reason = $reason)
    AND ($source IS NULL OR source = $source OR contains(source, $source))
    AND ($since IS NULL OR quarantined_at >= $since)
    AND ($until IS NULL OR quarantined_at < $until)
ORDER BY source, line, fault_id
