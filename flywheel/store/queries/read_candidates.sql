-- Fresh ones before skipped ones; those with an ideal output at hand first, then the surest score.
SELECT
    candidate_states.candidate_id,
    candidate_states.case_id,
    candidate_states.target,
    candidate_states.interaction_id,
    candidate_states.messages,
    candidate_states.context,
    candidate_states.output,
    candidate_states.proposed_output,
    candidate_states.reason_code,
    candidate_states.reason,
    candidate_states.p_good,
    candidate_states.evidence,
    candidate_states.policy_version,
    candidate_states.feature,
    candidate_states.tenant,
    candidate_states.tags,
    candidate_states.day,
    candidate_states.proposed_at,
    candidate_states.state,
    candidate_states.verdict,
    candidate_states.decided_output,
    candidate_states.decided_reason,
    candidate_states.reviewer,
    candidate_states.decided_at,
    interactions.model,
    interactions.provider,
    interactions.prompt_name || '@' || interactions.prompt_version AS prompt,
    interactions.time,
    coalesce(cases.variants, 0) AS variants,
    coalesce(cases.users, 0) AS users
FROM candidate_states
LEFT JOIN interactions ON interactions.id = candidate_states.interaction_id
LEFT JOIN cases ON cases.case_id = candidate_states.case_id
WHERE
    ($candidate_id IS NULL OR candidate_states.candidate_id = $candidate_id)
    AND ($state IS NULL OR candidate_states.state = $state)
    AND ($target IS NULL OR candidate_states.target = $target)
    AND ($feature IS NULL OR candidate_states.feature = $feature)
ORDER BY
    candidate_states.verdict IS NOT DISTINCT FROM 'skip',
    candidate_states.proposed_output IS NULL,
    abs(coalesce(candidate_states.p_good, 0.5) - 0.5) DESC,
    candidate_states.candidate_id
LIMIT $limit
OFFSET $offset
