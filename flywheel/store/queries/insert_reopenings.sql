INSERT INTO reopenings (candidate_id, decision_id, reason, code, seq)
SELECT
    candidate_id,
    decision_id,
    reason,
    code,
    nextval('reopening_seq')
FROM (
    SELECT
        unnest($candidate_ids::VARCHAR[]) AS candidate_id,
        unnest($decision_ids::VARCHAR[]) AS decision_id,
        unnest($reasons::VARCHAR[]) AS reason,
        unnest($codes::VARCHAR[]) AS code
)
