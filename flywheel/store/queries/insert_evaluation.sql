INSERT INTO evaluations (
    evaluation_id, prompt, prompt_version, candidate, baseline, release_id, verdict, report
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);
