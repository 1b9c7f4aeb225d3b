-- One row of the file is one inspection or one penalty.
SELECT
  record_no AS source_key,
  CASE event WHEN 'INSPECTION' THEN 'inspection' WHEN 'PENALTY' THEN 'penalty' ELSE event END AS item,
  'tarn-biz:' || business_no AS subject,
  business_name AS subject_name,
  document_no AS document,
  CASE event WHEN 'INSPECTION' THEN 'trade_act.4' ELSE 'trade_act.9' END AS basis,
  decided AS decided_on,
  effective AS effective_on,
  published AS published_on,
  lower(result) AS result,
  findings AS findings,
  site AS site,
  iso_date(next_due, '%d.%m.%Y') AS next_due,
  amount AS amount,
  lower(breach) AS kind
FROM delivered
