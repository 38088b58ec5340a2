-- Where each case that somebody judged could go, one row a case and target; held: why not. A case
-- is a cluster: all its wordings.
CREATE OR REPLACE TEMP TABLE routes AS
WITH clock AS (
    SELECT
        max(time) - INTERVAL 7 DAY AS week_ago,
        max(time) - INTERVAL 35 DAY AS month_before,
        min(time) AS started
    FROM interactions
),

-- Cases asked much more often in the newest seven days than in a week of the four before.
rising AS (
    SELECT
        interaction_cases.case_id,
        count(*) FILTER (WHERE interaction_cases.time > clock.week_ago) AS asked_this_week,
        count(*) FILTER (WHERE interaction_cases.time <= clock.week_ago) AS asked_before
    FROM interaction_cases
    CROSS JOIN clock
    WHERE interaction_cases.time > clock.month_before AND clock.started <= clock.week_ago
    GROUP BY interaction_cases.case_id
    HAVING asked_this_week >= $rising_min_asked AND asked_this_week >= $rising_factor * asked_before / 4
),

scored AS (
    SELECT
        interactions.id AS interaction_id,
        interaction_cases.case_id,
        interactions.feature,
        strftime(interactions.time, '%Y-%m-%d') AS day,
        interactions.consent,
        trim(interactions.output) = '' AS is_empty,
        current_scores.p_good,
        current_scores.p_good <= $max_p_good AS is_bad,
        from_json(
            current_scores.evidence,
            '[{"signal": "VARCHAR", "votes": "BIGINT", "log_odds": "DOUBLE"}]'
        ) AS parts
    FROM current_scores
    JOIN interactions ON interactions.id = current_scores.interaction_id
    JOIN interaction_cases ON interaction_cases.id = current_scores.interaction_id
),

judged AS (
    SELECT
        * EXCLUDE (parts),
        is_bad
        AND len(
            list_filter(parts, lambda part: part.signal = 'correction' AND part.log_odds < 0)
        ) > 0 AS is_corrected,
        p_good >= $min_p_good AS is_good,
        coalesce(
            list_sum(
                list_transform(
                    list_filter(
                        parts,
                        lambda part: part.log_odds > 0
                        AND list_contains($signals::VARCHAR[], part.signal)
                    ),
                    lambda part: part.votes
                )
            ),
            0
        ) AS support
    FROM scored
),

-- A share of the corrected cases, by a hash of the case: the same at each run.
wanted AS (
    SELECT
        judged.*,
        CASE
            WHEN
                is_corrected
                AND NOT is_empty
                AND ('0x' || md5(case_id)[1:8])::UBIGINT < $corrected_share * 4294967296
                THEN 'bank'
            WHEN is_bad THEN 'golden'
            WHEN is_good THEN 'bank'
            WHEN rising.case_id IS NOT NULL AND p_good <= $rising_max_p_good THEN 'golden'
        END AS target,
        rising.asked_this_week,
        rising.asked_before
    FROM judged
    LEFT JOIN rising USING (case_id)
),

-- The most telling answer of a case for each target: one that consents before one that does not.
telling AS (
    SELECT
        *,
        CASE
            WHEN target IS NULL THEN 'unsure'
            WHEN NOT consent THEN 'no_consent'
            WHEN target = 'bank' AND is_empty THEN 'empty_output'
            WHEN target = 'bank' AND NOT is_corrected AND support < $min_signals THEN 'one_signal'
        END AS held,
        is_corrected::INTEGER + abs(p_good - 0.5) AS weight
    FROM wanted
    QUALIFY
        row_number() OVER (
            PARTITION BY case_id, target
            ORDER BY held IS NOT NULL, weight DESC, interaction_id
        ) = 1
)

SELECT
    *,
    -- A corrected case has two faces: the bank's share of it takes the whole case.
    first_value(target) OVER (
        PARTITION BY case_id
        ORDER BY held IS NOT NULL, is_corrected DESC, target = 'golden' DESC, target
    ) AS case_target
FROM telling
