SELECT
    interaction_id,
    id,
    time,
    signal,
    user_key,
    value,
    correction
FROM feedback
WHERE interaction_id IN (SELECT unnest($interaction_ids::VARCHAR[]))
