INSERT INTO decisions (
    decision_id,
    candidate_id,
    verdict,
    output,
    reason,
    reviewer,
    decided_at,
    seq
)
VALUES (
    $decision_id,
    $candidate_id,
    $verdict,
    $output,
    $reason,
    $reviewer,
    $decided_at,
    nextval('decision_seq')
)
