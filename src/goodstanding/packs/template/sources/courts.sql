-- The courts write days as 31.12.2025 and amounts as 1234,50 or 1.234,50. `iso_date` and `decimal`
-- hand on what is no such day or number as it was written, so that the refusal shows it.
SELECT
  nr AS source_key,
  CASE type
    WHEN 'JUD' THEN 'judgment_unpaid'
    WHEN 'REV' THEN 'decision_review'
    ELSE type
  END AS item,
  CASE
    WHEN starts_with(party_no, 'PB') THEN 'mer-body:'
    WHEN starts_with(party_no, 'C') THEN 'mer-citizen:'
    ELSE 'mer-biz:'
  END || party_no AS subject,
  CASE WHEN starts_with(party_no, 'PB') THEN 'public_body' ELSE 'business' END AS subject_kind,
  party_name AS subject_name,
  file_no AS document,
  CASE type WHEN 'REV' THEN 'public_service_act.8' ELSE 'enforcement_act.3' END AS basis,
  iso_date(decided, '%d.%m.%Y') AS decided_on,
  iso_date(enforceable, '%d.%m.%Y') AS effective_on,
  iso_date(published, '%d.%m.%Y') AS published_on,
  iso_date(paid, '%d.%m.%Y') AS ends_on,
  decimal(amount, ',', '.') AS amount,
  CASE type WHEN 'JUD' THEN iso_date(enforceable, '%d.%m.%Y') END AS enforceable_on,
  lower(outcome) AS outcome
FROM delivered
