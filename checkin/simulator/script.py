"""TwiML, read as a carrier reads it."""

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class Verb:
    """One verb with its attributes, its words and what is nested in it. How a Say is spoken is left out."""

    name: str
    attributes: dict[str, str]
    words: str
    children: "tuple[Verb, ...]"

    def get(self, name: str, default: str = "") -> str:
        """An attribute."""
        return self.attributes.get(name, default)


def parse(text: str) -> list[Verb]:
    """The verbs of a response. Raises ElementTree.ParseError for what is no XML."""
    root = ElementTree.fromstring(text)  # noqa: S314 - our own service's answer, in a simulator
    if root.tag != "Response":
        raise ElementTree.ParseError(f"the answer is {root.tag}, not Response")
    return [_verb(element) for element in root]


def _verb(element: ElementTree.Element) -> Verb:
    return Verb(
        element.tag,
        dict(element.attrib),
        " ".join("".join(element.itertext() if element.tag == "Say" else (element.text or "",)).split()),
        tuple(_verb(child) for child in element if element.tag != "Say"),
    )
