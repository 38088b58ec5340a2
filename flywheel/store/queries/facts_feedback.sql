SELECT * EXCLUDE (batch_id)
FROM feedback
ORDER BY id
