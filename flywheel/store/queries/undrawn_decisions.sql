SELECT count(*)
FROM candidate_states
ANTI JOIN draws USING (candidate_id)
WHERE verdict IN ('approve', 'edit', 'reject')
