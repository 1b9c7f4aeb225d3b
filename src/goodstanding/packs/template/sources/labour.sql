-- One object is one finding. Wages paid after the decision end the record on that day.
SELECT
  id AS source_key,
  CASE finding
    WHEN 'arrears' THEN 'wage_arrears'
    WHEN 'accident' THEN 'accident_finding'
    WHEN 'remedy' THEN 'remedy_confirmed'
    ELSE finding
  END AS item,
  CASE inspectorate WHEN 'LI' THEN 'labour_inspectorate' ELSE inspectorate END AS authority,
  CASE WHEN starts_with(employer_no, 'C') THEN 'mer-citizen:' ELSE 'mer-biz:' END
    || employer_no AS subject,
  'business' AS subject_kind,
  employer_name AS subject_name,
  paper AS document,
  CASE finding
    WHEN 'arrears' THEN 'labour_code.55'
    WHEN 'accident' THEN 'labour_code.61'
    ELSE 'credit_act.19'
  END AS basis,
  decided AS decided_on,
  effective AS effective_on,
  published AS published_on,
  paid_since AS ends_on,
  amount AS amount,
  workers AS workers,
  settled AS settled,
  severity AS severity,
  remedied AS remedied
FROM delivered
