"""Pairs of letters that no language in Latin letters writes often: a font that says other letters than it shows makes
them in its first few words, where there are too few words to be looked up.
"""

from collections.abc import Iterable

_BY_FIRST_LETTER = (
    "ao bcjqvx cbdfgjmnpqvwxz dcfkpqxz fbchjkmnpqvwxz gcfjkmpqvwxz hcdfghjkpqvxz iiwy jbchjlmpqrtwxy "
    "kcdfgmpqvx ljqrwx mcfghjklnqrvwxz nx pbcdkmnqvwxz qabcdefghijklmnopqrstvwxyz rjx sx tfnqx uqy "
    "vbcdfghjkmnpqstwxyz wbcfgjkmpqtvwxyz xbdfghjklmnqrsuvwxyz ybdfghjkqrtvwxyz zbcdfghjklmnpqrsvxy"
)
RARE_PAIRS = frozenset(group[0] + second for group in _BY_FIRST_LETTER.split() for second in group[1:])
"""A group is a first letter and those that follow it in fewer than one of 4,000 pairs of letters, in each of the lists
of English, German, French, Spanish, Italian, Dutch and Portuguese words that pyspellchecker 0.9 brings (its 40,000
most frequent words of a language, without accented letters).
"""


def rare_pairs(words: Iterable[str]) -> tuple[int, int]:
    """How many pairs of letters within ``words``, in small letters, are rare ones, and how many pairs there are."""
    pairs = [word[at : at + 2] for word in words for at in range(len(word) - 1)]
    return sum(pair in RARE_PAIRS for pair in pairs), len(pairs)
