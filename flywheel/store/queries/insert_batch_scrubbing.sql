INSERT INTO batch_scrubbings (batch_id, version) VALUES ($batch_id, $version)
