-- The Environment Agency: permits, penalties, exceedances since 2021, confirmed remedies, and
-- the grades it published in May of 2023, 2024 and 2025.
WITH act AS (  -- one row an act; four in twenty are grades
  SELECT
    i,
    CASE WHEN i % 20 < 5 THEN 'permit' WHEN i % 20 < 10 THEN 'penalty'
         WHEN i % 20 < 14 THEN 'exceedance' WHEN i % 20 < 16 THEN 'remedy' ELSE 'grade' END AS type,
    i // 20 * 4 + i % 20 - 16 AS grade_no,
    skewed(i, 70, getvariable('businesses')) AS n
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), known AS (  -- one row a business with acts; those with the most come first
  SELECT n, row_number() OVER (ORDER BY n) - 1 AS rank, count(*) OVER () AS businesses
  FROM (SELECT DISTINCT n FROM act WHERE type <> 'grade')
), kind AS (  -- one row an act; three grades, one a year, to each business that gets any
  SELECT
    act.i, act.type, coalesce(known.n, act.n) AS n,
    2023 + act.grade_no % 3 AS year
  FROM act
  LEFT JOIN known ON act.type = 'grade' AND known.rank = act.grade_no // 3 % known.businesses
), dated AS (  -- grades are published on the same day and say what was decided before it
  SELECT
    *,
    CASE WHEN type IN ('permit', 'penalty') THEN later(DATE '2018-07-01', i, 71, 0, 2900)
         WHEN type = 'grade' THEN later(make_date(year, 4, 20), i, 71, 0, 20)
         ELSE later(DATE '2021-01-01', i, 71, 0, 1980) END AS decided,
    CASE WHEN type = 'grade' THEN make_date(year, 5, 15) END AS graded,
    (20000 + draw(i, 72, 80000)) AS permitted_units
  FROM kind
)
SELECT
  i,
  coalesce(graded, reported_after(decided, i, 73)) AS reported,
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
            WHEN 'exceedance' THEN 'environment_act.23' WHEN 'grade' THEN 'environment_act.51'
            ELSE 'credit_act.19' END AS article,
  decided::VARCHAR AS decided,
  coalesce(graded, later(decided, i, 78, 0, 10))::VARCHAR AS effective,
  coalesce(graded, reported_after(decided, i, 73))::VARCHAR AS published,
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
  CASE type WHEN 'remedy' THEN 'EA/' || year(decided) || '/' || (i - i % 20 + 8) END AS remedied,
  CASE type WHEN 'grade' THEN pick(['green', 'green', 'green', 'green', 'green', 'blue', 'blue', 'blue',
    'yellow', 'red'], i, 84) END AS grade,
  -- One grade in twenty-five is held until there are new measurements.
  CASE type WHEN 'grade' THEN once_in(i, 85, 25) END AS held
FROM dated
JOIN business USING (n)
