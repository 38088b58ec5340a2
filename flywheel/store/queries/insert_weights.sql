INSERT INTO weight_fits (version, prior, factors, report, seq)
VALUES ($version, $prior, $factors, $report, nextval('weight_fit_seq'))
