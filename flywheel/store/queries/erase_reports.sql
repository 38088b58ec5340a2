-- Evaluations that looked at an erased case: their reports quote the cases that were lost.
SELECT
    evaluation_id,
    report
FROM evaluations
WHERE evaluation_id IN (
    SELECT evaluation_id
    FROM evaluation_scores
    WHERE case_id IN (SELECT case_id FROM erased_candidates)
)
ORDER BY evaluation_id
