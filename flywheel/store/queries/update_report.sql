UPDATE evaluations
SET report = $report
WHERE evaluation_id = $evaluation_id
