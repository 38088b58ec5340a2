-- Each wording that was asked since then, by tenant: how often, its case, and where that stands. A
-- golden case is never in the bank, so that it cannot be a gap; taken: proposed before.
WITH asked AS (
    SELECT
        interactions.case_id,
        interactions.tenant,
        arg_max(interactions.messages, interactions.time) AS messages,
        arg_max(interactions.feature, interactions.time) AS feature,
        count(*) AS times
    FROM interactions
    WHERE interactions.time >= $since
    GROUP BY ALL
),

known AS (
    SELECT
        asked.*,
        coalesce(clusters.cluster_id, asked.case_id) AS cluster_id
    FROM asked
    LEFT JOIN clusters USING (case_id)
),

candidate_of_case AS (
    SELECT
        cluster_id,
        bool_or($exclusive OR target = 'bank' OR goes_to = 'bank') AS taken,
        min_by(state, (state <> 'pending', candidate_id))
            FILTER (WHERE goes_to = 'bank' AND state <> 'merged') AS bank_state,
        min_by(candidate_id, (state <> 'pending', candidate_id))
            FILTER (WHERE goes_to = 'bank' AND state <> 'merged') AS candidate_id
    FROM candidate_states
    GROUP BY cluster_id
),

golden AS (
    SELECT DISTINCT coalesce(clusters.cluster_id, current_examples.case_id) AS cluster_id
    FROM current_examples
    LEFT JOIN clusters USING (case_id)
    WHERE current_examples.target = 'golden'
)

SELECT
    known.*,
    candidate_of_case.bank_state,
    candidate_of_case.candidate_id,
    coalesce(candidate_of_case.taken, FALSE) AS taken,
    golden.cluster_id IS NOT NULL AS golden
FROM known
LEFT JOIN candidate_of_case USING (cluster_id)
LEFT JOIN golden USING (cluster_id)
ORDER BY known.times DESC, known.case_id, known.tenant
