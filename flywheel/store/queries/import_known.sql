-- What is there under the ids and cases of the lines of an import.
SELECT
    candidate_id,
    coalesce(example_id, candidate_id) AS example_id,
    cluster_id AS case_id,
    goes_to AS target,
    state,
    proposed_output,
    CASE
        WHEN verdict = 'edit' THEN decided_output
        WHEN verdict = 'approve' THEN proposed_output
    END AS approved_output,
    feature,
    tenant,
    tags
FROM candidate_states
WHERE
    coalesce(example_id, candidate_id) IN (SELECT unnest($ids::VARCHAR[]))
    OR (goes_to = $target AND cluster_id IN (SELECT unnest($case_ids::VARCHAR[])))
ORDER BY -- the last one of a case counts: the one that speaks for it
    state = 'approved',
    state = 'rejected',
    state = 'pending';
