SELECT type, planted, found FROM current_canaries ORDER BY type
