INSERT INTO scrub_counts (batch_id, field, type, recogniser, count)
SELECT
    $batch_id,
    unnest($fields::VARCHAR[]),
    unnest($types::VARCHAR[]),
    unnest($recognisers::VARCHAR[]),
    unnest($counts::BIGINT[])
