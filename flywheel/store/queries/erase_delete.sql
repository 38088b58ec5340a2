-- An example that stands keeps its row, without its text, so that its withdrawal can be audited.
INSERT INTO promotions (decision_id, candidate_id, outcome, reason, seq)
SELECT
    promotions.decision_id,
    promotions.candidate_id,
    'withdrawn',
    $reason,
    nextval('promotion_seq')
FROM promotions
JOIN erased_candidates USING (candidate_id)
WHERE erased_candidates.standing AND erased_candidates.asked
QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY promotions.seq DESC) = 1;

UPDATE candidates
SET
    messages = $blank,
    context = '[]',
    output = NULL,
    proposed_output = NULL,
    tags = '{}'
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE standing AND asked);

UPDATE decisions
SET
    output = NULL,
    reason = NULL,
    note = NULL,
    labels = NULL
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE standing AND asked);

UPDATE promotions
SET output = NULL
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE standing AND asked);

DELETE FROM promotions
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE NOT (standing AND asked));

DELETE FROM draws
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE NOT (standing AND asked));

DELETE FROM reopenings
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates);

DELETE FROM decisions
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE NOT (standing AND asked));

DELETE FROM candidates
WHERE candidate_id IN (SELECT candidate_id FROM erased_candidates WHERE NOT (standing AND asked));

DELETE FROM answers WHERE case_id IN (SELECT case_id FROM erased_candidates);

DELETE FROM judgements WHERE case_id IN (SELECT case_id FROM erased_candidates);

UPDATE evaluation_scores
SET reason = NULL
WHERE case_id IN (SELECT case_id FROM erased_candidates);

DELETE FROM scores WHERE interaction_id IN (SELECT id FROM erased_interactions);

DELETE FROM feedback WHERE id IN (SELECT id FROM erased_feedback);

DELETE FROM interactions WHERE id IN (SELECT id FROM erased_interactions);

-- Hashes of a text that nobody else has are hashes of the user's.
DELETE FROM case_cores
WHERE
    case_id IN (SELECT case_id FROM erased_interactions UNION SELECT case_id FROM erased_candidates)
    AND case_id NOT IN (SELECT case_id FROM interactions)
    AND case_id NOT IN (SELECT case_id FROM candidates WHERE messages::VARCHAR <> $blank);

DELETE FROM core_bands
WHERE core_seq NOT IN (SELECT cores.seq FROM cores SEMI JOIN case_cores USING (core_id));

DELETE FROM core_parts
WHERE
    part NOT IN (SELECT core_id FROM case_cores)
    OR whole NOT IN (SELECT core_id FROM case_cores);

DELETE FROM core_answers WHERE core_id NOT IN (SELECT core_id FROM case_cores);

-- The answers that are left are read anew.
DELETE FROM core_answers
WHERE core_id IN (
    SELECT clusters.core_id
    FROM clusters
    JOIN erased_feedback ON erased_feedback.cluster_id = clusters.cluster_id
);

DELETE FROM core_moves WHERE core_id NOT IN (SELECT core_id FROM case_cores);

DELETE FROM cores WHERE core_id NOT IN (SELECT core_id FROM case_cores);
