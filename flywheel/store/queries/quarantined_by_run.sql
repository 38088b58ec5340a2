SELECT
    quarantine.source,
    quarantine.line,
    quarantine.byte_offset AS offset,
    quarantine.reason,
    quarantine.field,
    quarantine.sha256,
    quarantine.stage
FROM quarantine
JOIN batches USING (batch_id)
WHERE batches.run_id = $run_id
ORDER BY quarantine.source, quarantine.line
