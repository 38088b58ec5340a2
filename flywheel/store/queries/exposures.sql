SELECT
    interactions.few_shot_release AS release,
    interactions.few_shot_ids AS shown,
    interactions.few_shot_withheld AS withheld,
    interactions.few_shot_probability AS probability,
    coalesce(interactions.user_key, interactions.session_key, interactions.id) AS unit,
    current_scores.p_good,
    coalesce(batches.committed_at, interactions.time) AS known_at
FROM interactions
LEFT JOIN current_scores ON current_scores.interaction_id = interactions.id
LEFT JOIN batches ON batches.batch_id = interactions.batch_id
WHERE
    interactions.few_shot_probability > 0
    AND len(interactions.few_shot_ids) + len(interactions.few_shot_withheld) > 0
    AND ($since::TIMESTAMPTZ IS NULL OR interactions.time >= $since::TIMESTAMPTZ)
ORDER BY interactions.id
