-- The inspectorate's file at any size, straight from the row number: nothing is joined, sorted
-- or held. Every value is made of whole-number arithmetic modulo the prime 2^31 - 1, so that
-- the rows are the same everywhere. Rows come as the office numbered them; businesses have
-- ten on average, half of the rows falling evenly and half on the first of them.
CREATE OR REPLACE MACRO stirred(x) AS (xor(x, x >> 15) * 40692) % 2147483647;
CREATE OR REPLACE MACRO raw_draw(i, stream) AS
  stirred(stirred((i::BIGINT * 48271 + stream * 1299709 + 20260701) % 2147483647));
CREATE OR REPLACE MACRO draw(i, stream, n) AS (raw_draw(i, stream) % (n)::BIGINT);
-- 0 to n - 1, the square of an even draw: a tenth of the rows fall on a hundredth of n.
CREATE OR REPLACE MACRO squared(u) AS (u * u) // 2147483647;
CREATE OR REPLACE MACRO skewed(i, stream, n) AS
  squared(raw_draw(i, stream)) * (n)::BIGINT // 2147483647;
CREATE OR REPLACE MACRO pick(options, i, stream) AS
  options[1 + draw(i, stream, len(options))::INTEGER];

-- Rows `start` to `stop` - 1 of a file about so many businesses.
CREATE OR REPLACE MACRO tarn_part(start, stop, businesses) AS TABLE
WITH drawn AS (  -- one row a decision; `fault` is 0 to 4 on one row in two hundred
  SELECT
    i,
    CASE WHEN i % 2 = 0 THEN draw(i, 1, businesses) ELSE skewed(i, 2, businesses) END AS n,
    draw(i, 3, 10) < 7 AS inspected,
    DATE '2018-01-01' + draw(i, 4, 2700)::INTEGER AS day,
    draw(i, 5, 100) AS outcome,
    CASE WHEN i % 200 = 77 THEN (i // 200) % 5 END AS fault
  FROM range(start::BIGINT, stop::BIGINT) AS r(i)
)
SELECT
  printf('TI-%d-%09d', year(day), i) AS record_no,
  CASE WHEN inspected THEN 'INSPECTION' ELSE 'PENALTY' END AS event,
  CASE WHEN fault = 0 THEN 'unknown' ELSE (100000000 + n * 7)::VARCHAR END AS business_no,
  pick(['Northern', 'Harbour', 'Old Quay', 'Saint Élise', 'Golden', 'Tarn', 'Union', 'Ångström',
        'Blue Anchor', 'Lighthouse', 'Eastern', 'Millwright', '东方', 'Three Gulls', 'Ropewalk',
        'Salt Lane'], n, 6)
    || ' ' || pick(['Trading', 'Foods', 'Chandlers', 'Textiles', 'Glassworks', 'Fisheries',
        'Metals', 'Bakery'], n, 7)
    || ' ' || n || ' ' || pick(['Ltd', 'Co-op', 'AG', '& Sons'], n, 8) AS business_name,
  CASE WHEN fault = 1 THEN NULL
       ELSE printf('Decision %d/%d of %s', i, year(day), CASE WHEN inspected THEN 'the inspector'
            ELSE 'the board' END) END AS document_no,
  CASE WHEN fault = 2 THEN DATE '2099-01-01' ELSE day END AS decided,
  CASE WHEN inspected THEN day ELSE day + 14 END AS effective,
  day + (1 + draw(i, 9, 30))::INTEGER AS published,
  CASE WHEN inspected THEN CASE WHEN fault = 3 THEN 'UNCLEAR' WHEN outcome < 62 THEN 'PASS'
    WHEN outcome < 84 THEN 'MINOR' WHEN outcome < 97 THEN 'FAIL' ELSE 'CLOSED' END END AS result,
  CASE WHEN inspected THEN
    CASE WHEN outcome < 62 THEN 0 ELSE 1 + skewed(i, 10, 30) END::INTEGER END AS findings,
  pick(['Quay', 'Market', 'Mill', 'Station', 'Bridge', 'Church'], i, 11)
    || ' Street ' || (1 + draw(i, 12, 240)) AS site,
  CASE WHEN inspected AND fault = 4 THEN '31.02.2026'
       WHEN inspected THEN strftime(day + 365, '%d.%m.%Y') END AS next_due,
  CASE WHEN inspected THEN NULL WHEN fault = 4 THEN -1.00
       ELSE ((5000 + skewed(i, 13, 600000))::DECIMAL(18, 0) * 0.01::DECIMAL(3, 2)) END::DECIMAL(12, 2)
    AS amount,
  CASE WHEN inspected THEN NULL WHEN fault = 3 THEN 'OTHER'
       ELSE pick(['UNSAFE', 'FALSE_LABEL', 'SHORT_MEASURE', 'FORMAL'], i, 14) END AS breach
FROM drawn;

CREATE OR REPLACE MACRO tarn_rows(rows, businesses) AS TABLE
FROM tarn_part(0, rows, businesses);
