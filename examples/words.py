"""Count words in text files: a kernel of your own, with its items, answer and check."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scaling import workload


def chapters(folder: str = ".", pattern: str = "**/*.md") -> list[str]:
    """Return the files; ``--param folder=DIR`` and ``--param pattern=GLOB`` choose others."""
    return sorted(str(path) for path in Path(folder).glob(pattern) if path.is_file())


def merge(counts: list[Counter[str]]) -> list[tuple[str, int]]:
    """Return the twenty most frequent words."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:20]


def plausible(answer: list[tuple[str, int]]) -> bool:
    """Refuse an answer without words."""
    return len(answer) > 0 and answer[0][1] > 0


@workload(items=chapters, combine=merge, check=plausible)
def count_words(path: str) -> Counter[str]:
    """Count the words of a file."""
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    return Counter(word.strip(".,;:!?()`'\"").lower() for word in text.split())
