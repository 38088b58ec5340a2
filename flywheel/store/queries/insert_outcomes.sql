INSERT INTO quarantine_outcomes (fault_id, outcome, batch_id)
SELECT incoming.fault_id, 'stored', $batch_id
FROM incoming_outcomes AS incoming
SEMI JOIN open_quarantine USING (fault_id)
