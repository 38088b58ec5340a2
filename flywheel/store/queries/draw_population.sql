-- Cases that wait and were never drawn, with what tells how much a verdict on them would say.
WITH waiting AS MATERIALIZED (
    SELECT
        candidate_id,
        cluster_id,
        interaction_id,
        p_good
    FROM candidate_states
    ANTI JOIN draws USING (candidate_id)
    WHERE state = 'pending'
),

clock AS (
    SELECT
        max(time) - INTERVAL 7 DAY AS week_ago,
        max(time) - INTERVAL 35 DAY AS month_before,
        min(time) AS started
    FROM interactions
),

asked AS (
    SELECT
        coalesce(clusters.cluster_id, interactions.case_id) AS cluster_id,
        sum(interactions.cost_usd) AS cost,
        count(*) FILTER (
            WHERE interactions.time > clock.week_ago AND clock.started <= clock.week_ago
        ) AS asked_this_week,
        count(*) FILTER (
            WHERE
            interactions.time > clock.month_before AND interactions.time <= clock.week_ago
        ) AS asked_before
    FROM interactions
    LEFT JOIN clusters ON clusters.case_id = interactions.case_id
    CROSS JOIN clock
    GROUP BY ALL
),

scored AS (
    SELECT
        interaction_id,
        max_by(p_good, seq) AS p_good
    FROM scores
    SEMI JOIN waiting USING (interaction_id)
    GROUP BY interaction_id
),

-- A judge grades answers that evaluations asked for. It says something about an answer that a user
-- got only where both are the same text, given to the same case.
judged AS (
    SELECT
        waiting.candidate_id,
        avg((evaluation_scores.value - 1) / 4) AS judged
    FROM evaluation_scores
    JOIN answers USING (answer_key)
    LEFT JOIN clusters ON clusters.case_id = answers.case_id
    JOIN waiting ON waiting.cluster_id = coalesce(clusters.cluster_id, answers.case_id)
    JOIN candidates
        ON candidates.candidate_id = waiting.candidate_id AND candidates.output = answers.output
    WHERE evaluation_scores.scorer = 'judge.accuracy' AND evaluation_scores.status = 'scored'
    GROUP BY waiting.candidate_id
)

SELECT
    waiting.candidate_id,
    coalesce(scored.p_good, waiting.p_good, 'nan')::DOUBLE AS p_good,
    coalesce(asked.asked_this_week, 0)::DOUBLE AS asked_this_week,
    coalesce(asked.asked_before, 0)::DOUBLE AS asked_before,
    coalesce(asked.cost, 'nan')::DOUBLE AS cost,
    coalesce(judged.judged, 'nan')::DOUBLE AS judged
FROM waiting
LEFT JOIN asked USING (cluster_id)
LEFT JOIN scored USING (interaction_id)
LEFT JOIN judged USING (candidate_id)
ORDER BY waiting.candidate_id
