-- One delivered row is one establishment with its latest rating. Its key names the day, so that
-- the next inspection is a record of its own and the earlier one stays.
SELECT
    FHRSID || '|' || left(RatingDate, 10) AS source_key,
    CASE RatingValue WHEN 'Exempt' THEN 'exemption' ELSE 'inspection' END AS item,
    'uk-fhrsid:' || FHRSID AS subject,
    'food_establishment' AS subject_kind,
    BusinessName AS subject_name,
    'Rating by ' || LocalAuthorityName || ' of ' || left(RatingDate, 10) AS document,
    CASE RatingValue
        WHEN 'Exempt' THEN 'brand_standard.scope'
        ELSE 'brand_standard.scoring'
    END AS basis,
    left(RatingDate, 10) AS decided_on,
    left(RatingDate, 10) AS effective_on,
    "Scores.Hygiene" AS hygiene,
    "Scores.Structural" AS structural,
    "Scores.ConfidenceInManagement" AS confidence,
    CASE RatingValue WHEN 'Exempt' THEN NULL ELSE RatingValue END AS published_rating
FROM delivered
