-- Annual reports: one row a business and year, beginning with the latest year.
WITH filing AS (  -- one row a report due
  SELECT
    rows.i,
    business.no,
    business.name_zh,
    2025 - rows.i // getvariable('businesses') % 15 AS year,
    make_date(2026 - rows.i // getvariable('businesses') % 15, 4, 30) AS due,
    once_in(rows.i, 40, CASE WHEN careless THEN 2 ELSE 30 END) AS late
  FROM range(getvariable('rows')::BIGINT) AS rows(i)
  JOIN business ON business.n = rows.i % getvariable('businesses')
), decided AS (
  SELECT
    *,
    CASE WHEN NOT late THEN later(due - 90, i, 41, 0, 91)
         WHEN once_in(i, 42, 3) THEN NULL
         ELSE later(due, i, 43, 1, 15) END AS filed
  FROM filing
), dated AS (
  SELECT *, CASE WHEN late THEN later(due, i, 44, 16, 40) ELSE filed END AS decided FROM decided
)
SELECT
  i,
  reported_after(decided, i, 45) AS reported,
  NULL::DATE AS gone,
  NULL::DATE AS changed,
  fault(i, 47) AS fault,
  'AR' || lpad(i::VARCHAR, 7, '0') AS "编号",
  no AS "注册号",
  name_zh AS "企业名称",
  '年报' || year || '-' || lpad(i::VARCHAR, 7, '0') AS "文书号",
  year::VARCHAR AS "年度",
  due::VARCHAR AS "到期日",
  filed::VARCHAR AS "提交日",
  decided::VARCHAR AS "决定日",
  reported_after(decided, i, 45)::VARCHAR AS "公布日",
  CASE WHEN NOT late THEN '按时' WHEN filed IS NULL THEN '未报' ELSE '逾期' END AS "结果"
FROM dated
