-- Draws: whole numbers that look random and are the same everywhere and for ever.
-- A draw is a pure function of the seed, a row and a stream (what it is drawn for), made
-- of multiplications modulo the prime 2^31 - 1 and shifts; tests hold it against Python.

CREATE OR REPLACE MACRO stirred(x) AS (xor(x, x >> 15) * 40692) % 2147483647;

CREATE OR REPLACE MACRO raw_draw(i, stream) AS stirred(stirred(
  (i::BIGINT * 48271 + stream * 1299709 + getvariable('seed')::BIGINT * 69621 + 11) % 2147483647
));

-- 0 to n - 1, evenly.
CREATE OR REPLACE MACRO draw(i, stream, n) AS (raw_draw(i, stream) % (n)::BIGINT);

-- 0 to n - 1, the cube of an even draw: a tenth of the rows fall on a thousandth of n.
CREATE OR REPLACE MACRO cubed(u) AS ((u * u) // 2147483647 * u) // 2147483647;
CREATE OR REPLACE MACRO skewed(i, stream, n) AS
  cubed(raw_draw(i, stream)) * (n)::BIGINT // 2147483647;

-- True for one row in n.
CREATE OR REPLACE MACRO once_in(i, stream, n) AS draw(i, stream, n) = 0;

-- An element of a list.
CREATE OR REPLACE MACRO pick(options, i, stream) AS
  options[1 + draw(i, stream, len(options))::INTEGER];

-- A day `first` to `first + n - 1` days after `start`.
CREATE OR REPLACE MACRO later(start, i, stream, first, n) AS
  (start + (first + draw(i, stream, n))::INTEGER);

-- An amount with two places, from `low`, mostly small.
CREATE OR REPLACE MACRO money(i, stream, low, high) AS
  (((low) * 100 + skewed(i, stream, (high) * 100))::DECIMAL(18, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2);

-- What is wrong with a row on purpose: one row in a hundred, ten kinds; null is clean.
CREATE OR REPLACE MACRO fault(i, stream) AS
  CASE WHEN once_in(i, stream, 100) THEN draw(i, stream + 1, 10) END;

-- The day a decision is reported, before the demo's last day; one in thirty long after it.
CREATE OR REPLACE MACRO reported_after(decided, i, stream) AS least(
  CASE WHEN once_in(i, stream, 30) THEN later(decided, i, stream + 1, 150, 400)
       ELSE later(decided, i, stream + 1, 3, 25) END,
  getvariable('close')::DATE
);
