-- What an erasure takes, held aside for the statements that follow in its transaction.
CREATE OR REPLACE TEMP TABLE erased_interactions AS
SELECT id, case_id FROM interactions WHERE user_key = $user_key;

CREATE OR REPLACE TEMP TABLE erased_feedback AS
SELECT
    feedback.id,
    interaction_cases.case_id AS cluster_id,
    feedback.correction
FROM feedback
LEFT JOIN interaction_cases ON interaction_cases.id = feedback.interaction_id
WHERE
    feedback.user_key = $user_key
    OR feedback.interaction_id IN (SELECT id FROM erased_interactions);

-- A candidate goes for its question, or for an ideal output that the user wrote for any answer of
-- its case and that was proposed or decided.
CREATE OR REPLACE TEMP TABLE erased_candidates AS
SELECT
    candidates.candidate_id,
    candidates.case_id,
    current_examples.candidate_id IS NOT NULL AS standing,
    erased_interactions.id IS NOT NULL AS asked
FROM candidate_states AS candidates
LEFT JOIN erased_interactions ON erased_interactions.id = candidates.interaction_id
LEFT JOIN current_examples ON current_examples.candidate_id = candidates.candidate_id
WHERE
    erased_interactions.id IS NOT NULL
    OR EXISTS (
        SELECT 1
        FROM erased_feedback
        WHERE
            erased_feedback.cluster_id = candidates.cluster_id
            AND (
                erased_feedback.correction = candidates.proposed_output
                OR erased_feedback.correction IN (
                    SELECT decisions.output
                    FROM decisions
                    WHERE decisions.candidate_id = candidates.candidate_id
                )
            )
    );
