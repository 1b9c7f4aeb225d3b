-- The tax office: four rows in five confirm a year paid in full, the rest are penalties
-- and, before the duty was repealed in 2020, stamp duty arrears.
WITH kind AS (  -- one row a decision
  SELECT
    i,
    CASE WHEN i % 5 < 4 THEN 'PAID' WHEN i % 20 = 19 THEN 'STAMP' ELSE 'PENALTY' END AS event,
    i // 5 * 4 + i % 5 AS paid_no
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), dated AS (
  SELECT
    *,
    CASE event WHEN 'PAID' THEN paid_no % getvariable('businesses')
               ELSE skewed(i, 50, getvariable('businesses')) END AS n,
    2025 - paid_no // getvariable('businesses') % 15 AS year,
    CASE event
      WHEN 'PAID' THEN later(make_date(2026 - paid_no // getvariable('businesses') % 15, 2, 1), i, 51, 0, 120)
      WHEN 'STAMP' THEN later(DATE '2015-01-01', i, 51, 0, 1825)
      ELSE later(DATE '2018-07-01', i, 51, 0, 2900)
    END AS decided
  FROM kind
)
SELECT
  i,
  reported_after(decided, i, 52) AS reported,
  NULL::DATE AS gone,
  -- One penalty in forty is lowered on review after the first delivery.
  CASE WHEN event = 'PENALTY' AND once_in(i, 54, 40) THEN getvariable('cut')::DATE END AS changed,
  fault(i, 55) AS fault,
  'T-' || lpad(i::VARCHAR, 7, '0') AS record_no,
  'MTO' AS office,
  event,
  no AS taxpayer_no,
  name AS taxpayer_name,
  'MTO/' || year(decided) || '/' || i AS document_no,
  CASE event WHEN 'PAID' THEN '22' WHEN 'STAMP' THEN '31'
       ELSE CASE WHEN once_in(i, 57, 8) THEN '14' ELSE '12' END END AS article,
  decided::VARCHAR AS decided,
  CASE event WHEN 'PENALTY' THEN later(decided, i, 58, 0, 14) ELSE decided END::VARCHAR AS effective,
  reported_after(decided, i, 52)::VARCHAR AS published,
  CASE event WHEN 'PAID' THEN NULL ELSE money(i, 59, 80, 60000)::VARCHAR END AS amount,
  CASE event WHEN 'PENALTY'
    THEN CASE WHEN once_in(i, 57, 8) THEN 'FALSE_RETURN' ELSE pick(['LATE', 'UNPAID'], i, 60) END
  END AS reason,
  CASE event WHEN 'PAID' THEN year::VARCHAR END AS tax_year
FROM dated
JOIN business USING (n)
