SELECT
    candidate_id,
    case_id
FROM erased_candidates
