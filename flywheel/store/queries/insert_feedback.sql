INSERT INTO feedback BY NAME
SELECT incoming.*, $batch_id AS batch_id
FROM incoming_feedback AS incoming
ANTI JOIN feedback USING (id)
