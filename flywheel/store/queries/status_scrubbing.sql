SELECT coalesce(list(DISTINCT version ORDER BY version), []::VARCHAR[]) AS versions
FROM batch_scrubbings
