-- The courts: unpaid judgments against businesses; reviews of public bodies' decisions.
WITH kind AS (  -- one row a judgment or review
  SELECT
    i,
    CASE WHEN i % 5 = 4 THEN 'REV' ELSE 'JUD' END AS type,
    later(DATE '2020-01-05', i, 130, 0, 2350) AS decided
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
), dated AS (
  SELECT
    *,
    CASE WHEN type = 'JUD' THEN later(decided, i, 131, 30, 20) ELSE decided END AS enforceable,
    CASE WHEN type = 'JUD' AND NOT once_in(i, 132, 4) THEN later(decided, i, 133, 60, 700) END AS paid
  FROM kind
), party AS (
  SELECT dated.*, no, name_latin AS name
  FROM dated JOIN business ON type = 'JUD' AND n = skewed(i, 134, getvariable('businesses'))
  UNION ALL
  SELECT dated.*, no, name
  FROM dated JOIN body ON type = 'REV' AND n = draw(i, 134, getvariable('bodies'))
)
SELECT
  i,
  reported_after(decided, i, 135) AS reported,
  NULL::DATE AS gone,
  -- Paid after the first delivery: the judgment comes again with its end.
  CASE WHEN paid > getvariable('cut')::DATE AND paid <= getvariable('close')::DATE THEN paid END AS changed,
  fault(i, 137) AS fault,
  'C' || lpad(i::VARCHAR, 7, '0') AS nr,
  type,
  no AS party_no,
  name AS party_name,
  'CS ' || i || '/' || year(decided) AS file_no,
  strftime(decided, '%d.%m.%Y') AS decided,
  strftime(enforceable, '%d.%m.%Y') AS enforceable,
  strftime(reported_after(decided, i, 135), '%d.%m.%Y') AS published,
  CASE type WHEN 'JUD' THEN replace(money(i, 139, 300, 1500000)::VARCHAR, '.', ',') END AS amount,
  CASE WHEN paid <= getvariable('cut')::DATE THEN strftime(paid, '%d.%m.%Y') END AS paid,
  CASE type WHEN 'REV' THEN pick(['UPHELD', 'UPHELD', 'UPHELD', 'VARIED', 'OVERTURNED'], i, 140) END AS outcome,
  strftime(paid, '%d.%m.%Y') AS paid_later
FROM party
