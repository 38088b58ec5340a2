-- All that reviewers did about cases which two have to judge, since they were drawn, in the order
-- in which it could be seen.
WITH twice AS (
    SELECT
        candidate_id,
        min(drawn_at) AS drawn_at
    FROM draws
    WHERE reviewers = 2
    GROUP BY candidate_id
)

SELECT
    decisions.decision_id,
    decisions.candidate_id,
    decisions.reviewer,
    decisions.verdict,
    coalesce(decisions.target, candidates.target) AS goes_to,
    decisions.rubric,
    decisions.decided_at AS time,
    decisions.undoes,
    coalesce(decisions.adjudicates, FALSE) AS adjudicates
FROM twice
JOIN candidates USING (candidate_id)
JOIN decisions USING (candidate_id)
WHERE decisions.recorded_at >= twice.drawn_at
ORDER BY decisions.seq
