-- Who has judged proposed cases so far; whoever brings examples in from elsewhere does not count.
SELECT count(DISTINCT decisions.reviewer)
FROM decisions
JOIN candidates USING (candidate_id)
WHERE candidates.interaction_id IS NOT NULL AND decisions.verdict IN ('approve', 'edit', 'reject')
