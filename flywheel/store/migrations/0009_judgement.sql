-- Weights of P(good) as fitted to reviewers' decisions; the newest row is in force. One without
-- factors goes back to the table of the code.
CREATE TABLE weight_fits (
    version VARCHAR NOT NULL,
    prior DOUBLE,
    factors JSON, -- {signal: factor on its weight}
    report JSON, -- how it came about
    seq BIGINT NOT NULL,
    fitted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE weight_fit_seq;

CREATE VIEW current_weights AS
SELECT * FROM weight_fits ORDER BY seq DESC LIMIT 1;
