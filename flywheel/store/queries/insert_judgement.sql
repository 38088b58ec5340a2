INSERT OR IGNORE INTO judgements (judgement_key, case_id, model, prompt_version, result)
VALUES (?, ?, ?, ?, ?);
