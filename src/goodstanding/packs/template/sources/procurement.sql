-- One row is one invoice or one request. An invoice says something from the day on which it is
-- due, a request from the day on which it was received.
SELECT
  ref AS source_key,
  CASE type
    WHEN 'INV' THEN 'invoice_payment'
    WHEN 'REQ' THEN 'information_request'
    ELSE type
  END AS item,
  CASE WHEN starts_with(body_no, 'C') THEN 'mer-citizen:' ELSE 'mer-body:' END
    || body_no AS subject,
  'public_body' AS subject_kind,
  body_name AS subject_name,
  paper AS document,
  CASE type WHEN 'REQ' THEN 'public_service_act.5' ELSE 'public_service_act.2' END AS basis,
  received AS decided_on,
  CASE type WHEN 'REQ' THEN received ELSE due END AS effective_on,
  due AS due_on,
  amount AS amount,
  CASE type WHEN 'INV' THEN done END AS paid_on,
  CASE type WHEN 'REQ' THEN done END AS answered_on
FROM delivered
