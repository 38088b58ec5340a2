SELECT count(*)
FROM orphan_feedback
JOIN batches USING (batch_id)
WHERE batches.committed_at < now() - to_seconds($days * 86400)
