SELECT judgement_key, result FROM judgements WHERE judgement_key IN (SELECT unnest($keys));
