INSERT INTO core_moves (core_id, from_cluster, cluster_id, seq)
SELECT
    core_id,
    from_cluster,
    cluster_id,
    nextval('core_move_seq')
FROM (
    SELECT
        unnest($core_ids::VARCHAR[]) AS core_id,
        unnest($from_clusters::VARCHAR[]) AS from_cluster,
        unnest($cluster_ids::VARCHAR[]) AS cluster_id
)
