-- One object is one act of the agency; what does not belong to its type is null.
SELECT
  id AS source_key,
  CASE type
    WHEN 'penalty' THEN 'environmental_penalty'
    WHEN 'exceedance' THEN 'emission_exceedance'
    WHEN 'permit' THEN 'permit_granted'
    WHEN 'remedy' THEN 'remedy_confirmed'
    WHEN 'grade' THEN 'environment_grade'
    ELSE type
  END AS item,
  CASE agency WHEN 'EA' THEN 'environment_agency' ELSE agency END AS authority,
  CASE WHEN starts_with(operator_no, 'C') THEN 'mer-citizen:' ELSE 'mer-biz:' END
    || operator_no AS subject,
  'business' AS subject_kind,
  operator_name AS subject_name,
  paper AS document,
  article AS basis,
  decided AS decided_on,
  effective AS effective_on,
  published AS published_on,
  amended AS amended_on,
  amount AS amount,
  medium AS medium,
  activity AS kind,
  valid_until AS valid_until,
  substance AS substance,
  measured AS measured,
  permitted AS permitted,
  site AS site,
  remedied AS remedied,
  grade AS grade,
  held AS held
FROM delivered
