INSERT INTO canaries (run_id, batch_id, type, planted, found, seq)
SELECT
    $run_id,
    $batch_id,
    type,
    planted,
    found,
    nextval('canary_seq')
FROM (
    SELECT
        unnest($types::VARCHAR[]) AS type,
        unnest($planted::BIGINT[]) AS planted,
        unnest($found::BIGINT[]) AS found
)
