"""The catalogue people read: a Markdown page a feed, and one HTML page to search all of the data standard.

Belongs here: how the standard and the contracts are shown, in Chinese. Does not belong here: any fact that is in
neither of them.
"""

from pipelines.kit.contracts.catalogue.browse import browse
from pipelines.kit.contracts.catalogue.pages import index, page

__all__ = ["browse", "index", "page"]
