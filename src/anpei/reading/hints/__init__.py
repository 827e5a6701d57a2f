"""Hints (疑点提示): what a person should look at on a page that was read: values that contradict one another, digits that break from
their neighbours, traces of an earlier saving, what the file says of itself.

Never a verdict: a hint has a code, a place, a strength and plain words (``rulebook/hints.yaml``), and changes nothing by itself.
"""

from anpei.reading.hints.examine import Examiner
from anpei.reading.hints.model import Hint

__all__ = ["Examiner", "Hint"]
