SELECT
    prior,
    factors
FROM current_weights
WHERE factors IS NOT NULL
