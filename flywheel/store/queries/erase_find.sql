-- What an erasure takes, held aside for the statements that follow in its transaction.
CREATE OR REPLACE TEMP TABLE erased_interactions AS
SELECT id, case_id FROM interactions WHERE user_key = $user_key;

CREATE OR REPLACE TEMP TABLE erased_feedback AS
SELECT id, interaction_id, correction
FROM feedback
WHERE user_key = $user_key OR interaction_id IN (SELECT id FROM erased_interactions);

-- A candidate goes for its question, or for the ideal output that the user wrote for another's.
CREATE OR REPLACE TEMP TABLE erased_candidates AS
SELECT
    candidates.candidate_id,
    candidates.case_id,
    current_examples.candidate_id IS NOT NULL AS standing,
    erased_interactions.id IS NOT NULL AS asked
FROM candidates
LEFT JOIN erased_interactions ON erased_interactions.id = candidates.interaction_id
LEFT JOIN current_examples ON current_examples.candidate_id = candidates.candidate_id
WHERE
    erased_interactions.id IS NOT NULL
    OR EXISTS (
        SELECT 1
        FROM erased_feedback
        WHERE
            erased_feedback.interaction_id = candidates.interaction_id
            AND erased_feedback.correction = candidates.proposed_output
    );
