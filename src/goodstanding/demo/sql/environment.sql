-- The Environment Agency: permits, penalties, exceedances since 2021, confirmed remedies.
WITH kind AS (  -- one row an act
  SELECT
    i,
    CASE WHEN i % 20 < 8 THEN 'permit' WHEN i % 20 < 13 THEN 'penalty'
         WHEN i % 20 < 18 THEN 'exceedance' ELSE 'remedy' END AS type,
    skewed(i, 70, getvariable('businesses')) AS n
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), dated AS (
  SELECT
    *,
    CASE WHEN type IN ('permit', 'penalty') THEN later(DATE '2018-07-01', i, 71, 0, 2900)
         ELSE later(DATE '2021-01-01', i, 71, 0, 1980) END AS decided,
    (20000 + draw(i, 72, 80000)) AS permitted_units
  FROM kind
)
SELECT
  i,
  reported_after(decided, i, 73) AS reported,
  NULL::DATE AS gone,
  CASE WHEN type = 'penalty' AND once_in(i, 75, 30) THEN getvariable('cut')::DATE END AS changed,
  fault(i, 76) AS fault,
  'EA-' || lpad(i::VARCHAR, 7, '0') AS id,
  type,
  'EA' AS agency,
  no AS operator_no,
  name AS operator_name,
  'EA/' || year(decided) || '/' || i AS paper,
  CASE type WHEN 'permit' THEN 'environment_act.7' WHEN 'penalty' THEN 'environment_act.18'
            WHEN 'exceedance' THEN 'environment_act.23' ELSE 'credit_act.19' END AS article,
  decided::VARCHAR AS decided,
  later(decided, i, 78, 0, 10)::VARCHAR AS effective,
  reported_after(decided, i, 73)::VARCHAR AS published,
  NULL::VARCHAR AS amended,
  CASE type WHEN 'penalty' THEN money(i, 79, 200, 90000) END AS amount,
  CASE type WHEN 'penalty' THEN pick(['water', 'air', 'waste', 'noise'], i, 80) END AS medium,
  CASE type WHEN 'permit' THEN pick(['water', 'air', 'waste', 'noise'], i, 80) END AS activity,
  CASE type WHEN 'permit' THEN (decided + 1826)::VARCHAR END AS valid_until,
  CASE type WHEN 'exceedance' THEN pick(['nox', 'so2', 'pm', 'cod'], i, 81) END AS substance,
  CASE type WHEN 'exceedance'
    THEN ((permitted_units + 1 + skewed(i, 82, 90000))::DECIMAL(18, 0) * 0.001::DECIMAL(4, 3))::DECIMAL(18, 3)
  END AS measured,
  CASE type WHEN 'exceedance'
    THEN (permitted_units::DECIMAL(18, 0) * 0.001::DECIMAL(4, 3))::DECIMAL(18, 3)
  END AS permitted,
  CASE type WHEN 'exceedance' THEN 'Stack ' || (1 + draw(i, 83, 4)) || ', ' || district END AS site,
  CASE type WHEN 'remedy' THEN 'EA/' || year(decided) || '/' || (i - i % 20 + 8) END AS remedied
FROM dated
JOIN business USING (n)
