-- Examples that were selected and kept back at random, and with what probability: see exposure.py of
-- the client. Null in events that come from before, or from applications that withhold nothing.
ALTER TABLE interactions ADD COLUMN few_shot_withheld VARCHAR [];
ALTER TABLE interactions ADD COLUMN few_shot_probability DOUBLE;
