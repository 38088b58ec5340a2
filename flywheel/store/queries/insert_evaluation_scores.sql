INSERT INTO evaluation_scores
SELECT
    $evaluation_id,
    unnest($case_id),
    unnest($side),
    unnest($repeat),
    unnest($scorer),
    unnest($scorer_version),
    unnest($value),
    unnest($status),
    unnest($reason),
    unnest($answer_key);
