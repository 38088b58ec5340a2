-- Candidates that something happened to since the desk last looked.
SELECT candidate_id FROM decisions WHERE seq > $decisions
UNION
SELECT candidate_id FROM reopenings WHERE seq > $reopenings
UNION
SELECT candidate_id FROM draws WHERE seq > $draws
