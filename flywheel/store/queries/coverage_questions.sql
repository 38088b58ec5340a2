-- Each case that was asked since then, by tenant: how often, how well it was answered, and where it
-- stands. A golden case is never in the bank, so that it cannot be a gap.
WITH asked AS (
    SELECT
        interactions.case_id,
        interactions.tenant,
        arg_max(interactions.messages, interactions.time) AS messages,
        arg_max(interactions.feature, interactions.time) AS feature,
        count(*) AS times,
        max(current_scores.p_good) AS best_p_good
    FROM interactions
    LEFT JOIN current_scores ON current_scores.interaction_id = interactions.id
    WHERE interactions.time >= $since
    GROUP BY ALL
)
SELECT
    asked.*,
    candidate_states.state AS bank_state,
    candidate_states.candidate_id,
    EXISTS (
        SELECT 1
        FROM current_examples
        WHERE current_examples.target = 'golden' AND current_examples.case_id = asked.case_id
    ) AS golden
FROM asked
LEFT JOIN candidate_states
    ON candidate_states.case_id = asked.case_id AND candidate_states.goes_to = 'bank'
ORDER BY asked.times DESC, asked.case_id, asked.tenant
