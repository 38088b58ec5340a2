-- Cores of the store that share a band with an incoming one, each pair once.
SELECT DISTINCT
    incoming.core_id AS incoming,
    cores.core_id AS known
FROM incoming_bands AS incoming
JOIN core_bands USING (band)
JOIN cores ON cores.seq = core_bands.core_seq
WHERE cores.core_id <> incoming.core_id
