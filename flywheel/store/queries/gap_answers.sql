-- For each gap (numbered; its cases, all of one tenant) how many asked, and the answer to propose:
-- one that was judged good, else the newest. Without consent nothing becomes an example.
WITH members AS (
    SELECT
        unnest($gaps::BIGINT[]) AS gap,
        unnest($case_ids::VARCHAR[]) AS case_id,
        unnest($tenants::VARCHAR[]) AS tenant
),

answers AS (
    SELECT
        members.gap,
        interactions.id AS interaction_id,
        interactions.case_id,
        interactions.feature,
        strftime(interactions.time, '%Y-%m-%d') AS day,
        interactions.time,
        interactions.output,
        interactions.consent,
        coalesce(interactions.user_key, interactions.session_key, interactions.id) AS asker,
        current_scores.p_good,
        coalesce(current_scores.p_good >= $min_p_good, FALSE)
        AND trim(interactions.output) <> '' AS is_good
    FROM members
    JOIN interactions
        ON
            interactions.case_id = members.case_id
            AND interactions.tenant IS NOT DISTINCT FROM members.tenant
    LEFT JOIN current_scores ON current_scores.interaction_id = interactions.id
    WHERE interactions.time >= $since
),

counted AS (
    SELECT
        gap,
        count(*) AS asked,
        count(DISTINCT asker) AS users
    FROM answers
    GROUP BY gap
)

SELECT
    answers.* EXCLUDE (consent, asker, time),
    counted.asked,
    counted.users
FROM answers
JOIN counted USING (gap)
WHERE answers.consent
QUALIFY row_number() OVER (
    PARTITION BY gap
    ORDER BY
        is_good DESC,
        CASE WHEN is_good THEN p_good END DESC NULLS LAST,
        answers.time DESC,
        interaction_id
) = 1
ORDER BY gap
