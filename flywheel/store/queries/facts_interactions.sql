SELECT * EXCLUDE (batch_id)
FROM interactions
ORDER BY id
