-- One row of the office's list is one decision about one taxpayer.
SELECT
  record_no AS source_key,
  CASE event
    WHEN 'PENALTY' THEN 'tax_penalty'
    WHEN 'PAID' THEN 'tax_paid_in_full'
    WHEN 'STAMP' THEN 'stamp_duty_arrears'
    ELSE event
  END AS item,
  CASE office WHEN 'MTO' THEN 'tax_office' ELSE office END AS authority,
  -- The office numbers persons too; their rows are recognised by the C and refused.
  CASE WHEN starts_with(taxpayer_no, 'C') THEN 'mer-citizen:' ELSE 'mer-biz:' END
    || taxpayer_no AS subject,
  'business' AS subject_kind,
  taxpayer_name AS subject_name,
  document_no AS document,
  'tax_act.' || article AS basis,
  decided AS decided_on,
  effective AS effective_on,
  published AS published_on,
  amount AS amount,
  lower(reason) AS kind,
  tax_year AS year
FROM delivered
