-- One delivered row is one establishment with its latest rating. The extract numbers nobody: name,
-- postcode and council together are one place, and the key. The day of the rating is no part of it,
-- for it can be mended.
SELECT
    BusinessName || '|' || PostCode || '|' || Authority AS source_key,
    'rating_published' AS item,
    local_id('uk-food-local', BusinessName, PostCode || ', ' || Authority) AS subject,
    'food_establishment' AS subject_kind,
    BusinessName AS subject_name,
    'Rating published by the agency for ' || Authority AS document,
    'brand_standard.publication' AS basis,
    RatingDate AS decided_on,
    RatingValue AS grade,
    CASE NewRatingPending WHEN 'True' THEN 'true' WHEN 'False' THEN 'false' ELSE NewRatingPending END
        AS pending
FROM delivered
