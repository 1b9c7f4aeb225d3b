-- The register of businesses: one row a business. One in 150 is struck off after the
-- first delivery: the second, being a full snapshot, no longer holds it.
SELECT
  n AS i,
  registered_on AS reported,
  CASE WHEN once_in(n, 30, 150) THEN getvariable('cut')::DATE END AS gone,
  NULL::DATE AS changed,
  fault(n, 31) AS fault,
  no AS business_no,
  name,
  legal_form,
  sector,
  district,
  registered_on,
  'REG/' || no AS paper
FROM business
WHERE n < getvariable('rows')
