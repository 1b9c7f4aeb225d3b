-- Who lives in Meridia. One row a business or public body; `n` counts from 0 and is the
-- rank by which records are handed out, `no` its official number in no visible order.
-- All names are put together from invented syllables; none is meant to be anyone's.

CREATE OR REPLACE TEMP TABLE word AS SELECT
  ['Velm', 'Quill', 'Oster', 'Zeph', 'Lumb', 'Farn', 'Mirr', 'Thal', 'Vesk', 'Dorn', 'Isk',
   'Brael', 'Cint', 'Elow', 'Gharn', 'Hesp', 'Jorv', 'Kest', 'Nimm', 'Pell', 'Rook', 'Sarn',
   'Tirr', 'Ulm', 'Wend', 'Yarr'] AS head,
  ['avia', 'ora', 'umbel', 'iven', 'ath', 'onda', 'erel', 'issa', 'umber', 'adine', 'oque',
   'ilan', 'arrow', 'ethe', 'unna', 'ostre'] AS tail,
  ['Bakery', 'Ironworks', 'Haulage', 'Orchards', 'Tiles', 'Ferries', 'Looms', 'Dairy',
   'Timber', 'Printworks', 'Canning', 'Roofing', 'Seeds', 'Pumps', 'Market Hall',
   'Ropeworks'] AS trade,
  ['Crémerie', 'Fábrica', 'Möbelwerk', 'Panadería', 'Brøndværk', 'Tøndemageri', 'Forêts',
   'Mühle', 'Señal', 'Käserei', 'Cerámica', 'Église-Pont'] AS accented_trade,
  ['Młyn', 'Šumarija', 'Fırın', 'Kőfaragó', 'Žito', 'Çarşı', 'Пекарня', 'Αρτοποιείο'] AS far_trade,
  ['霁澜', '岚汀', '杉渚', '砚泉', '穹野', '翎川', '榆桥', '萤石', '汐塔', '稷原', '鹿鸣坡', '云帆渡']
    AS zh_head,
  ['食品', '面粉', '砖瓦', '运输', '木业', '织造', '水泵', '印务', '渔业', '果园', '屋面', '绳缆']
    AS zh_trade,
  ['有限公司', '合作社', '合伙企业', '基金会'] AS zh_form,
  ['Ltd', 'Cooperative', 'Partners', 'Foundation'] AS form,
  ['company', 'cooperative', 'partnership', 'foundation'] AS form_code,
  ['food', 'building', 'transport', 'retail', 'making', 'services'] AS sector,
  ['North Shore', 'Old Harbour', 'Seven Hills', 'Lower Marsh', 'Île-des-Grues', '河湾区'] AS district;

CREATE OR REPLACE TEMP TABLE business AS
WITH drawn AS (  -- one row a business
  SELECT
    n,
    -- Multiplication modulo a prime gives every business another number.
    10000000 + (n * 48271 + 31) % 79999987 AS no,
    pick(head, n, 1) || pick(tail, n, 2) AS stem,
    1 + greatest(draw(n, 3, 8) - 4, 0)::INTEGER AS form_no,
    draw(n, 4, 100) AS script,
    word.*
  FROM range(getvariable('businesses')::BIGINT) AS rows(n), word
)
SELECT
  n,
  no::VARCHAR AS no,
  CASE
    WHEN script < 20 THEN '美里迪亚' || pick(zh_head, n, 5) || pick(zh_trade, n, 6) || zh_form[form_no]
    WHEN script < 35 THEN pick(accented_trade, n, 7) || ' ' || stem || ' ' || form[form_no]
    WHEN script < 40 THEN stem || ' ' || pick(far_trade, n, 8)
    WHEN script < 41 THEN repeat(stem || ' and ' || pick(trade, n, 9) || ' of ' || pick(district, n, 10)
      || ', ', 6) || 'United ' || form[form_no]
    ELSE stem || ' ' || pick(trade, n, 9) || ' ' || form[form_no]
  END AS name,
  '美里迪亚' || pick(zh_head, n, 5) || pick(zh_trade, n, 6) || zh_form[form_no] AS name_zh,
  -- The courts' system knows Latin-1 only.
  CASE WHEN script < 50 THEN pick(accented_trade, n, 7) || ' ' || stem
       ELSE stem || ' ' || pick(trade, n, 9) END || ' ' || form[form_no] AS name_latin,
  form_code[form_no] AS legal_form,
  sector[1 + (n % 6)::INTEGER] AS sector,
  pick(district, n, 10) AS district,
  later(DATE '2005-02-01', n, 11, 0, 5800) AS registered_on,
  -- One business in twelve is careless with its reports.
  once_in(n, 12, 12) AS careless
FROM drawn;

CREATE OR REPLACE TEMP TABLE body AS
SELECT
  n,
  'PB' || lpad((1 + n)::VARCHAR, 4, '0') AS no,
  pick(['Board of', 'Office for', 'Council of', 'Directorate of', 'Académie de', 'Prefecture of'], n, 21)
    || ' ' || pick(head, n, 22) || pick(tail, n, 23) AS name,
  -- How many of a hundred invoices and answers come late: most bodies few, some many.
  (2 + skewed(n, 24, 70)) AS tardiness
FROM range(getvariable('bodies')::BIGINT) AS rows(n), word;
