-- State: views over the facts.

CREATE VIEW current_cursors AS
SELECT * FROM cursors QUALIFY row_number() OVER (PARTITION BY path ORDER BY seq DESC) = 1;

CREATE VIEW open_quarantine AS
SELECT * FROM quarantine ANTI JOIN quarantine_outcomes USING (fault_id);

CREATE VIEW orphan_feedback AS
SELECT feedback.* FROM feedback
ANTI JOIN interactions ON interactions.id = feedback.interaction_id;

-- The first of several interactions with one content, by time and id; the others are its duplicates.
CREATE VIEW duplicates AS
SELECT
    id,
    content_key,
    first_value(id) OVER same_content AS duplicate_of
FROM interactions
WINDOW same_content AS (PARTITION BY content_key ORDER BY time, id)
QUALIFY row_number() OVER same_content > 1;

CREATE VIEW current_scores AS
SELECT * FROM scores QUALIFY row_number() OVER (PARTITION BY interaction_id ORDER BY seq DESC) = 1;

CREATE VIEW cases AS
SELECT
    case_id,
    count(*) AS variants,
    count(DISTINCT user_key) AS users,
    min(time) AS first_seen,
    max(time) AS last_seen
FROM interactions
GROUP BY case_id;

CREATE VIEW current_decisions AS
SELECT *
FROM decisions
QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY decided_at DESC, seq DESC) = 1;

CREATE VIEW candidate_states AS
SELECT
    candidates.*,
    current_decisions.decision_id,
    current_decisions.verdict,
    current_decisions.output AS decided_output,
    current_decisions.reason AS decided_reason,
    current_decisions.reviewer,
    current_decisions.decided_at,
    CASE
        WHEN current_decisions.verdict IN ('approve', 'edit') THEN 'approved'
        WHEN current_decisions.verdict = 'reject' THEN 'rejected'
        ELSE 'pending'
    END AS state
FROM candidates
LEFT JOIN current_decisions USING (candidate_id);

-- What a reviewer sees, in the order in which to read it: `skipped`, `unwritten`, `certainty` DESC.
CREATE VIEW review_queue AS
SELECT
    candidate_states.* EXCLUDE (decision_id, example_id),
    interactions.model,
    interactions.provider,
    interactions.prompt_name || '@' || interactions.prompt_version AS prompt,
    interactions.time,
    coalesce(cases.variants, 0) AS variants,
    coalesce(cases.users, 0) AS users,
    candidate_states.verdict IS NOT DISTINCT FROM 'skip' AS skipped,
    candidate_states.proposed_output IS NULL AS unwritten,
    abs(coalesce(candidate_states.p_good, 0.5) - 0.5) AS certainty
FROM candidate_states
LEFT JOIN interactions ON interactions.id = candidate_states.interaction_id
LEFT JOIN cases ON cases.case_id = candidate_states.case_id;

-- An example stands while the newest promotion of its candidate added it.
CREATE VIEW current_examples AS
WITH newest AS (
    SELECT *
    FROM promotions
    WHERE outcome IN ('added', 'withdrawn')
    QUALIFY row_number() OVER (PARTITION BY candidate_id ORDER BY seq DESC) = 1
)
SELECT
    coalesce(candidates.example_id, candidates.candidate_id) AS id,
    candidates.case_id,
    candidates.target,
    candidates.messages,
    candidates.context,
    newest.output,
    candidates.feature,
    candidates.tenant,
    candidates.tags,
    decisions.reviewer,
    decisions.decided_at,
    candidates.candidate_id
FROM newest
JOIN candidates USING (candidate_id)
JOIN decisions USING (decision_id)
WHERE newest.outcome = 'added';

CREATE VIEW current_release AS
SELECT * FROM releases ORDER BY seq DESC LIMIT 1;
