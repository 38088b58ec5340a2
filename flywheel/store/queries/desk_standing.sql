-- What the desk keeps of candidates besides what a reviewer sees; own_*: how often the candidate's
-- tenant asked its case, which is all that somebody bound to that tenant may know of it.
WITH states AS MATERIALIZED (
    SELECT *
    FROM candidate_states
    WHERE
        $candidate_ids IS NULL
        OR candidate_id IN (SELECT unnest($candidate_ids::VARCHAR[]))
),

asked AS (
    SELECT DISTINCT cluster_id AS case_id, tenant FROM states WHERE tenant IS NOT NULL
),

own AS (
    SELECT
        coalesce(clusters.cluster_id, interactions.case_id) AS case_id,
        interactions.tenant,
        count(*) AS variants,
        count(DISTINCT interactions.case_id) AS wordings,
        count(DISTINCT interactions.user_key) AS users,
        min(interactions.time) AS first_seen,
        max(interactions.time) AS last_seen
    FROM interactions
    LEFT JOIN clusters ON clusters.case_id = interactions.case_id
    SEMI JOIN asked
        ON
            asked.case_id = coalesce(clusters.cluster_id, interactions.case_id)
            AND asked.tenant = interactions.tenant
    GROUP BY ALL
),

newest AS (
    SELECT decision_id, max_by(code, seq) AS code FROM reopenings GROUP BY decision_id
)

SELECT
    states.candidate_id,
    states.cluster_id,
    CASE WHEN states.reopened_reason IS NOT NULL THEN states.decision_id END AS reopened,
    states.state,
    coalesce(cases.variants, 0) AS variants,
    coalesce(cases.users, 0) AS users,
    states.tenant,
    states.reopened_reason,
    newest.code AS reopened_code,
    CASE WHEN $candidate_ids IS NOT NULL THEN states.reason END AS because,
    coalesce(own.variants, 0) AS own_variants,
    coalesce(own.wordings, 0) AS own_wordings,
    coalesce(own.users, 0) AS own_users,
    own.first_seen AS own_first_seen,
    own.last_seen AS own_last_seen
FROM states
LEFT JOIN cases ON cases.case_id = states.cluster_id
LEFT JOIN own ON own.case_id = states.cluster_id AND own.tenant = states.tenant
LEFT JOIN newest ON newest.decision_id = states.decision_id
