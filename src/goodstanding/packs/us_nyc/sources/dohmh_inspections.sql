-- One delivered row is one finding of one inspection. What an unknown text means is not
-- guessed: it is passed on as it is and rejected as an unknown code.
SELECT
    -- The file has no key of its own. A code stands once in an inspection.
    CAST(camis AS VARCHAR)
        || '|' || left(CAST(inspection_date AS VARCHAR), 10)
        || '|' || coalesce(inspection_type, '')
        || '|' || coalesce(violation_code, '') AS source_key,
    'inspection_finding' AS item,
    'us-nyc-camis:' || CAST(camis AS VARCHAR) AS subject,
    'restaurant' AS subject_kind,
    -- U+001A "substitute" marks a character lost before the file was made, mostly an
    -- apostrophe. U+FFFD says the same in a form that can be shown; nothing is guessed. The
    -- name counts as composed (|| ''), for a control character may not be sealed as original.
    -- Some names ("99Â¢ HOT PIZZA") are UTF-8 that the city's export once read as latin-1.
    utf8_mended(regexp_replace(dba || '', '\x1A', '�', 'g')) AS subject_name,
    'Inspection report of ' || left(CAST(inspection_date AS VARCHAR), 10)
        || ', ' || inspection_type AS document,
    -- Programmes outside chapter 23 rest on its last section: it leaves them to other laws.
    CASE WHEN starts_with(inspection_type, 'Cycle Inspection')
           OR starts_with(inspection_type, 'Pre-permit')
         THEN 'rcny.23-05' ELSE 'rcny.23-08' END AS basis,
    left(CAST(inspection_date AS VARCHAR), 10) AS decided_on,
    left(CAST(inspection_date AS VARCHAR), 10) AS effective_on,
    -- Date first, then type: of two inspections on one day the later in this order counts,
    -- so a re-opening follows the inspection that closed the place.
    left(CAST(inspection_date AS VARCHAR), 10) || ' ' || inspection_type AS inspection,
    CASE split_part(inspection_type, ' / ', 1)
        WHEN 'Cycle Inspection' THEN 'cycle'
        WHEN 'Pre-permit (Operational)' THEN 'pre_permit_operational'
        WHEN 'Pre-permit (Non-operational)' THEN 'pre_permit_non_operational'
        WHEN 'Administrative Miscellaneous' THEN 'administrative'
        WHEN 'Smoke-Free Air Act' THEN 'smoke_free_air'
        WHEN 'Trans Fat' THEN 'trans_fat'
        WHEN 'Calorie Posting' THEN 'calorie_posting'
        WHEN 'Inter-Agency Task Force' THEN 'inter_agency'
        ELSE split_part(inspection_type, ' / ', 1)
    END AS programme,
    CASE split_part(inspection_type, ' / ', 2)
        WHEN 'Initial Inspection' THEN 'initial'
        WHEN 'Re-inspection' THEN 'reinspection'
        WHEN 'Compliance Inspection' THEN 'compliance'
        WHEN 'Second Compliance Inspection' THEN 'second_compliance'
        WHEN 'Reopening Inspection' THEN 'reopening'
        WHEN 'Limited Inspection' THEN 'limited'
        ELSE split_part(inspection_type, ' / ', 2)
    END AS stage,
    CASE
        WHEN action = 'Violations were cited in the following area(s).' THEN 'cited'
        WHEN action = 'No violations were recorded at the time of this inspection.'
            THEN 'clear'
        WHEN starts_with(action, 'Establishment Closed by DOHMH.') THEN 'closed'
        WHEN action = 'Establishment re-closed by DOHMH' THEN 'reclosed'
        WHEN action = 'Establishment re-opened by DOHMH' THEN 'reopened'
        ELSE action
    END AS action,
    violation_code AS violation,
    -- 6.0 is the whole number 6; anything else after the point is left to be rejected.
    regexp_replace(CAST(score AS VARCHAR), '[.]0+$', '') AS score,
    CASE grade WHEN 'Not Yet Graded' THEN 'N' ELSE grade END AS published_grade,
    left(CAST(grade_date AS VARCHAR), 10) AS published_grade_date
FROM delivered
