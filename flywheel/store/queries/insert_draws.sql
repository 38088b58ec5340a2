INSERT INTO draws (
    candidate_id, round_id, stratum, probability, population, reviewers, why, seq
)
SELECT
    candidate_id,
    $round_id,
    stratum,
    probability,
    $population,
    reviewers,
    why,
    nextval('draw_seq')
FROM (
    SELECT
        unnest($candidate_ids::VARCHAR[]) AS candidate_id,
        unnest($strata::VARCHAR[]) AS stratum,
        unnest($probabilities::DOUBLE[]) AS probability,
        unnest($reviewers::INTEGER[]) AS reviewers,
        unnest($why::VARCHAR[]) AS why
)
