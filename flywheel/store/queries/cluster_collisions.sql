-- Cores, known or incoming, that share a band with an incoming one. A copy has no figure that its
-- original lacks: 63 bits of the figures of both sort out most of what is boilerplate with others.
SELECT DISTINCT
    incoming.core_id AS incoming,
    cores.core_id AS other
FROM incoming_bands AS incoming
JOIN core_bands USING (band)
JOIN cores ON cores.seq = core_bands.core_seq
WHERE
    cores.core_id <> incoming.core_id
    AND (
        (cores.figures & incoming.figures) = cores.figures
        OR (cores.figures & incoming.figures) = incoming.figures
    )
UNION ALL
SELECT DISTINCT
    incoming.core_id AS incoming,
    other.core_id AS other
FROM incoming_bands AS incoming
JOIN incoming_bands AS other USING (band)
WHERE
    incoming.core_id < other.core_id
    AND (
        (other.figures & incoming.figures) = other.figures
        OR (other.figures & incoming.figures) = incoming.figures
    )
