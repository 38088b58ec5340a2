-- What may be proposed, each with its place in the queue of its target, feature and day: what was
-- proposed for that day before stands ahead of it.
CREATE OR REPLACE TEMP TABLE open_routes AS
WITH proposed AS (
    SELECT
        target,
        feature,
        day,
        count(*) AS places
    FROM candidates
    WHERE interaction_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    routes.*,
    CASE routes.target WHEN 'golden' THEN $golden_cap ELSE $bank_cap END AS cap,
    coalesce(proposed.places, 0) + row_number() OVER (
        PARTITION BY routes.target, routes.feature, routes.day
        ORDER BY routes.weight DESC, routes.interaction_id
    ) AS place
FROM routes
LEFT JOIN proposed
    ON
        proposed.target = routes.target
        AND proposed.feature IS NOT DISTINCT FROM routes.feature
        AND proposed.day = routes.day
WHERE
    routes.held IS NULL
    AND (NOT $exclusive OR routes.target = routes.case_target)
    AND NOT EXISTS (
        SELECT 1
        FROM candidate_states
        WHERE
            candidate_states.cluster_id = routes.case_id
            AND ($exclusive OR candidate_states.target = routes.target)
    )
