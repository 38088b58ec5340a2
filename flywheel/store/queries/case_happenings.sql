-- What users did about these answers, in order.
SELECT
    feedback.interaction_id,
    feedback.signal,
    feedback.time,
    feedback.value,
    feedback.comment,
    feedback.correction
FROM feedback
WHERE feedback.interaction_id IN (SELECT unnest($interaction_ids::VARCHAR[]))
ORDER BY feedback.time, feedback.id
LIMIT $most;
