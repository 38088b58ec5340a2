-- How many cases were not proposed, by the reason.
SELECT
    routes.held AS reason,
    count(*) AS cases
FROM routes
WHERE
    routes.held IS NOT NULL
    AND routes.target IS NOT DISTINCT FROM routes.case_target
    AND NOT EXISTS (
        SELECT 1 FROM candidate_states WHERE candidate_states.cluster_id = routes.case_id
    )
GROUP BY routes.held
UNION ALL
SELECT
    'cap' AS reason,
    count(*) AS cases
FROM open_routes
WHERE place > cap
HAVING count(*) > 0
ORDER BY reason
