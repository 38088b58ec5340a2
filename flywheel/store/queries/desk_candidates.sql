-- Every candidate, in about the order in which reviewers want them: the first are read first.
WITH drawn AS (
    SELECT candidate_id, max(seq) AS seq FROM draws GROUP BY candidate_id
),

decided AS (
    SELECT DISTINCT candidate_id FROM decisions
)

SELECT candidates.candidate_id
FROM candidates
LEFT JOIN drawn USING (candidate_id)
LEFT JOIN decided ON decided.candidate_id = candidates.candidate_id
ORDER BY
    decided.candidate_id IS NOT NULL,
    drawn.seq NULLS LAST,
    candidates.proposed_output IS NULL,
    abs(coalesce(candidates.p_good, 0.5) - 0.5) DESC,
    candidates.candidate_id
