INSERT INTO batches (
    batch_id, run_id, source, lines_read, blank, malformed, failed_expectations, outside, resent,
    interactions, feedback, entities, expectations
)
VALUES (
    $batch_id, $run_id, $source, $lines_read, $blank, $malformed, $failed_expectations, $outside,
    $resent, $interactions, $feedback, $entities, $expectations
)
