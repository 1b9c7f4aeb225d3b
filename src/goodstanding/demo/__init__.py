"""A made-up year in the Republic of Meridia: the agencies' files, and six stories.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from goodstanding.demo import generate
>>> with TemporaryDirectory() as folder:
...     deliveries = generate(Path(folder), businesses=50, bodies=5, records=1_000)
>>> [delivery.source for delivery in deliveries][:3]
['registry', 'market_authority', 'tax_office']
"""

from goodstanding.demo.generate import generate, generate_bulk
from goodstanding.demo.model import AS_OF, FIRST_DELIVERY, SECOND_DELIVERY, Delivery, Story
from goodstanding.demo.stories import STORIES

__all__ = [
    "AS_OF",
    "FIRST_DELIVERY",
    "SECOND_DELIVERY",
    "STORIES",
    "Delivery",
    "Story",
    "generate",
    "generate_bulk",
]
