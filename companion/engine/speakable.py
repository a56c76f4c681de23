"""Turns the text of a reply into what a voice should say.

Pure functions, any thread. Models write for the eye even when asked not to: Markdown, emoji, code, links. What
espeak-ng already reads well in the voice's own language (%, +, =, °C, ×, clock times, decimals, "e.g.", "U.S.A.")
is left alone; only what it gets wrong is rewritten, as tried on espeak-ng of piper-tts 1.8 in English and French:
"$5" is read "dollar five", "word - word" and "word—word" without a pause, "1/2" with "slash", and "Mr. Smith" as two
sentences.
"""

# ruff: noqa: RUF001, RUF002 - typographic characters are the subject of this module

import re

_CODE_NOTICE = {"en": "The code is on the screen.", "fr": "Le code est à l'écran."}
_LINK = {"en": "a link", "fr": "un lien"}
_NUMBER_SIGN = {"en": "number", "fr": "numéro"}
_CURRENCY = {
    "en": {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"},
    "fr": {"$": "dollars", "€": "euros", "£": "livres", "¥": "yens"},
}
_TITLES = r"Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Mt|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Mme|Mlle|Mgr"

_FENCE = re.compile(r"(?:```|~~~).*?(?:```|~~~|\Z)", re.DOTALL)
_TEMPLATE_TOKEN = re.compile(r"<\|[^|<>\n]{0,40}\|>|</?s>|\[/?INST\]")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,11}(?:\s+[\w-]+=[^<>\n]{0,200})?\s?/?>|<!--.*?-->", re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\))?[^()\n]*\)")
_URL = re.compile(r"<?\b(?:https?://|www\.)([^\s<>\[\]{}|\"”»]+)>?", re.IGNORECASE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*$", re.MULTILINE)
_TABLE_ROW = re.compile(r"^[ \t]*\|(.*?)\|?[ \t]*$", re.MULTILINE)
_RULE_LINE = re.compile(r"^[ \t]*(?:[-*_=][ \t]*){3,}$", re.MULTILINE)
_LINE_START = re.compile(r"^(?:[ \t]*(?:>|#{1,6}(?=\s)|[-*+•◦▪‣·–](?=[ \t])|\[[ xX]\](?=\s)))+[ \t]*", re.MULTILINE)
_LIST_NUMBER = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]+(?=\S)", re.MULTILINE)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\ufe0e\ufe0f\u200b-\u200f"
    "\u20e3\u2060\ufeff\U000e0020-\U000e007f\U0001f1e6-\U0001f1ff]|:[a-z]+(?:_[a-z]+)+:"
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~$])")
_BETWEEN_WORDS = re.compile(r"(?<=\w)_+(?=\w)")
_MONEY = re.compile(
    r"([$€£¥])\s?(\d[\d.,]*\d|\d)(\s(?:thousand|million|billion|trillion|mille|millions?|milliards?)\b)?"
)
_VERSUS = re.compile(r"\bvs\b\.?", re.IGNORECASE)
_TITLE_DOT = re.compile(rf"\b({_TITLES})\.(?=\s+\w)")
_FRENCH_M = re.compile(r"\bM\.(?=\s+[A-ZÀ-Þ])")
_NUMERO = re.compile(r"(?:\b[Nn]o\.|\b[Nn]°|№)\s?(?=\d)|(?<![\w&#])#(?=\d)")
_HASHTAG = re.compile(r"#(?=\w)")
_INITIALS = re.compile(r"(?<![\w.])([A-ZÀ-Þ])\.(?=\s+(?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][a-zà-ÿ]))")
_RANGE = re.compile(r"(?<=\d)\s?[–-]\s?(?=\d)")
_ALTERNATIVE = re.compile(r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])")
_TIMES = re.compile(r"(?<=\d)\s?\*\s?(?=\d)|(?<=\d)\s[xX]\s(?=\d)")
_DASH = re.compile(r"\s*(?:—|―|\s–(?=\s|$)|–(?!\d)|(?<=\s)-{1,3}(?=\s|$)|(?<=\w)--+)\s*")
_MARKUP = re.compile(r"[*`^~\[\]{}«»“”„\"]+|(?<!\w)_+|_+(?!\w)|(?<![A-Za-z])#+(?!\w)")
_BARS = re.compile(r"[|\\<>]+")
_ELLIPSIS = re.compile(r"\s?(?:…|\.{2,})[.…]*")
_REPEATED = re.compile(r"([!?.,;:])(?:\s?[!?.,;:])+")
_SPACE_BEFORE = re.compile(r"\s+([,.;:!?…。，！？])")
_LEADING_MARKS = re.compile(r"^(?:[\s,.;:!?…)\]。，、！？；：-]|['’](?=\s))+(?=\D|$)")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
_BLANKS = re.compile(r"[^\S\n]+")
_SPACES = re.compile(r"\s+")
_MAX_PASSES = 8


def speakable(text: str, language: str = "en") -> str:
    """Return what the voice says for `text`, on one line; empty if there is nothing to say.

    Applying it twice changes nothing more. Anything it does not know stays as it is.

    Thread: any.

    Args:
        text: a piece of a reply: a clause, a line, or the whole of it; may hold half of a Markdown pair.
        language: language of the voice, "en" or "fr"; another one gets the English words in the few places where
            a word is needed.
    """
    language = language[:2].lower() if language[:2].lower() in _CODE_NOTICE else "en"
    for _ in range(_MAX_PASSES):  # removing one mark may bring two others together
        cleaned = _clean(text, language)
        if cleaned == text:
            return cleaned
        text = cleaned
    return text


def _clean(text: str, language: str) -> str:
    text = _remove_markup(text, language)
    text = _rewrite_symbols(text, language)
    text = _BARS.sub(" ", _MARKUP.sub("", text))
    text = _EMPTY_BRACKETS.sub("", text)
    text = _SPACES.sub(" ", text)
    text = _SPACE_BEFORE.sub(r"\1", text)
    text = _REPEATED.sub(lambda found: _strongest(found.group(0)), text)
    text = _LEADING_MARKS.sub("", text).strip()
    return text if any(character.isalnum() for character in text) else ""


def _remove_markup(text: str, language: str) -> str:
    """Take away what only the eye needs."""
    text = _BLANKS.sub(" ", text)
    text = _TEMPLATE_TOKEN.sub(" ", text)
    text = _FENCE.sub(f"\n{_CODE_NOTICE[language]}\n", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _URL.sub(lambda found: _say_url(found.group(1), language), text)
    text = _TAG.sub(" ", text)
    text = _TABLE_RULE.sub("", text)
    text = _RULE_LINE.sub("", text)
    text = _TABLE_ROW.sub(lambda found: ", ".join(cell.strip() for cell in found.group(1).split("|")), text)
    text = _EMOJI.sub(" ", text)
    text = _LINE_START.sub("", text)
    text = _LIST_NUMBER.sub(r"\1, ", text)
    text = _join_lines(text)
    text = _ESCAPE.sub(r"\1", text)
    return _BETWEEN_WORDS.sub(" ", text)


def _rewrite_symbols(text: str, language: str) -> str:
    """Spell what espeak-ng would read wrongly."""
    currency = _CURRENCY[language]
    text = _MONEY.sub(lambda found: f"{found.group(2)}{found.group(3) or ''} {currency[found.group(1)]}", text)
    text = _NUMERO.sub(_NUMBER_SIGN[language] + " ", text)
    text = _HASHTAG.sub("", text)
    text = _VERSUS.sub("versus", text)
    text = _TITLE_DOT.sub(r"\1", text)
    if language == "fr":
        text = _FRENCH_M.sub("Monsieur", text)
    text = _INITIALS.sub(r"\1", text)
    text = _TIMES.sub(" × ", text)  # espeak-ng reads the sign in its own language
    text = _RANGE.sub("–", text)  # read as two numbers; a hyphen is read "dash" in English
    text = _ALTERNATIVE.sub(" ", text)
    text = _DASH.sub(", ", text)
    return _ELLIPSIS.sub(lambda found: "..." if found.end() < len(text) else ".", text)


def _say_url(address: str, language: str) -> str:
    """Say a web address by its host, which people remember, and never by its path."""
    bare = address.rstrip(".,;:!?)'’*_")
    trailing = re.sub(r"[^.,;:!?]", "", address[len(bare) :])
    host = re.split(r"[/?#:]", bare.removeprefix("www."), maxsplit=1)[0].rpartition("@")[2]
    readable = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+){1,2}", host)
    return (host if readable else _LINK[language]) + trailing


def _join_lines(text: str) -> str:
    """Make one line of many, each with an end that the voice can hear."""
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if any(character.isalnum() for character in line)]
    if len(said) <= 1:
        return " ".join(said)
    ended = [line if line.rstrip("*_`\"'”’)")[-1:] in ".!?,;:…。！？" else line + "." for line in said[:-1]]
    return " ".join([*ended, said[-1]])


def _strongest(marks: str) -> str:
    """Reduce a run of punctuation to the mark that decides how it is said."""
    if set(marks) == {"."}:
        return marks
    return next(mark for mark in "?!.:;," if mark in marks)
