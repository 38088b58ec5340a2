SELECT release_id, parent, manifest, reason
FROM releases
ORDER BY seq DESC;
