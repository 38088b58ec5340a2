SELECT
    count(*) AS twice,
    count(*) FILTER (WHERE state <> 'disputed' AND given < 2) AS waiting,
    count(*) FILTER (WHERE state = 'disputed') AS disputed
FROM candidate_states
WHERE reviewers = 2
