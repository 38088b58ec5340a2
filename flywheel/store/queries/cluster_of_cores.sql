-- The clusters of these cores, of those that are known.
SELECT DISTINCT
    core_id,
    cluster_id
FROM clusters
WHERE core_id IN (SELECT unnest($core_ids::VARCHAR[]))
