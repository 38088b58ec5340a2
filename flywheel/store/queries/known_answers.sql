SELECT answer_key, output FROM answers WHERE answer_key IN (SELECT unnest($keys));
