-- What users put in place of an answer of these cases, where they consented to its use.
SELECT
    interaction_cases.case_id,
    interactions.tenant,
    feedback.id,
    feedback.time,
    feedback.signal,
    feedback.user_key,
    feedback.correction
FROM feedback
JOIN interactions ON interactions.id = feedback.interaction_id
JOIN interaction_cases ON interaction_cases.id = feedback.interaction_id
WHERE
    interaction_cases.case_id IN (SELECT unnest($case_ids::VARCHAR[]))
    AND interactions.consent
    AND feedback.correction IS NOT NULL
