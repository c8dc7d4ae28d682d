"""What the dataset's columns mean, product by product.

endoflife.date has three dates a release (`eoas`, `eol`, `eoes`) whose meaning is each product's
own. This table is the only place that knows it.

    active     end of bug fixes or of the minor version; support goes on
    standard   last day of standard support
    extended   last day of paid extended support
    blocked    last day on which a Lambda function with this runtime can be updated
"""

from __future__ import annotations

from dataclasses import dataclass

from offcall.lifecycle.products import End, Product, Release

__all__ = ["MEANINGS", "Meaning", "Periods", "periods"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which column holds which date; `minor` says that cycles are minor versions."""

    active: str | None = "eoas"
    standard: str = "eol"
    extended: str | None = "eoes"
    blocked: str | None = None
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Periods:
    """A release's dates under the names above."""

    active: End
    standard: End
    extended: End
    blocked: End


USUAL = Meaning()
MEANINGS = {
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: a runtime is deprecated
    # first (eoas) and updates are blocked later (eol).
    "aws-lambda": Meaning(active=None, standard="eoas", extended=None, blocked="eol"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html: a
    # cycle is a minor version; eoas is its own end, eol and eoes are those of its major version.
    "amazon-rds-mysql": Meaning(active="eoas", minor=True),
    # https://docs.aws.amazon.com/neptune/latest/userguide/engine-releases.html: cycles are engine
    # releases, each with its own end and no extended support.
    "amazon-neptune": Meaning(extended=None),
    # Oracle's premier support is eoas, its paid extended support eol.
    "mysql": Meaning(active=None, standard="eoas", extended="eol"),
}


def periods(product: Product, release: Release) -> Periods:
    """The release's dates, by what they mean for this product."""
    meaning = MEANINGS.get(product.name, USUAL)

    def column(name: str | None) -> End:
        value: End = getattr(release, name) if name else None
        return value

    return Periods(
        active=column(meaning.active),
        standard=column(meaning.standard),
        extended=column(meaning.extended),
        blocked=column(meaning.blocked),
    )
