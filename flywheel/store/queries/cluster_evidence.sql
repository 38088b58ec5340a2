-- What is known of the right answer of each core that has parts, where that is news.
WITH parted AS (
    SELECT part AS core_id FROM core_parts
    UNION
    SELECT whole AS core_id FROM core_parts
),

given AS (
    SELECT
        case_cores.core_id,
        TRUE AS decided,
        states.decision_id AS id,
        CASE states.verdict WHEN 'edit' THEN states.decided_output ELSE states.proposed_output END
            AS answer
    FROM candidate_states AS states
    JOIN case_cores USING (case_id)
    SEMI JOIN parted USING (core_id)
    WHERE states.verdict IN ('approve', 'edit')
    UNION ALL
    SELECT
        case_cores.core_id,
        FALSE AS decided,
        feedback.id,
        feedback.correction AS answer
    FROM parted
    JOIN case_cores USING (core_id)
    JOIN interactions USING (case_id)
    JOIN feedback ON feedback.interaction_id = interactions.id
    WHERE feedback.signal = 'correction' AND feedback.correction IS NOT NULL
),

summed AS (
    SELECT
        core_id,
        sha256(string_agg(id, chr(31) ORDER BY id)) AS evidence_hash,
        coalesce(list(answer ORDER BY id) FILTER (WHERE decided), []) AS decided,
        coalesce(list(answer ORDER BY id) FILTER (WHERE NOT decided), []) AS corrections
    FROM given
    WHERE answer IS NOT NULL
    GROUP BY core_id
),

answered AS (
    SELECT
        core_id,
        evidence_hash
    FROM core_answers
    QUALIFY row_number() OVER (PARTITION BY core_id ORDER BY seq DESC) = 1
)

SELECT
    parted.core_id,
    coalesce(summed.evidence_hash, '') AS evidence_hash,
    coalesce(summed.decided, []) AS decided,
    coalesce(summed.corrections, []) AS corrections
FROM parted
LEFT JOIN summed USING (core_id)
LEFT JOIN answered USING (core_id)
WHERE coalesce(answered.evidence_hash, '') <> coalesce(summed.evidence_hash, '')
