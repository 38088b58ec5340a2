INSERT INTO cursors (
    batch_id, path, kind, size, head_bytes, head_sha256, next_offset, next_line, finished, seq
)
VALUES (
    $batch_id, $path, $kind, $size, $head_bytes, $head_sha256, $next_offset, $next_line,
    $finished, nextval('cursor_seq')
)
RETURNING seq
