-- Each with its case's id, where that is another wording's.
SELECT
    current_examples.id,
    current_examples.case_id,
    current_examples.target,
    current_examples.messages,
    current_examples.context,
    current_examples.output,
    current_examples.feature,
    current_examples.tenant,
    current_examples.tags,
    current_examples.reviewer,
    current_examples.decided_at,
    current_examples.candidate_id,
    current_examples.critical,
    coalesce(current_examples.labels, []) AS labels,
    nullif(clusters.cluster_id, current_examples.case_id) AS cluster
FROM current_examples
LEFT JOIN clusters ON clusters.case_id = current_examples.case_id
WHERE $target IS NULL OR current_examples.target = $target
ORDER BY current_examples.target, current_examples.id;
