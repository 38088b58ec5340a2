-- Every drawn case that still is one, with its round, the first round that it could have been drawn
-- in, and whether reviewers said yes. A re-opened case counts by the decision that it stands by.
WITH rounds AS (
    SELECT
        round_id,
        min(drawn_at) AS drawn_at,
        any_value(population) AS population,
        row_number() OVER (ORDER BY min(seq)) - 1 AS round
    FROM draws
    GROUP BY round_id
)

SELECT
    draws.candidate_id,
    draws.round_id,
    rounds.round,
    rounds.population,
    draws.stratum,
    draws.probability,
    least(
        rounds.round,
        (SELECT count(*) FROM rounds AS before WHERE before.drawn_at < states.proposed_at)
    ) AS came,
    CASE
        WHEN states.verdict IN ('approve', 'edit') THEN TRUE
        WHEN states.verdict = 'reject' THEN FALSE
    END AS outcome
FROM draws
JOIN rounds USING (round_id)
JOIN candidate_states AS states ON states.candidate_id = draws.candidate_id
WHERE states.state <> 'merged'
ORDER BY draws.seq
