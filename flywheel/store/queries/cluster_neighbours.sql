-- All cores that hang together with these by parts, with what grouping them needs.
WITH RECURSIVE
edges AS (
    SELECT
        part AS one,
        whole AS other
    FROM core_parts
    UNION ALL
    SELECT
        whole AS one,
        part AS other
    FROM core_parts
),

reached AS (
    SELECT unnest($core_ids::VARCHAR[]) AS core_id
    UNION
    SELECT edges.other AS core_id
    FROM reached
    JOIN edges ON edges.one = reached.core_id
),

answered AS (
    SELECT
        core_id,
        answer_key
    FROM core_answers
    QUALIFY row_number() OVER (PARTITION BY core_id ORDER BY seq DESC) = 1
),

moved AS (
    SELECT
        core_id,
        cluster_id
    FROM core_moves
    QUALIFY row_number() OVER (PARTITION BY core_id ORDER BY seq DESC) = 1
)

SELECT
    cores.core_id,
    cores.size,
    cores.seq,
    cores.cluster_id AS founded,
    coalesce(moved.cluster_id, cores.cluster_id) AS cluster_id,
    answered.answer_key,
    (SELECT coalesce(list(whole), []) FROM core_parts WHERE part = cores.core_id) AS wholes
FROM reached
JOIN cores USING (core_id)
LEFT JOIN answered USING (core_id)
LEFT JOIN moved USING (core_id)
