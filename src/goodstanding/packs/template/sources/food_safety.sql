-- One row is one place visited in an inspection, one product recalled, or one ban.
SELECT
  "key" AS source_key,
  CASE kind
    WHEN 'inspection' THEN 'food_inspection'
    WHEN 'recall' THEN 'product_recall'
    WHEN 'ban' THEN 'food_trade_ban'
    ELSE kind
  END AS item,
  CASE agency WHEN 'FSA' THEN 'food_safety_agency' ELSE agency END AS authority,
  CASE WHEN starts_with(business_no, 'C') THEN 'mer-citizen:' ELSE 'mer-biz:' END
    || business_no AS subject,
  'business' AS subject_kind,
  business_name AS subject_name,
  paper AS document,
  CASE kind
    WHEN 'recall' THEN 'food_act.17'
    WHEN 'ban' THEN 'food_act.19'
    ELSE 'food_act.8'
  END AS basis,
  decided AS decided_on,
  published AS published_on,
  inspection_no AS inspection,
  place AS site,
  result AS result,
  findings AS findings,
  product AS product,
  "class" AS "class"
FROM delivered
