-- The ledger of invoices and information requests of public bodies, one row each.
WITH kind AS (  -- one row an invoice or request
  SELECT
    i,
    CASE WHEN i % 7 = 6 THEN 'REQ' ELSE 'INV' END AS type,
    (skewed(i, 150, getvariable('bodies')) + draw(i, 151, getvariable('bodies')))
      % getvariable('bodies') AS n,
    later(DATE '2021-09-01', i, 152, 0, 1735) AS received
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), dated AS (
  SELECT
    kind.*, no, name,
    received + CASE type WHEN 'REQ' THEN 14 ELSE 30 END AS due,
    draw(i, 153, 100) < tardiness AS late
  FROM kind JOIN body USING (n)
), finished AS (
  SELECT
    *,
    CASE WHEN NOT late THEN later(received, i, 154, 1, CASE type WHEN 'REQ' THEN 13 ELSE 19 END)
         WHEN once_in(i, 155, 40) THEN later(due, i, 156, 100, 300)
         ELSE later(due, i, 156, 1, 60) END AS finished
  FROM dated
)
SELECT
  i,
  received AS reported,
  NULL::DATE AS gone,
  CASE WHEN finished > getvariable('cut')::DATE AND finished <= getvariable('close')::DATE
    THEN finished END AS changed,
  fault(i, 158) AS fault,
  'P' || lpad(i::VARCHAR, 7, '0') AS ref,
  type,
  no AS body_no,
  name AS body_name,
  type || '/' || year(received) || '/' || i AS paper,
  received::VARCHAR AS received,
  due::VARCHAR AS due,
  CASE WHEN finished <= getvariable('cut')::DATE THEN finished END::VARCHAR AS done,
  CASE type WHEN 'INV' THEN money(i, 160, 40, 400000)::VARCHAR END AS amount,
  finished::VARCHAR AS done_later
FROM finished
