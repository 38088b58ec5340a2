-- Examples reviewed elsewhere: proposed and decided at once.
INSERT INTO candidates (
    candidate_id,
    case_id,
    target,
    messages,
    context,
    proposed_output,
    reason_code,
    reason,
    evidence,
    policy_version,
    feature,
    tenant,
    tags,
    example_id
)
SELECT
    unnest($candidate_ids::VARCHAR[]),
    unnest($case_ids::VARCHAR[]),
    $target,
    unnest($messages::VARCHAR[])::JSON,
    unnest($contexts::VARCHAR[])::JSON,
    unnest($outputs::VARCHAR[]),
    'imported',
    'reviewed elsewhere and imported',
    '[]',
    'import',
    unnest($features::VARCHAR[]),
    unnest($tenants::VARCHAR[]),
    unnest($tags::VARCHAR[])::JSON,
    unnest($example_ids::VARCHAR[]);
