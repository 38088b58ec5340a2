-- One text of each of these cores.
WITH asked AS (
    SELECT
        case_cores.core_id,
        min(case_cores.case_id) AS case_id
    FROM case_cores
    WHERE case_cores.core_id IN (SELECT unnest($core_ids::VARCHAR[]))
    GROUP BY case_cores.core_id
),

texts AS (
    SELECT
        asked.core_id,
        interactions.messages,
        interactions.context
    FROM asked
    JOIN interactions USING (case_id)
    UNION ALL
    SELECT
        asked.core_id,
        candidates.messages,
        candidates.context
    FROM asked
    JOIN candidates USING (case_id)
    WHERE candidates.interaction_id IS NULL
)

SELECT
    any_value(messages) AS messages,
    any_value(context) AS context
FROM texts
GROUP BY core_id
