-- What a new decision is compared with: the one that a candidate stands by, unless two have to judge.
WITH asked AS (
    SELECT unnest($candidate_ids::VARCHAR[]) AS candidate_id
),

latest AS (
    SELECT candidate_id, max(decided_at) AS latest_at
    FROM decisions
    SEMI JOIN asked USING (candidate_id)
    GROUP BY candidate_id
)

SELECT
    states.candidate_id,
    coalesce(trim(states.proposed_output) <> '', FALSE) AS has_ideal,
    CASE
        WHEN states.reopened_reason IS NULL AND states.reviewers = 1 THEN states.decision_id
    END AS decision_id,
    latest.latest_at
FROM candidate_states AS states
LEFT JOIN latest USING (candidate_id)
WHERE states.candidate_id IN (SELECT candidate_id FROM asked)
