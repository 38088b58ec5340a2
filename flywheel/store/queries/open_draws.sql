-- Drawn cases that nobody has decided yet; of one that two judge, until they agree or a third has.
SELECT count(*)
FROM candidate_states
SEMI JOIN draws USING (candidate_id)
WHERE state IN ('pending', 'disputed')
