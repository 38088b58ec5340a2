INSERT INTO candidates (
    candidate_id,
    case_id,
    target,
    interaction_id,
    messages,
    context,
    output,
    proposed_output,
    reason_code,
    reason,
    p_good,
    evidence,
    policy_version,
    feature,
    tenant,
    tags,
    day
)
SELECT
    new.candidate_id,
    new.case_id,
    new.target,
    new.interaction_id,
    interactions.messages,
    interactions.context,
    interactions.output,
    new.proposed_output,
    new.reason_code,
    new.reason,
    new.p_good,
    coalesce(current_scores.evidence, '[]'),
    $policy_version,
    interactions.feature,
    interactions.tenant,
    interactions.tags,
    new.day
FROM (
    SELECT
        unnest($candidate_ids::VARCHAR[]) AS candidate_id,
        unnest($case_ids::VARCHAR[]) AS case_id,
        unnest($targets::VARCHAR[]) AS target,
        unnest($interaction_ids::VARCHAR[]) AS interaction_id,
        unnest($proposed_outputs::VARCHAR[]) AS proposed_output,
        unnest($reason_codes::VARCHAR[]) AS reason_code,
        unnest($reasons::VARCHAR[]) AS reason,
        unnest($p_good::DOUBLE[]) AS p_good,
        unnest($days::VARCHAR[]) AS day
) AS new
JOIN interactions ON interactions.id = new.interaction_id
LEFT JOIN current_scores ON current_scores.interaction_id = new.interaction_id
