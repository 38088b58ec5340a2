SELECT
    id,
    case_id,
    target,
    messages,
    context,
    output,
    feature,
    tenant,
    tags,
    reviewer,
    decided_at,
    candidate_id,
    critical,
    coalesce(labels, []) AS labels
FROM current_examples
WHERE $target IS NULL OR target = $target
ORDER BY target, id;
