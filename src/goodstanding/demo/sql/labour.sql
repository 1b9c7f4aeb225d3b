-- The Labour Inspectorate: wage arrears, accidents, confirmed remedies.
WITH kind AS (  -- one row a finding
  SELECT
    i,
    CASE WHEN i % 10 < 5 THEN 'arrears' WHEN i % 10 < 9 THEN 'accident' ELSE 'remedy' END AS finding,
    skewed(i, 90, getvariable('businesses')) AS n,
    later(DATE '2019-06-01', i, 91, 0, 2560) AS decided
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), settling AS (
  SELECT
    *,
    once_in(i, 92, 3) AS settled,
    CASE WHEN finding = 'arrears' AND NOT once_in(i, 92, 3) AND NOT once_in(i, 93, 6)
      THEN later(decided, i, 94, 40, 500) END AS paid
  FROM kind
)
SELECT
  i,
  reported_after(decided, i, 95) AS reported,
  NULL::DATE AS gone,
  -- Wages paid after the first delivery: the record comes again with its end.
  CASE WHEN paid > getvariable('cut')::DATE AND paid <= getvariable('close')::DATE THEN paid END AS changed,
  fault(i, 97) AS fault,
  'LI-' || lpad(i::VARCHAR, 7, '0') AS id,
  finding,
  'LI' AS inspectorate,
  no AS employer_no,
  name AS employer_name,
  'LI/' || year(decided) || '/' || i AS paper,
  decided::VARCHAR AS decided,
  later(decided, i, 99, 0, 10)::VARCHAR AS effective,
  reported_after(decided, i, 95)::VARCHAR AS published,
  CASE WHEN paid <= getvariable('cut')::DATE THEN paid END::VARCHAR AS paid_since,
  CASE finding WHEN 'arrears' THEN money(i, 100, 500, 250000) END AS amount,
  CASE finding WHEN 'arrears' THEN 1 + skewed(i, 101, 60) END AS workers,
  CASE finding WHEN 'arrears' THEN settled END AS settled,
  CASE finding WHEN 'accident'
    THEN CASE WHEN once_in(i, 102, 60) THEN 'fatal' ELSE pick(['minor', 'minor', 'serious'], i, 103) END
  END AS severity,
  CASE finding WHEN 'remedy' THEN 'LI/' || year(decided) || '/' || (i - i % 10 + 5) END AS remedied,
  paid::VARCHAR AS paid_later
FROM settling
JOIN business USING (n)
