INSERT OR IGNORE INTO judgements (judgement_key, model, prompt_version, result)
VALUES (?, ?, ?, ?);
