WITH last_good AS (
    SELECT evaluation_id
    FROM evaluations
    WHERE verdict = 'pass' AND prompt = $prompt AND candidate = $candidate
    ORDER BY evaluated_at DESC, evaluation_id DESC
    LIMIT 1
)
SELECT DISTINCT
    last_good.evaluation_id,
    evaluation_scores.case_id,
    evaluation_scores.repeat,
    answers.answer_key,
    answers.output
FROM last_good
JOIN evaluation_scores USING (evaluation_id)
JOIN answers USING (answer_key)
WHERE evaluation_scores.side = 'candidate'
ORDER BY evaluation_scores.case_id, evaluation_scores.repeat;
