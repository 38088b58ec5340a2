SELECT
    seq,
    decision_id,
    candidate_id,
    verdict,
    reviewer,
    decided_at AS time,
    output,
    reason,
    target,
    critical,
    labels,
    note,
    rubric,
    text_version,
    seconds,
    sent_to,
    adjudicates,
    undoes
FROM decisions
WHERE seq > $after
ORDER BY seq
LIMIT $limit
