INSERT INTO interactions BY NAME
SELECT incoming.*, $batch_id AS batch_id
FROM incoming_interactions AS incoming
ANTI JOIN interactions USING (id)
