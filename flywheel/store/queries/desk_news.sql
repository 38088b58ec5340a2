-- How far the facts behind the queue have come: what the desk compares its own marks with.
SELECT
    (SELECT count(*) FROM candidates) AS candidates,
    (SELECT count(*) FROM erasures) AS erasures,
    (SELECT coalesce(max(seq), 0) FROM decisions) AS decisions,
    (SELECT coalesce(max(seq), 0) FROM reopenings) AS reopenings,
    (SELECT coalesce(max(seq), 0) FROM draws) AS draws,
    (SELECT coalesce(max(seq), 0) FROM core_moves) AS moves,
    (SELECT count(*) FROM interactions) AS interactions
