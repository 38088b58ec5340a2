INSERT OR IGNORE INTO answers (
    answer_key, case_id, model, prompt_version, request_sha256, repeat, output,
    input_tokens, output_tokens, latency_ms
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
