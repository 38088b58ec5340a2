SELECT
    path, kind, size, head_bytes, head_sha256, next_offset, next_line, finished, seq,
    last_offset, last_sha256
FROM current_cursors
WHERE $path IS NULL OR path = $path
