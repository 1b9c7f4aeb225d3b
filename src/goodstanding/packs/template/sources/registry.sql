-- One row is one business on the register today.
SELECT
  business_no AS source_key,
  'registration' AS item,
  CASE WHEN starts_with(business_no, 'C') THEN 'mer-citizen:' ELSE 'mer-biz:' END
    || business_no AS subject,
  'business' AS subject_kind,
  name AS subject_name,
  paper AS document,
  'registration_act.4' AS basis,
  registered_on AS decided_on,
  legal_form AS legal_form,
  sector AS sector,
  district AS district
FROM delivered
