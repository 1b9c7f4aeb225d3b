"""What the generator refuses."""

from goodstanding.kernel import code

TOO_SMALL = code(
    "GS-DEMO-001",
    "{businesses} businesses, {bodies} public bodies and {records} records make no demonstration.",
    why="Every agency needs rows, and the hand-written stories take some of each.",
    remedy="Give at least {least_businesses} businesses, {least_bodies} public bodies and, "
    "beyond one registration a business, {least_records} records.",
)
BAD_BULK = code(
    "GS-DEMO-002",
    "{path!r} with {records} records of {subjects} subjects cannot be written.",
    why="The bulk file is Parquet or CSV and holds at least one record of one subject.",
    remedy="Name a .parquet or .csv file and give counts of at least one.",
)
