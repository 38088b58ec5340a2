INSERT INTO core_answers (core_id, answer_key, evidence_hash, seq)
SELECT
    core_id,
    answer_key,
    evidence_hash,
    nextval('core_answer_seq')
FROM (
    SELECT
        unnest($core_ids::VARCHAR[]) AS core_id,
        unnest($answer_keys::VARCHAR[]) AS answer_key,
        unnest($evidence_hashes::VARCHAR[]) AS evidence_hash
)
