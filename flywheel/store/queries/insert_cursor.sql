INSERT INTO cursors (
    batch_id, path, kind, size, head_bytes, head_sha256, next_offset, next_line, finished,
    last_offset, last_sha256, seq
)
VALUES (
    $batch_id, $path, $kind, $size, $head_bytes, $head_sha256, $next_offset, $next_line,
    $finished, $last_offset, $last_sha256, nextval('cursor_seq')
)
RETURNING seq
