"""What holds people is for the account the program runs under, and for nobody else.

Belongs here: rights of files and folders. Does not belong here: encryption (bulk_seal.py, workbook_lock.py).
"""

import os
import stat

from pipelines.kit.paths import Paths

_OTHERS = 0o077


def keep_private(paths: Paths) -> None:
    """From here on this process and those it starts make folders 0700 and files 0600; what stands in the data folder is
    shut likewise.

    Folders into which others put files (drop, inbox, queries, decisions) stay as their administrator set them up.
    """
    os.umask(_OTHERS)
    given = {paths.drop, paths.inbox, paths.queries, paths.decisions, paths.reference}
    folders = paths.root.iterdir() if paths.root.is_dir() else ()
    for folder in folders:
        if folder.is_dir() and not folder.is_symlink() and folder not in given:
            rights = stat.S_IMODE(folder.stat().st_mode)
            if rights & _OTHERS:
                folder.chmod(rights & ~_OTHERS)
