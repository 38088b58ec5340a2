-- Each reviewer's newest word on these candidates that stands, whatever it is.
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
FROM standing_decisions
WHERE candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
QUALIFY row_number() OVER (
    PARTITION BY candidate_id, reviewer ORDER BY decided_at DESC, seq DESC
) = 1
ORDER BY candidate_id, decided_at, seq
