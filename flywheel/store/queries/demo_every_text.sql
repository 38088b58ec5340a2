-- Everything that any row holds, as text: what a search for leftovers has to look through.
SELECT CAST(to_json(t) AS VARCHAR) FROM interactions AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM feedback AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM batches AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM cursors AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM quarantine AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM scores AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM candidates AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM decisions AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM draws AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM weight_fits AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM promotions AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM releases AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM reopenings AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM core_answers AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM answers AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM evaluations AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM evaluation_scores AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM judgements AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM batch_scrubbings AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM scrub_counts AS t
UNION ALL SELECT CAST(to_json(t) AS VARCHAR) FROM canaries AS t
