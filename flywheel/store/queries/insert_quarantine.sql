INSERT INTO quarantine BY NAME
SELECT incoming.*, $batch_id AS batch_id
FROM incoming_faults AS incoming
ANTI JOIN quarantine USING (fault_id)
