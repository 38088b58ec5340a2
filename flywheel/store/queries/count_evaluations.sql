SELECT count(*) FROM evaluations WHERE prompt = $prompt AND candidate = $candidate;
