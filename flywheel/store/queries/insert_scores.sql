INSERT INTO scores (interaction_id, p_good, evidence, weights_version, feedback_hash, seq)
SELECT
    interaction_id,
    p_good,
    evidence,
    $weights_version,
    feedback_hash,
    nextval('score_seq')
FROM (
    SELECT
        unnest($interaction_ids::VARCHAR[]) AS interaction_id,
        unnest($p_good::DOUBLE[]) AS p_good,
        unnest($evidence::VARCHAR[]) AS evidence,
        unnest($feedback_hashes::VARCHAR[]) AS feedback_hash
)
