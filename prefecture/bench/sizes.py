"""Bytes on disk of every layer.

Belongs here: adding up files. Does not belong here: what the layers are for (pipelines/kit/paths.py).
"""

from pathlib import Path

from pipelines.kit.paths import Paths


def layers(paths: Paths) -> dict[str, dict[str, int]]:
    """Layer -> {'files', 'bytes'}. The lake holds old snapshots, too, and is also given by schema."""
    places = {
        "landing": paths.landing, "bronze": paths.bronze, "lake": paths.root / "lake",
        "returns": paths.returns, "notices": paths.notices, "receipts": paths.receipts, "inbox": paths.inbox,
        "decisions": paths.decisions, "published": paths.published,
    }  # fmt: skip
    schemas = {f"lake/{p.name}": p for p in sorted(paths.lake_files.glob("*")) if p.is_dir()}
    return {layer: measure(place) for layer, place in {**places, **schemas}.items()}


def measure(folder: Path) -> dict[str, int]:
    """Files below a folder and their bytes; zeros when it is not there."""
    sizes = [p.stat().st_size for p in folder.rglob("*") if p.is_file()]
    return {"files": len(sizes), "bytes": sum(sizes)}
