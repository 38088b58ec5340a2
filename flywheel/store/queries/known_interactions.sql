SELECT id
FROM incoming_interactions
SEMI JOIN interactions USING (id)
