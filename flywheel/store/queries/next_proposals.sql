SELECT
    open_routes.case_id AS cluster_id,
    interactions.case_id,
    open_routes.target,
    open_routes.interaction_id,
    open_routes.is_corrected,
    open_routes.is_bad,
    open_routes.asked_this_week,
    open_routes.asked_before,
    open_routes.p_good,
    open_routes.feature,
    interactions.tenant,
    open_routes.day,
    interactions.output,
    current_scores.evidence
FROM open_routes
JOIN interactions ON interactions.id = open_routes.interaction_id
JOIN current_scores ON current_scores.interaction_id = open_routes.interaction_id
WHERE open_routes.place <= open_routes.cap
ORDER BY
    open_routes.target,
    open_routes.feature,
    open_routes.day,
    open_routes.place
LIMIT $limit
