INSERT INTO releases (release_id, parent, manifest, reason, seq)
VALUES ($release_id, $parent, $manifest, $reason, nextval('release_seq'));
