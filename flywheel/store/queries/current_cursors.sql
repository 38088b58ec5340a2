SELECT path, kind, size, head_bytes, head_sha256, next_offset, next_line, finished, seq
FROM current_cursors
WHERE $path IS NULL OR path = $path
