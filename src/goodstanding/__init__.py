"""GoodStanding: an open-source public credit register with due process built in.

The packages follow the path of a record: ``ingest`` reads an agency's file,
``catalogue`` says what the law permits to be recorded, ``register`` seals it in a log
anyone can check, ``evaluation`` turns it into explained standings.
"""

__version__ = "0.1.0"
