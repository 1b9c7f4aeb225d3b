-- The tax office's archive at any size, straight from the row number: nothing is joined,
-- sorted or held, so that memory stays bounded. `n` is the taxpayer's rank.
WITH drawn AS (  -- one row a decision
  SELECT
    i,
    i % 5 < 4 AS paid,
    CASE WHEN i % 5 < 4 THEN draw(i, 50, getvariable('businesses'))
         ELSE skewed(i, 50, getvariable('businesses')) END AS n,
    draw(i, 51, 2900)::INTEGER AS day_no
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
)
SELECT
  'B-' || i AS record_no,
  CASE WHEN paid THEN 'PAID' ELSE 'PENALTY' END AS event,
  (10000000 + (n * 48271 + 31) % 79999987)::VARCHAR AS taxpayer_no,
  'Taxpayer ' || n || ' of Meridia' AS taxpayer_name,
  'MTO/' || i AS document_no,
  CASE WHEN paid THEN '22' WHEN i % 4 = 0 THEN '14' ELSE '12' END AS article,
  DATE '2018-07-01' + day_no AS decided,
  DATE '2018-07-05' + day_no AS effective,
  DATE '2018-07-12' + day_no AS published,
  CASE WHEN NOT paid
    THEN ((8000 + skewed(i, 52, 6000000))::DECIMAL(18, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2)
  END AS amount,
  CASE WHEN paid THEN NULL WHEN i % 4 = 0 THEN 'FALSE_RETURN' ELSE 'LATE' END AS reason,
  CASE WHEN paid THEN year(DATE '2018-07-01' + day_no) - 1 END AS tax_year
FROM drawn
