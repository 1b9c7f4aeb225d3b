-- The classes of the Trade Inspection Act as an analyst who knows the tables would write them:
-- one pass over each item, the numbers of the law typed in. `inspections` and `penalties` are
-- views of the segments; the date is 1 July 2025, as known at the end of that day.
CREATE TEMP TABLE classed AS
WITH inspected AS (  -- one row a business with an inspection, live ones of 48 months counted
  SELECT
    subject,
    count(*) FILTER (effective_on BETWEEN DATE '2021-07-02' AND DATE '2025-07-01') AS inspections,
    count(*) FILTER (effective_on BETWEEN DATE '2021-07-02' AND DATE '2025-07-01' AND f_result IN ('fail', 'closed')) AS failed,
    max(f_findings) FILTER (effective_on BETWEEN DATE '2021-07-02' AND DATE '2025-07-01') AS worst,
    arg_max(f_result, (effective_on, source, source_key))
      FILTER (effective_on BETWEEN DATE '2021-07-02' AND DATE '2025-07-01') AS last_result,
    bool_or(effective_on <= DATE '2025-07-01') AS inspection_live,
    min(effective_on) FILTER (effective_on BETWEEN DATE '2021-07-02' AND DATE '2025-07-01')
      AS inspection_first,
    min(ends_on) FILTER (effective_on <= DATE '2025-07-01') AS inspection_ends,
    min(effective_on) FILTER (effective_on > DATE '2025-07-01') AS inspection_begins
  FROM inspections
  ANTI JOIN (
    SELECT supersedes AS leaf FROM inspections
    WHERE supersedes IS NOT NULL AND known_at < TIMESTAMP '2025-07-02'
  ) USING (leaf)
  WHERE known_at < TIMESTAMP '2025-07-02' AND act <> 'withdrawal' AND subject_kind = 'business'
    AND (ends_on IS NULL OR ends_on > DATE '2025-07-01')
  GROUP BY subject
),
penalised AS (  -- one row a business with a penalty, live ones of 60 months counted
  SELECT
    subject,
    count(*) FILTER (effective_on BETWEEN DATE '2020-07-02' AND DATE '2025-07-01' AND f_kind <> 'formal') AS penalties,
    sum(f_amount) FILTER (effective_on BETWEEN DATE '2020-07-02' AND DATE '2025-07-01' AND f_kind <> 'formal') AS fines,
    bool_or(effective_on <= DATE '2025-07-01') AS penalty_live,
    min(effective_on) FILTER (effective_on BETWEEN DATE '2020-07-02' AND DATE '2025-07-01')
      AS penalty_first,
    min(ends_on) FILTER (effective_on <= DATE '2025-07-01') AS penalty_ends,
    min(effective_on) FILTER (effective_on > DATE '2025-07-01') AS penalty_begins
  FROM penalties
  ANTI JOIN (
    SELECT supersedes AS leaf FROM penalties
    WHERE supersedes IS NOT NULL AND known_at < TIMESTAMP '2025-07-02'
  ) USING (leaf)
  WHERE known_at < TIMESTAMP '2025-07-02' AND act <> 'withdrawal' AND subject_kind = 'business'
    AND (ends_on IS NULL OR ends_on > DATE '2025-07-01')
  GROUP BY subject
),
pointed AS (
  SELECT
    subject,
    coalesce(inspections, 0) AS inspections,
    coalesce(failed, 0) AS failed,
    penalties,
    fines,
    last_result,
    -- The first day on which a record begins, ends or leaves its window.
    least(
      (inspection_first + INTERVAL 48 MONTH)::DATE, inspection_ends, inspection_begins,
      (penalty_first + INTERVAL 60 MONTH)::DATE, penalty_ends, penalty_begins
    ) AS next_change_on,
    CASE WHEN penalties > 0 THEN least(penalties * 2.5, 20.0) END::DECIMAL(18, 1) AS p_penalties,
    -- least() passes over NULL, so "no penalties" is asked first.
    CASE WHEN fines IS NOT NULL THEN least((fines * 0.0012)::DECIMAL(18, 1), 30.0) END
      ::DECIMAL(18, 1) AS p_fines,
    CASE  -- the share of failed inspections, rounded to four places
      WHEN inspections = 0 THEN NULL
      WHEN (failed * 20000 + inspections) // (2 * inspections) >= 5000 THEN 14.5
      WHEN (failed * 20000 + inspections) // (2 * inspections) >= 2000 THEN 6.0
      WHEN inspections > 0 THEN 0.0
    END::DECIMAL(18, 1) AS p_failures,
    CASE WHEN worst IS NOT NULL THEN least(worst * 0.4, 8.0) END::DECIMAL(18, 1) AS p_findings,
    CASE WHEN last_result IN ('fail', 'closed') THEN 7.5 END::DECIMAL(18, 1) AS p_last_failed
  FROM inspected FULL JOIN penalised USING (subject)
  WHERE inspection_live OR penalty_live
),
summed AS (
  SELECT
    *,
    coalesce(p_failures, 0) + coalesce(p_findings, 0) + coalesce(p_last_failed, 0) AS conduct
  FROM pointed
),
totalled AS (
  SELECT
    *,
    (5.0 + coalesce(p_penalties, 0) + coalesce(p_fines, 0) + least(conduct, 22.0))
      ::DECIMAL(18, 1) AS total
  FROM summed
)
SELECT
  subject,
  CASE
    WHEN last_result = 'closed' THEN 'D'
    WHEN last_result IS NULL THEN 'N'
    WHEN total >= 45 THEN 'D'
    WHEN total >= 25 THEN 'C'
    WHEN total >= 12 OR fines >= 2500 THEN 'B'
    ELSE 'A'
  END AS grade,
  last_result IS NULL AS absent,
  last_result IS NOT DISTINCT FROM 'closed' AS closed,
  NOT closed AND NOT absent AND total < 12 AND coalesce(fines >= 2500, false) AS barred,
  CASE WHEN NOT absent THEN total END AS total,
  next_change_on,
  inspections, failed, penalties,
  p_penalties, p_fines, p_failures, p_findings, p_last_failed,
  CASE WHEN conduct > 22 THEN (22.0 - conduct)::DECIMAL(18, 1) END AS p_conduct
FROM totalled
ORDER BY subject;

COPY (
  SELECT
    subject, grade, total, next_change_on, DATE '2025-07-01' AS as_of,
    TIMESTAMP '2025-07-01 23:59:59.999999' AS known_at,
    'tarn/conduct' AS scheme, 1::INTEGER AS version, false AS draft
  FROM classed
  ORDER BY subject
) TO 'standings.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880);

COPY (
  SELECT subject, DATE '2025-07-01' AS as_of, position, kind, rule, points, records, article
  FROM (
    SELECT subject, 0 AS position, 'base' AS kind, 'base' AS rule, 5.0::DECIMAL(18, 1) AS points,
      0::BIGINT AS records, 'trade_act.21' AS article
    FROM classed WHERE NOT absent
    UNION ALL
    SELECT subject, 1, 'rule', 'penalties', p_penalties, penalties, 'trade_act.21'
    FROM classed WHERE NOT absent AND p_penalties IS NOT NULL
    UNION ALL
    SELECT subject, 2, 'rule', 'fines', p_fines, penalties, 'trade_act.21'
    FROM classed WHERE NOT absent AND p_fines IS NOT NULL
    UNION ALL
    SELECT subject, 3, 'rule', 'failures', p_failures, failed + inspections, 'trade_act.21'
    FROM classed WHERE NOT absent AND p_failures IS NOT NULL
    UNION ALL
    SELECT subject, 4, 'rule', 'findings', p_findings, inspections, 'trade_act.21'
    FROM classed WHERE NOT absent AND p_findings IS NOT NULL
    UNION ALL
    SELECT subject, 5, 'rule', 'last_failed', p_last_failed, inspections, 'trade_act.21'
    FROM classed WHERE NOT absent AND p_last_failed IS NOT NULL
    UNION ALL
    SELECT subject, 6, 'group', 'conduct', p_conduct, 0, 'trade_act.21'
    FROM classed WHERE NOT absent AND p_conduct IS NOT NULL
    UNION ALL
    SELECT subject, 7, 'exception', 'closed', NULL, inspections, 'trade_act.23'
    FROM classed WHERE closed
    UNION ALL
    SELECT subject, 8, 'exception', 'heavy_fines', NULL, penalties, 'trade_act.23'
    FROM classed WHERE barred
    UNION ALL
    SELECT subject, 9, 'absence', 'absence', NULL, 0, 'trade_act.24'
    FROM classed WHERE absent AND NOT closed
  )
  ORDER BY subject, position
) TO 'reasons.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880);
