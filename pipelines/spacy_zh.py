"""The entity step as a spaCy pipeline: `spacy.load(pipelines.spacy_zh.SHIPPED)`.

Its components call the functions that `pipelines.entities.find` calls, so both find the same. A token is one
code point, so that every span can be told; entities stand in `doc.ents` with `kb_id_` (ids of watched
accounts, joined by a blank), `span._.value` (the normalised measure) and `span._.certainty`. Only this
module imports spaCy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry
from spacy.vocab import Vocab

from intel.model import Account, Entity
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import aliases, entities
from pipelines.aliases import Lexicon
from pipelines.linear import MODELS, BadModel
from pipelines.name_model import FILE, NameModel, load
from pipelines.text import fold

SHIPPED = MODELS / "zh"
COMPONENTS = ("courier_aliases", "courier_measures", "courier_names")
# spaCy's own limit is meant for parsers; time and memory here grow with the text and no faster.
_LONGEST = 100_000_000
_LONE = re.compile("[\ud800-\udfff]")
_LISTED, _MEASURED = "courier_listed", "courier_measured"

if not Span.has_extension("value"):
    Span.set_extension("value", default="")
    Span.set_extension("certainty", default=1.0)


class Characters:
    """Tokens of one code point each. A lone surrogate, which spaCy cannot hold, becomes U+FFFD."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The text as a Doc of as many tokens as it has code points."""
        words = list(_LONE.sub("\ufffd", text))
        return Doc(self.vocab, words=words, spaces=[False] * len(words))

    def to_bytes(self, **_: object) -> bytes:
        """Nothing is learned here, so nothing is kept."""
        return b""

    def from_bytes(self, _: bytes, **__: object) -> Characters:
        """Itself."""
        return self

    def to_disk(self, _: str | Path, **__: object) -> None:
        """Keep nothing."""

    def from_disk(self, _: str | Path, **__: object) -> Characters:
        """Itself."""
        return self


@registry.tokenizers("courier_characters.v1")  # type: ignore[untyped-decorator]  # spaCy leaves it untyped
def characters() -> Callable[[Language], Characters]:
    """The tokenizer of the pipeline."""
    return lambda nlp: Characters(nlp.vocab)


@registry.callbacks("courier_limit.v1")  # type: ignore[untyped-decorator]
def limit() -> Callable[[Language], Language]:
    """Lets the pipeline take texts of any length that a page can have."""

    def lift(nlp: Language) -> Language:
        nlp.max_length = _LONGEST
        return nlp

    return lift


class Aliases:
    """Known names by Aho-Corasick: those of the watchlist and of names.toml."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self.lexicon = Lexicon.build(accounts)

    def watch(self, accounts: Iterable[Account]) -> None:
        """Look for the names of these accounts instead of the shipped watchlist's."""
        self.lexicon = Lexicon.build(accounts)

    def __call__(self, doc: Doc) -> Doc:
        """Add the known names to a Doc."""
        doc.user_data[_LISTED] = aliases.find(fold(doc.text), self.lexicon)
        return _rules(doc)


@Language.factory("courier_aliases", assigns=["doc.ents"])
def courier_aliases(nlp: Language, name: str) -> Aliases:
    """Known names, of the shipped watchlist unless `watch` names another."""
    return Aliases(load_accounts(ACCOUNTS_CSV))


@Language.component("courier_measures", assigns=["doc.ents"])
def courier_measures(doc: Doc) -> Doc:
    """Money, quantities, rates, dates and periods by rules, with normalised values."""
    doc.user_data[_MEASURED] = entities.measured(fold(doc.text))
    return _rules(doc)


class Names:
    """Organisations, persons, positions, places and products, by the learned tagger."""

    def __init__(self) -> None:
        self.model: NameModel | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Decide on the names of a Doc. Raises BadModel where no model was loaded."""
        if self.model is None:
            raise BadModel(f"courier_names has no {FILE}: load a saved pipeline, or run: make model")
        folded = fold(doc.text)
        _set(doc, entities.named(doc.text, folded, _told(doc, folded), self.model))
        return doc

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Write the model into a folder."""
        if self.model is not None:
            self.model.save(Path(path))

    def from_disk(self, path: str | Path, **_: object) -> Names:
        """Read the model of a folder. Raises BadModel."""
        self.model = load(Path(path))
        return self


@Language.factory("courier_names", assigns=["doc.ents"])
def courier_names(nlp: Language, name: str) -> Names:
    """The learned names; the model comes with a saved pipeline."""
    return Names()


def _told(doc: Doc, folded: str) -> list[Entity]:
    """What the rules of the components that ran find together."""
    return entities.known(folded, doc.user_data.get(_LISTED, []), doc.user_data.get(_MEASURED, []))


def _rules(doc: Doc) -> Doc:
    _set(doc, _told(doc, fold(doc.text)))
    return doc


def _set(doc: Doc, found: Iterable[Entity]) -> None:
    spans = []
    for entity in found:
        # A token is a code point: places in the text are numbers of tokens.
        span = Span(doc, entity.start, entity.end, label=entity.kind, kb_id=" ".join(entity.accounts))
        if entity.value:
            span._.value = entity.value
        if entity.certainty < 1:
            span._.certainty = entity.certainty
        spans.append(span)
    doc.set_ents(spans)


def build(model: NameModel, meta: dict[str, object]) -> Language:
    """The pipeline around a model, as `make model` saves it."""
    nlp = spacy.blank(
        "zh",
        config={
            "nlp": {
                "tokenizer": {"@tokenizers": "courier_characters.v1"},
                "after_creation": {"@callbacks": "courier_limit.v1"},
            }
        },
        meta=meta,
    )
    for name in COMPONENTS:
        nlp.add_pipe(name)
    nlp.get_pipe("courier_names").model = model  # type: ignore[attr-defined]
    return nlp


def save(nlp: Language, folder: Path) -> None:
    """Save a pipeline without its vocabulary, which holds nothing learned."""
    folder.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(folder, exclude=["vocab"])
