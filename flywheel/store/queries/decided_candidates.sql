-- What a new decision is compared with: the last word, unless two have to judge.
WITH asked AS (
    SELECT unnest($candidate_ids::VARCHAR[]) AS candidate_id
),

latest AS (
    SELECT candidate_id, max(decided_at) AS latest_at
    FROM decisions
    SEMI JOIN asked USING (candidate_id)
    GROUP BY candidate_id
),

words AS (
    SELECT candidate_id, arg_max(decision_id, (decided_at, seq)) AS decision_id
    FROM standing_decisions
    SEMI JOIN asked USING (candidate_id)
    GROUP BY candidate_id
)

SELECT
    states.candidate_id,
    coalesce(trim(states.proposed_output) <> '', FALSE) AS has_ideal,
    CASE
        WHEN
            states.reviewers = 1
            AND words.decision_id NOT IN (SELECT decision_id FROM reopenings)
            THEN words.decision_id
    END AS decision_id,
    latest.latest_at
FROM candidate_states AS states
LEFT JOIN latest USING (candidate_id)
LEFT JOIN words USING (candidate_id)
WHERE states.candidate_id IN (SELECT candidate_id FROM asked)
