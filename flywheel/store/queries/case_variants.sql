-- The answers that a wording's case got, the newest first; of a bound reviewer's tenant alone.
SELECT
    interactions.id,
    interactions.time,
    interactions.model,
    interactions.messages,
    interactions.output,
    interactions.case_id AS wording_id
FROM interaction_cases
JOIN interactions ON interactions.id = interaction_cases.id
WHERE
    interaction_cases.case_id = coalesce(
        (SELECT cluster_id FROM clusters WHERE clusters.case_id = $wording_id), $wording_id
    )
    AND interactions.consent
    AND ($tenant IS NULL OR interactions.tenant = $tenant)
ORDER BY interactions.time DESC, interactions.id
LIMIT $most;
