-- The Food Safety Agency visits food businesses only (every sixth business): inspections
-- of one to three places each, and recalls.
WITH kind AS (  -- one row a place visited or a product recalled
  SELECT
    i,
    CASE WHEN i % 25 = 24 THEN 'recall' ELSE 'inspection' END AS kind,
    -- Three rows in a row may belong to one inspection of one business.
    CASE WHEN i % 25 < 6 THEN i - i % 3 ELSE i END AS visit
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), dated AS (
  SELECT
    *,
    -- Most visits are spread evenly; one in three goes where there was trouble before.
    6 * CASE WHEN once_in(visit, 110, 3) THEN skewed(visit, 111, (getvariable('businesses') + 5) // 6)
             ELSE draw(visit, 111, (getvariable('businesses') + 5) // 6) END AS n,
    later(DATE '2022-01-10', visit, 112, 0, 1620) AS decided,
    skewed(i, 113, 22) AS findings
  FROM kind
)
SELECT
  i,
  reported_after(decided, visit, 114) AS reported,
  NULL::DATE AS gone,
  CASE WHEN kind = 'inspection' AND once_in(i, 116, 80) THEN getvariable('cut')::DATE END AS changed,
  fault(i, 117) AS fault,
  'FS-' || lpad(i::VARCHAR, 7, '0') AS key,
  kind,
  'FSA' AS agency,
  no AS business_no,
  name AS business_name,
  'FSA/' || year(decided) || '/' || visit AS paper,
  decided,
  reported_after(decided, visit, 114) AS published,
  CASE kind WHEN 'inspection' THEN 'IN-' || visit END AS inspection_no,
  CASE kind WHEN 'inspection' THEN 'Place ' || (1 + i - visit) || ', ' || district END AS place,
  CASE kind WHEN 'inspection'
    THEN CASE WHEN findings < 3 THEN 'pass' WHEN findings < 15 THEN 'minor' ELSE 'fail' END
  END AS result,
  CASE kind WHEN 'inspection' THEN findings::INTEGER END AS findings,
  CASE kind WHEN 'recall'
    THEN pick(['Smoked eel', 'Plum jam', 'Rye flour', 'Goat cheese', 'Nettle tea'], i, 119)
      || ', lot ' || draw(i, 120, 900)
  END AS product,
  CASE kind WHEN 'recall' THEN pick(['one', 'two', 'three', 'three'], i, 121) END AS class
FROM dated
JOIN business USING (n)
