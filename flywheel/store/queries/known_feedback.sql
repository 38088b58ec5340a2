SELECT id
FROM incoming_feedback
SEMI JOIN feedback USING (id)
