"""How fetched files come to lie in the drop folder: whole, or not at all.

Belongs here: scratch folders, one fetch of a feed at a time, the rename. Does not belong here: what is fetched.
What a killed fetch leaves behind is scratch, and the next one of the feed throws it away.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.ingest.landing.land import SET_SUFFIX
from pipelines.kit.contracts import Feed
from pipelines.kit.locks import alone
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import publish_file, publish_folder


@contextmanager
def scratch(paths: Paths, feed: Feed) -> Iterator[Path]:
    """An empty folder on the disk of the drop folder, for one fetch of the feed; a second fetch waits."""
    root = paths.drop / ".collecting"
    with alone(root / f"{feed.code}.lock"):
        folder = root / feed.code
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(paths: Paths, feed: Feed, file: Path, name: str) -> None:
    """Move one finished file into the drop folder; a pending one of that name is replaced by the newer."""
    publish_file(file, paths.drop / feed.code / name)


def publish_set(paths: Paths, feed: Feed, files: Sequence[Path], name: str) -> None:
    """Move finished files into the drop folder together, as the folder `{name}.pages`, which landing empties.

    They are moved by one rename, so no part of a set is ever seen. A pending set of that name is replaced.
    """
    together = files[0].parent
    target = paths.drop / feed.code / (name + SET_SUFFIX)
    if target.exists():
        target.rename(together.with_name("replaced"))
    publish_folder(together, target)
