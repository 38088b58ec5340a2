-- Cases that nobody has compared with the others yet, each with one of its texts: all that share a
-- case have the same, up to what `gist` does not look at.
WITH asked AS (
    SELECT
        case_id,
        min(id) AS id
    FROM interactions
    ANTI JOIN case_cores USING (case_id)
    GROUP BY case_id
    LIMIT $limit
),

imported AS (
    SELECT
        case_id,
        min(candidate_id) AS candidate_id
    FROM candidates
    ANTI JOIN case_cores USING (case_id)
    ANTI JOIN interactions USING (case_id)
    WHERE candidates.interaction_id IS NULL -- else it is one whose texts were erased
    GROUP BY case_id
    LIMIT $limit
)

SELECT
    asked.case_id,
    interactions.messages,
    interactions.context
FROM asked
JOIN interactions USING (id)
UNION ALL
SELECT
    imported.case_id,
    candidates.messages,
    candidates.context
FROM imported
JOIN candidates USING (candidate_id)
ORDER BY case_id
