INSERT INTO decisions (
    decision_id, candidate_id, verdict, output, critical, labels, reviewer, decided_at, seq
)
SELECT *, $reviewer, $decided_at, nextval('decision_seq')
FROM (
    SELECT
        unnest($decision_ids::VARCHAR[]),
        unnest($candidate_ids::VARCHAR[]),
        unnest($verdicts::VARCHAR[]),
        unnest($outputs::VARCHAR[]),
        unnest($critical::BOOLEAN[]),
        unnest($labels::VARCHAR[][])
);
