INSERT INTO cores (core_id, cluster_id, ask_key, size, figures, version, seq)
SELECT
    core_id,
    cluster_id,
    ask_key,
    size,
    figures,
    $version,
    nextval('core_seq')
FROM (
    SELECT
        incoming.core_id,
        min(incoming.case_id) AS cluster_id,
        any_value(incoming.ask_key) AS ask_key,
        any_value(incoming.size) AS size,
        any_value(incoming.figures) AS figures
    FROM incoming_cores AS incoming
    ANTI JOIN cores USING (core_id)
    GROUP BY incoming.core_id
    ORDER BY cluster_id
);

INSERT INTO case_cores (case_id, core_id)
SELECT
    case_id,
    core_id
FROM incoming_cores
ANTI JOIN case_cores USING (case_id);

INSERT INTO core_bands (band, core_seq)
SELECT
    incoming.band,
    cores.seq
FROM incoming_bands AS incoming
JOIN cores USING (core_id);

INSERT INTO core_parts (part, whole)
SELECT
    unnest($part::VARCHAR[]),
    unnest($whole::VARCHAR[]);
