INSERT INTO erasures (erasure_id, user_key, interactions, feedback, candidates, reason)
VALUES ($erasure_id, $user_key, $interactions, $feedback, $candidates, $reason)
