"""Likeness (相似): which past pages are like this one. Pictures by their hash, papers by the values that stand on them.

``LikenessIndex`` finds the pages whose picture hash is near: the same shot again, copied, cropped a little, saved anew. A paper that
was photographed a second time has another picture hash; ``fingerprint_of`` makes its values comparable without keeping them.
Knows pages by opaque ids; nothing here is a verdict. Thresholds and weights: ``rulebook/likeness.yaml``.
"""

from anpei.reading.likeness.errors import HashUnfit, IndexDamaged, IndexInUse, SegmentDamaged
from anpei.reading.likeness.fingerprint import KeyTooShort, fingerprint_of, likeness
from anpei.reading.likeness.index import LikenessIndex, Near
from anpei.reading.likeness.rules import ImageRules, LikenessRules, PaperRules, load_rules

__all__ = [
    "HashUnfit",
    "ImageRules",
    "IndexDamaged",
    "IndexInUse",
    "KeyTooShort",
    "LikenessIndex",
    "LikenessRules",
    "Near",
    "PaperRules",
    "SegmentDamaged",
    "fingerprint_of",
    "likeness",
    "load_rules",
]
