INSERT INTO promotions (decision_id, candidate_id, outcome, reason, output, seq)
SELECT *, nextval('promotion_seq')
FROM (
    SELECT
        unnest($decision_ids::VARCHAR[]),
        unnest($candidate_ids::VARCHAR[]),
        unnest($outcomes::VARCHAR[]),
        unnest($reasons::VARCHAR[]),
        unnest($outputs::VARCHAR[])
);
