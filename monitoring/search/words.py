"""Words as search compares them: letters folded to Latin ones, endings cut, abbreviations of the field known.

Everything is ASCII in lower case, so that it is found alike by every database, whatever its locale, and a Latin short
name of a page by its Russian words.
"""

import csv
import re
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path

ABBREVIATIONS = Path(__file__).with_name("abbreviations.csv")
MOST_WORDS = 8
# Shorter numbers are that of a school and stand alone; longer ones may begin an ИНН, an ОГРН or an id.
LONG_NUMBER = 4
WORD = re.compile(r"[^\W\d_]+|\d+")
LATIN = """
    а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p
    р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya
"""
LETTERS = dict(pair.split(":") for pair in LATIN.split())
# Endings of Russian nouns and adjectives, the longest first; what is left has at least three letters.
ENDINGS = """
    ого его ому ему ыми ими ами ями
    ая яя ое ее ый ий ой ые ие ых их ую юю ым им ом ем ам ям ах ях ов ев ия ию ии
    а я о е и ы у ю й ь
"""
SHORTEST_STEM = 3
ENGLISH = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
OTHER_LAYOUT = str.maketrans(ENGLISH + RUSSIAN, RUSSIAN + ENGLISH)


def words_of(text: str) -> list[str]:
    """Runs of letters and of digits, in lower case; «№5» and `school_5` have their numbers apart."""
    return WORD.findall(text.lower())


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """The word in Latin letters: «ё» as «е», without hard and soft signs; letters of other scripts are left out."""
    return "".join(letter if letter.isascii() else LETTERS.get(letter, "") for letter in word)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word folded and without its Russian ending; others stay whole."""
    for ending in ENDINGS.split():
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return fold(word.removesuffix(ending))
    return fold(word)


@cache
def abbreviations() -> tuple[dict[str, list[str]], list[tuple[str, frozenset[str]]]]:
    """{abbreviation: what its words are}, and (abbreviation, stems of one reading of it): both folded."""
    readings: dict[str, list[str]] = defaultdict(list)
    by_stems = []
    with ABBREVIATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            short, full = fold(row["short"].lower()), words_of(row["full"])
            readings[short] += full
            by_stems.append((short, frozenset(map(stem, full))))
    return dict(readings), by_stems


def text_to_search(*texts: str) -> str:
    """What is stored: the words of the texts and those that stand for them, between single spaces, each once.

    An abbreviation brings its words along («СОШ» is found by «школа»), and its words bring the abbreviation.
    """
    words = [word for text in texts for word in words_of(text)]
    readings, by_stems = abbreviations()
    words += [other for word in words for other in readings.get(fold(word), ())]
    stems = {stem(word) for word in words}
    shorts = [short for short, needed in by_stems if needed <= stems]
    found = dict.fromkeys([*map(fold, words), *shorts])
    found.pop("", None)
    return f" {' '.join(found)} " if found else ""


def asked_words(text: str) -> list[str]:
    """What to look for in a stored text: every one of them must be in it. Empty where nothing can be looked for."""
    words = [word for word in words_of(text) if fold(word)]
    kept = [
        word
        for at, word in enumerate(words)
        if not (len(word) == 1 and word.isalpha() and any(map(str.isdigit, words[max(at - 1, 0) : at + 2])))
    ]  # «5-я», «N 5»
    found = dict.fromkeys(pattern(word) for word in (kept or words))
    return [word for word in found if word.strip()][:MOST_WORDS]


def pattern(word: str) -> str:
    """A word's beginning as it stands in a stored text; a short number stands alone."""
    return f" {word} " if word.isdigit() and len(word) < LONG_NUMBER else f" {stem(word)}"


def other_layout(text: str) -> str:
    """What the same keys give in the other keyboard layout: «irjkf» is «школа»."""
    return text.lower().translate(OTHER_LAYOUT)
