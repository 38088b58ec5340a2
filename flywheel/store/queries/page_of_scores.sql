SELECT
    interactions.id,
    interactions.case_id,
    current_scores.p_good,
    current_scores.evidence
FROM interactions
LEFT JOIN current_scores ON current_scores.interaction_id = interactions.id
WHERE interactions.id > $after
ORDER BY interactions.id
LIMIT $limit
