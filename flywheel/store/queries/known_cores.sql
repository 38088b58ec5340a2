SELECT core_id FROM cores WHERE core_id IN (SELECT unnest($core_ids::VARCHAR[]))
