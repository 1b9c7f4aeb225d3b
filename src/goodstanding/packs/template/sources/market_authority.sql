-- 编号 key, 注册号 business number, 企业名称 name, 文书号 document, 年度 year, 到期日 due,
-- 提交日 filed, 决定日 decided, 公布日 published; 结果 result: 按时 on time, 逾期 late, 未报 missing.
SELECT
  "编号" AS source_key,
  CASE "结果"
    WHEN '按时' THEN 'annual_report'
    WHEN '逾期' THEN 'annual_report_late'
    WHEN '未报' THEN 'annual_report_late'
    ELSE "结果"
  END AS item,
  CASE WHEN starts_with("注册号", 'C') THEN 'mer-citizen:' ELSE 'mer-biz:' END
    || "注册号" AS subject,
  'business' AS subject_kind,
  "企业名称" AS subject_name,
  "文书号" AS document,
  CASE "结果" WHEN '按时' THEN 'registration_act.9' ELSE 'registration_act.11' END AS basis,
  "决定日" AS decided_on,
  "公布日" AS published_on,
  "年度" AS year,
  "到期日" AS due_on,
  "提交日" AS filed_on
FROM delivered
