-- Why a decided candidate is back, for machines: what was proposed for a cause once, and kept by a
-- reviewer, is not proposed for it again on the same grounds. Null: from before.
ALTER TABLE reopenings ADD COLUMN code VARCHAR;
