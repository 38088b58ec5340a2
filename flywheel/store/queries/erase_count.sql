SELECT
    (SELECT count(*) FROM erased_interactions) AS interactions,
    (SELECT count(*) FROM erased_feedback) AS feedback,
    (
        SELECT count(*) FROM scores WHERE interaction_id IN (SELECT id FROM erased_interactions)
    ) AS scores,
    (SELECT count(*) FROM erased_candidates) AS candidates,
    (
        SELECT coalesce(list(candidate_id ORDER BY candidate_id), []::VARCHAR[])
        FROM erased_candidates
        WHERE standing
    ) AS withdrawn
